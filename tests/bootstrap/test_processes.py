"""The supervisor of the demo: nothing is left running, whatever ends it, and what dies is started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dacase.processes import Part, ProcessError, Stack, answers, free_port

ROOT = Path(__file__).resolve().parents[2]
SLEEP = "import time; time.sleep(600)"
# Starts a process of its own, as a web server starts its workers, and ends without it.
WITH_CHILD = (
    f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{SLEEP}', *sys.argv[1:]]); {SLEEP}"
)
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"
SUPERVISOR = """
import os, signal, sys, time
from pathlib import Path
from dacase.processes import Part, Stack
mark, interrupts = sys.argv[1:]
signal.signal(signal.SIGINT, getattr(signal, interrupts))
up = "import sys, time; from pathlib import Path; Path(sys.argv[1], sys.argv[2]).touch(); time.sleep(600)"
parts = [Part(name, [sys.executable, "-c", up, mark, f"{name}.up"]) for name in ("one", "two")]
Stack(os.environ, 0, Path(mark), parts=parts).start()
print("started", flush=True)
time.sleep(600)
"""


def part(name, code, mark):
    return Part(name, [sys.executable, "-c", code, str(mark)])


def running(mark):
    """Living processes that carry the mark among their arguments."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if str(mark) in (process.info["cmdline"] or []) and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def wait_for(what, seconds=30):  # for a machine that is busy; a quick one does not wait
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.05)
    return what()


@pytest.fixture
def mark(tmp_path):
    yield tmp_path
    for process in running(tmp_path):
        process.kill()


def test_a_stack_leaves_nothing_running(mark):
    parts = [part("plain", SLEEP, mark), part("parent", WITH_CHILD, mark)]
    with Stack(os.environ, 0, mark, parts=parts):
        assert wait_for(lambda: len(running(mark)) == 3)
    assert wait_for(lambda: running(mark) == [])


def test_a_part_that_does_not_listen_is_killed_in_the_end(mark, monkeypatch):
    monkeypatch.setattr("dacase.processes.STOP_WITHIN", 1)
    stack = Stack(os.environ, 0, mark, parts=[part("deaf", DEAF, mark)]).start()
    time.sleep(0.3)  # until it is deaf
    begun = time.monotonic()
    stack.stop()
    assert 0.9 < time.monotonic() - begun < 5
    assert wait_for(lambda: running(mark) == [])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
@pytest.mark.parametrize("interrupts", ["SIG_DFL", "SIG_IGN"])  # as in a terminal, and in the background
def test_a_killed_supervisor_leaves_no_child(mark, interrupts):
    supervisor = subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(mark), interrupts], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout.readline() == "started\n"
    # Python may swallow an interrupt that comes while it is starting.
    assert wait_for(lambda: len(list(mark.glob("*.up"))) == 2)
    assert len(running(mark)) == 3
    supervisor.kill()
    supervisor.communicate()
    assert wait_for(lambda: running(mark) == [])


def test_a_part_that_dies_is_started_again_and_that_is_said(mark):
    said = []
    with Stack(os.environ, 0, mark, parts=[part("frail", WITH_CHILD, mark)], say=said.append) as stack:
        assert wait_for(lambda: len(running(mark)) == 2)
        first = stack.parts[0].process.pid
        os.kill(first, signal.SIGKILL)
        assert wait_for(lambda: stack.tend() or stack.parts[0].process.pid != first)
        assert wait_for(lambda: len(running(mark)) == 2), "its own child went with it, and both are back"
    assert len(said) == 1
    assert "frail stopped (SIGKILL)" in said[0]
    assert str(mark / "log" / "frail.log") in said[0]


def test_pauses_grow_while_a_part_keeps_dying(mark):
    said = []
    stack = Stack(os.environ, 0, mark, parts=[part("hopeless", SLEEP, mark)], say=said.append).start()
    pauses = []
    for _ in range(3):
        os.kill(stack.parts[0].process.pid, signal.SIGKILL)
        assert wait_for(lambda: stack.tend() or stack.parts[0].due is not None)
        pauses.append(stack.parts[0].pause)
        stack.parts[0].due = 0.0
        stack.tend()
    stack.stop()
    assert pauses == [1.0, 2.0, 4.0]


def test_a_part_that_cannot_start_ends_the_others(mark):
    parts = [part("plain", SLEEP, mark), Part("broken", [sys.executable, "-c", "raise SystemExit(3)"])]
    parts[1].ready = lambda: False
    with pytest.raises(ProcessError, match=r"broken stopped while starting \(exit 3\)"):
        Stack(os.environ, 0, mark, parts=parts).start()
    assert wait_for(lambda: running(mark) == [])


def test_start_returns_when_the_parts_answer(mark):
    port = free_port()
    (mark / "health").mkdir()
    server = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(mark)]
    assert not answers(port, "/health/")
    with Stack(os.environ, port, mark, parts=[Part("web", server, lambda: answers(port, "/health/"))]):
        assert answers(port, "/health/")
        assert not answers(port, "/nothing-here/")
    assert not answers(port, "/health/")


def test_a_taken_port_is_refused_before_anything_starts(mark):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ProcessError, match=rf"Port {port} cannot be used .* make demo PORT={port + 1}"):
            Stack(os.environ, port, mark, parts=[part("web", SLEEP, mark)]).start()
    assert wait_for(lambda: running(mark) == [])
