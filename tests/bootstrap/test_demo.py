"""`manage.py demo` as a person meets it: from the first start to Ctrl-C, and what it says when it cannot run."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dacase.processes import answers, free_port

ROOT = Path(__file__).resolve().parents[2]
SERVERS = {"DATABASE_URL", "REDIS_URL", "DACASE_DATABASE", "DACASE_ENV", "PORT"}


def environment(home, **changes):
    """As in a fresh terminal: the suite's own servers are not named."""
    names = {key: value for key, value in os.environ.items() if key not in SERVERS}
    return {**names, "DACASE_HOME": str(home), **changes}


def manage(*words, home, **changes):
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment(home, **changes),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def running(home):
    """Living processes of a data folder: its servers, and what a demo on it started."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        if process.pid == os.getpid() or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            ours = process.environ().get("DACASE_HOME") == str(home)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            ours = False
        if ours or str(home) in " ".join(process.info["cmdline"] or []):
            found.append(process)
    return found


def wait_until_none(home, seconds):
    deadline = time.monotonic() + seconds
    while running(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    return running(home)


class Demo:
    """A running `manage.py demo`."""

    def __init__(self, home, port, log):
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--cases=10"],
                cwd=ROOT,
                env=environment(home, PORT=str(port)),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def text(self):
        return self.log.read_text()

    def wait_until_ready(self, seconds):
        """Returns the address on the Ready line."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := re.search(r"^Ready (\S+)$", self.text(), re.MULTILINE):
                return found[1]
            time.sleep(0.1)
        raise AssertionError(self.text())


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    yield folder
    for process in running(folder):
        process.kill()


@pytest.mark.slow
def test_the_demo_from_first_start_to_last_breath(home, tmp_path):
    port = free_port()
    demo = Demo(home, port, tmp_path / "first.log")
    assert demo.wait_until_ready(120) == f"http://127.0.0.1:{port}"
    assert answers(port, "/health/")
    assert (home / "log" / "worker.log").exists()
    # Every command works on its database while it runs, and a second demo does not start on it.
    counted = manage("shell", "-c", "from referrals.models import Referral; print('shell works')", home=home)
    assert "shell works" in counted.stdout, counted.stderr
    second = manage("demo", home=home, PORT=str(free_port()))
    assert second.returncode == 1
    assert f"Another demo runs on {home}: http://127.0.0.1:{port}" in second.stderr
    demo.process.send_signal(signal.SIGINT)
    assert demo.process.wait(30) == 0, demo.text()
    assert "@example." in demo.text(), "the cast's sign-in details"
    assert wait_until_none(home, 10) == []

    # On the kept data it starts quickly, and a kill that it cannot see coming leaves nothing either.
    begun = time.monotonic()
    again = Demo(home, port, tmp_path / "again.log")
    again.wait_until_ready(60)
    assert time.monotonic() - begun < 30, "15 seconds on an idle machine; a busy one is given time"
    again.process.kill()
    again.process.wait()
    assert wait_until_none(home, 20) == []


def test_a_taken_port_is_said_before_anything_is_made(home):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = manage("demo", home=home, PORT=str(port))
    assert refused.returncode == 1
    assert f"Port {port} cannot be used (Address already in use)" in refused.stderr
    assert f"make demo PORT={port + 1}" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert running(home) == []


@pytest.mark.parametrize("port", ["eighty", "70000", "-1"])
def test_a_port_that_is_none_is_explained(home, port):
    refused = manage("demo", home=home, PORT=port)
    assert refused.returncode != 0
    assert port in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_second_demo_on_the_same_folder_is_told_where_the_first_is(home):
    (home / "run").mkdir(parents=True)
    with (home / "run" / "demo.lock").open("w") as file:
        file.write("http://127.0.0.1:8765 (process 4711)")
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        refused = manage("demo", home=home, PORT=str(free_port()))
    assert refused.returncode == 1
    assert "Another demo runs on" in refused.stderr
    assert "http://127.0.0.1:8765 (process 4711)" in refused.stderr


def test_a_data_folder_that_cannot_be_written_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    refused = manage("demo", home=tmp_path / "file" / "home")
    assert refused.returncode == 1
    assert "cannot be written" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_demo_refuses_to_be_production(home):
    refused = manage(
        "demo",
        home=home,
        DACASE_ENV="production",
        DATABASE_URL="postgres://nobody@localhost/none",
        SECRET_KEY="x" * 60,
    )
    assert refused.returncode == 1
    assert "does not run with DACASE_ENV=production" in refused.stderr
