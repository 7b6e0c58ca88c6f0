"""The servers that the demo and the tests bring along: shared, stopped by the last user, safe to kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from dacase.servers import Database

ROOT = Path(__file__).resolve().parents[2]
# Joins both servers, says where they are, and holds them until its input ends.
HOLD = """
import json, os, sys
from dacase import embedded
embedded.use_embedded_servers(broker=True, durable=%r)
print(json.dumps([os.environ["DATABASE_URL"], os.environ["REDIS_URL"]]), flush=True)
sys.stdin.read()
"""


class Holder:
    """A process that uses the servers of a data folder."""

    def __init__(self, home, *, durable=True, **environment):
        names = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLD % durable],
            env={**names, "DACASE_HOME": str(home), **environment},
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def urls(self):
        """Waits for the servers; returns their URLs."""
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return json.loads(line)

    def end(self):
        """Ends in good order; returns what was written to standard error."""
        return self.process.communicate(timeout=30)[1]


def processes_of(home):
    """Every process that runs for a data folder, whoever started it."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = " ".join(process.info["cmdline"] or [])
        if str(home) in line and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def wait_until_none(home, seconds):
    deadline = time.monotonic() + seconds
    while processes_of(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    return processes_of(home)


def ask(url, statement):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


@pytest.fixture
def home(request):
    """A data folder that does not exist yet, in one that everybody may pass through."""
    above = Path(tempfile.mkdtemp(prefix="dacase-"))
    above.chmod(0o755)
    folder = above / getattr(request, "param", "home")
    yield folder
    for process in processes_of(folder):
        process.kill()
    apart = Database(folder).sockets.parent
    left = apart.exists() and not apart.is_relative_to(folder)
    if left:
        shutil.rmtree(apart)
    shutil.rmtree(above)
    assert not left, "what was made outside the data folder is removed"


def test_last_user_stops_what_the_first_one_started(home):
    first = Holder(home)
    database, broker = first.urls()
    second = Holder(home)
    assert second.urls() == [database, broker]
    first.end()
    assert ask(database, "SELECT 1") == [(1,)]
    assert redis.Redis.from_url(broker).ping()
    second.end()
    assert wait_until_none(home, 10) == []


def test_two_commands_started_at_once_share_one_server(home):
    holders = [Holder(home) for _ in range(3)]
    urls = [holder.urls() for holder in holders]
    assert urls[0] == urls[1] == urls[2]
    assert ask(urls[0][0], "SELECT count(*) FROM pg_stat_activity WHERE pid = pg_backend_pid()") == [(1,)]
    keepers = [process for process in processes_of(home) if "keeper.py" in " ".join(process.cmdline())]
    assert len(keepers) == 2
    assert [holder.end() for holder in holders] == ["", "", ""]
    assert wait_until_none(home, 10) == []


def test_data_survives_when_everything_is_killed(home):
    holder = Holder(home)
    database, broker = holder.urls()
    ask(database, "CREATE TABLE kept (words text); INSERT INTO kept VALUES ('still here')")
    redis.Redis.from_url(broker).set("kept", "still here")
    time.sleep(1.1)  # Valkey writes to disk every second
    for process in [psutil.Process(holder.process.pid), *processes_of(home)]:
        process.send_signal(signal.SIGKILL)
    holder.process.communicate()
    assert wait_until_none(home, 5) == []
    again = Holder(home)
    database, broker = again.urls()
    assert ask(database, "SELECT words FROM kept") == [("still here",)]
    assert redis.Redis.from_url(broker).get("kept") == b"still here"
    again.end()


def test_a_killed_last_user_leaves_no_server(home):
    holder = Holder(home)
    holder.urls()
    assert len(processes_of(home)) > 2
    holder.process.kill()
    holder.process.communicate()
    assert wait_until_none(home, 10) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_servers_end_with_a_killed_keeper_and_start_again(home):
    holder = Holder(home)
    database, _ = holder.urls()
    for process in processes_of(home):
        if "keeper.py" in " ".join(process.cmdline()):
            process.kill()
    assert wait_until_none(home, 10) == []
    another = Holder(home)
    assert another.urls()[0] == database
    assert ask(database, "SELECT 1") == [(1,)]
    holder.end()
    assert ask(database, "SELECT 1") == [(1,)]
    another.end()
    assert wait_until_none(home, 10) == []


def test_a_killed_server_is_started_again(home):
    holder = Holder(home)
    database, _ = holder.urls()
    postmaster = int((home / "database" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)
    deadline = time.monotonic() + 15
    while True:
        try:
            answer = ask(database, "SELECT pg_postmaster_start_time() IS NOT NULL")
            break
        except psycopg2.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    assert answer == [(True,)]
    assert int((home / "database" / "postmaster.pid").read_text().splitlines()[0]) != postmaster
    holder.end()


def test_a_process_number_taken_by_another_does_not_keep_the_database_down(home):
    holder = Holder(home)
    holder.urls()
    pid_file = home / "database" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    holder.end()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    again = Holder(home)
    assert ask(again.urls()[0], "SELECT 1") == [(1,)]
    again.end()


def test_servers_named_in_the_environment_are_used_instead(home):
    mine = {"DATABASE_URL": "postgres://elsewhere/one", "REDIS_URL": "redis://elsewhere/1"}
    holder = Holder(home, **mine)
    assert holder.urls() == list(mine.values())
    holder.end()
    assert not home.exists()


def test_each_named_server_is_honoured_on_its_own(home):
    holder = Holder(home, DATABASE_URL="postgres://elsewhere/one")
    database, broker = holder.urls()
    assert database == "postgres://elsewhere/one"
    assert redis.Redis.from_url(broker).ping()
    assert not (home / "database").exists()
    holder.end()


@pytest.mark.parametrize("home", ["long" * 30], indirect=True)
def test_a_path_too_long_for_a_socket_works(home):
    holder = Holder(home)
    database, broker = holder.urls()
    try:
        assert str(home) not in database
        assert ask(database, "SELECT 1") == [(1,)]
        assert redis.Redis.from_url(broker).ping()
    finally:
        holder.end()
    assert wait_until_none(home, 10) == []


def test_root_may_keep_the_data_in_a_folder_closed_to_others(home):
    home.parent.chmod(0o700)
    holder = Holder(home)
    assert ask(holder.urls()[0], "SELECT 1") == [(1,)]
    holder.end()
    assert wait_until_none(home, 10) == []


def test_a_folder_that_cannot_be_written_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    holder = Holder(tmp_path / "file" / "home")
    error = holder.end()
    assert holder.process.returncode == 1
    assert "cannot be written" in error
    assert "DACASE_HOME" in error
    assert "Traceback" not in error


def test_words_sort_the_same_on_every_machine_and_nothing_is_evicted(home):
    holder = Holder(home, durable=False, LC_ALL="C", LANG="C")
    database, broker = holder.urls()
    assert ask(
        database, "SELECT datlocprovider::text, datlocale FROM pg_database WHERE datname = 'postgres'"
    ) == [("b", "C.UTF-8")]
    assert ask(database, "SHOW server_encoding") == [("UTF8",)]
    assert ask(database, "SHOW fsync") == [("off",)]
    assert redis.Redis.from_url(broker).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    holder.end()


def test_only_this_user_may_look_inside(home):
    holder = Holder(home)
    database, broker = holder.urls()
    sockets = [Path(database.split("host=")[1]), Path(broker.removeprefix("unix://")).parent]
    for closed in (home / "database", home / "broker", home / "log", *sockets):
        assert closed.stat().st_mode & 0o077 == 0, closed
    assert home.stat().st_mode & 0o044 == 0
    assert ask(database, "SHOW listen_addresses") == [("",)]
    holder.end()
