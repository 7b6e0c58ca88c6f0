"""The demo's processes: web, relay, worker and scheduler, started together and ended together.

Used by `manage.py demo` and by the browser tests. Every process ends when this one does, whatever ends it
(on Linux also after a kill -9), and one that dies on its own is started again.
"""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self

from dacase.servers import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
ALL_PARTS = ("web", "relay", "worker", "scheduler")
READY_WITHIN = 60  # seconds
STOP_WITHIN = 10  # seconds, then killed
KILLED_WITHIN = 2  # seconds
LONGEST_PAUSE = 30  # seconds between two starts of a part that keeps dying
SETTLED_AFTER = 60  # seconds; a part that ran this long begins again with the shortest pause
LARGEST_LOG = 5_000_000  # bytes


class ProcessError(Exception):
    """A part cannot run; the text is one sentence that says what to do."""


@dataclass
class Part:
    """One process of the stack.

    ready: asked again and again after a start; None for a part that is ready when it runs.
    """

    name: str
    command: list[str]
    ready: Callable[[], bool] | None = None
    process: "subprocess.Popen[bytes] | None" = None
    started: float = 0.0
    pause: float = 0.5
    due: float | None = field(default=None, repr=False)


def web(port: int) -> Part:
    """The web server on this machine's own address, `port` as given."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "dacase.wsgi",
        f"--bind={HOST}:{port}",
        "--workers=2",
        "--preload",
    ]
    # Threads, so that a connection which a browser opened in advance does not hold a whole worker.
    command += ["--worker-class=gthread", "--threads=4", "--no-control-socket", "--graceful-timeout=5"]
    return Part("web", command, lambda: answers(port, "/health/"))


def relay() -> Part:
    """What hands the outbox's rows to the workers."""
    return Part("relay", [sys.executable, "manage.py", "relay"])


def worker(name: str, broker: str) -> Part:
    """One Celery worker for one task at a time, known as `name` at the broker whose URL is given."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "dacase",
        "worker",
        "--concurrency=1",
        f"--hostname={name}",
    ]
    command += ["--without-mingle", "--without-gossip", "--loglevel=INFO"]
    return Part("worker", command, lambda: worker_answers(name, broker))


def scheduler(folder: Path) -> Part:
    """Celery's beat; it notes in `folder` what it ran last."""
    command = [sys.executable, "-m", "celery", "-A", "dacase", "beat", "--pidfile=", "--loglevel=INFO"]
    return Part("scheduler", [*command, f"--schedule={folder / 'schedule'}"])


def answers(port: int, path: str) -> bool:
    """Whether a GET of `path` on this machine's `port` is answered with success."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status == HTTPStatus.OK
        finally:
            connection.close()
    return False


def worker_answers(name: str, broker: str) -> bool:
    """Whether the worker answers a ping through the broker."""
    from celery import Celery
    from kombu.exceptions import OperationalError

    with (
        contextlib.suppress(OSError, OperationalError),
        Celery(broker=broker.replace("unix://", "redis+socket://"), set_as_current=False) as app,
    ):
        return bool(app.control.ping(destination=[name], timeout=0.5))
    return False


def refuse_taken(port: int) -> None:
    """Raise ProcessError if another program listens on `port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as error:
            message = (
                f"Port {port} cannot be used ({error.strerror}). Choose another: make demo PORT={port + 1}"
            )
            raise ProcessError(message) from error
        except OverflowError as error:
            raise ProcessError(f"Port {port} is not a port: choose one from 1024 to 65535.") from error


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


class Stack:
    """The parts of one running DACase.

    environment: of every part; DATABASE_URL and REDIS_URL must be in it.
    port: of the web server, on 127.0.0.1.
    folder: where logs (`log/`) and the scheduler's notes (`run/`) go.
    parts: which of ALL_PARTS, or parts of the caller's own.
    say: told in a sentence when a part dies.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        port: int,
        folder: Path,
        *,
        parts: Iterable[str | Part] = ALL_PARTS,
        say: Callable[[str], None] = print,
    ) -> None:
        self.environment = {
            **environment,
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "dacase.settings",
        }
        self.port = port
        self.folder = folder
        self.say = say
        makers: dict[str, Callable[[], Part]] = {
            "web": lambda: web(port),
            "relay": relay,
            "worker": lambda: worker(f"worker-{port}@dacase", environment["REDIS_URL"]),
            "scheduler": lambda: scheduler(folder / "run"),
        }
        self.parts = [part if isinstance(part, Part) else makers[part]() for part in parts]

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> Self:
        """Start every part and wait until each is ready. Raises ProcessError, and then nothing is left running."""
        if any(part.name == "web" for part in self.parts):
            refuse_taken(self.port)
        try:
            for part in self.parts:
                self._launch(part)
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def tend(self) -> None:
        """Start again whichever part has died, after a pause that grows while it keeps dying."""
        now = time.monotonic()
        for part in self.parts:
            if part.due is not None and now >= part.due:
                self._launch(part)
            elif part.due is None and part.process and part.process.poll() is not None:
                self._end_group(part)
                part.pause = 0.5 if now - part.started > SETTLED_AFTER else min(part.pause * 2, LONGEST_PAUSE)
                part.due = now + part.pause
                how = describe_end(part.process.returncode)
                self.say(f"The {part.name} stopped ({how}). Starting it again. Its log: {self._log(part)}")

    def stop(self) -> None:
        """End every part, at first asking, and return when nothing of them is left."""
        running = [part.process for part in self.parts if part.process and part.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for part in self.parts:
            self._end_group(part)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _log(self, part: Part) -> Path:
        return self.folder / "log" / f"{part.name}.log"

    def _launch(self, part: Part) -> None:
        for name in ("log", "run"):
            (self.folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        log = self._log(part)
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as output:
            part.process = subprocess.Popen(
                part.command,
                env=self.environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # A group of its own: a Ctrl-C is for us, who then end the parts in good order.
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        part.started, part.due = time.monotonic(), None

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        waiting = list(self.parts)
        while waiting:
            for part in self.parts:
                if part.process and part.process.poll() is not None:
                    how = describe_end(part.process.returncode)
                    raise ProcessError(
                        f"The {part.name} stopped while starting ({how}); see {self._log(part)}."
                    )
            waiting = [part for part in waiting if part.ready and not part.ready()]
            if waiting and time.monotonic() > deadline:
                raise ProcessError(f"The {waiting[0].name} does not answer; see {self._log(waiting[0])}.")
            time.sleep(0.1)

    def _end_group(self, part: Part) -> None:
        """Kill what a part that has ended, or would not end, left of its group, and wait until it is gone."""
        if part.process is None:
            return
        deadline = time.monotonic() + KILLED_WITHIN
        with contextlib.suppress(ProcessLookupError, PermissionError):
            while time.monotonic() < deadline:
                os.killpg(part.process.pid, signal.SIGKILL)
                part.process.poll()
                time.sleep(0.01)
        part.process.wait()


def describe_end(code: int) -> str:
    """A return code in words."""
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name
