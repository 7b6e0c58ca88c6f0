"""PostgreSQL and Valkey without an installation: every command joins those under the data folder.

The first process that needs a server starts it, others join, and it stops when the last one ends, by
whatever way it ends. A server named in the environment (DATABASE_URL, REDIS_URL) is used instead.
"""

import atexit
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from dacase import keeper
from dacase.servers import Broker, Database, Server, ServerError, opened

__all__ = ["ServerError", "home", "join", "start_broker", "start_database", "use_embedded_servers"]

WAIT = 120  # seconds for another process to finish starting or stopping the same server

# This process's hold on each server that it joined: the descriptor of the `users` lock.
_joined: dict[tuple[str, Path], int] = {}


def home() -> Path:
    """The data folder: DACASE_HOME, or .dacase beside manage.py."""
    named = os.environ.get("DACASE_HOME", "").strip()
    return (
        Path(named).expanduser().absolute() if named else Path(__file__).resolve().parent.parent / ".dacase"
    )


def start_database(folder: Path | None = None, *, durable: bool = True) -> str:
    """Start or join PostgreSQL 18 under `folder` and return its administrator's URL.

    durable: False for tests, which are faster when nothing has to survive a crash of the machine.
    Raises ServerError, whose text says what to do.
    """
    return join(Database(folder or home(), durable=durable))


def start_broker(folder: Path | None = None, *, durable: bool = True) -> str:
    """Start or join Valkey under `folder` and return its URL. Raises ServerError, whose text says what to do."""
    return join(Broker(folder or home(), durable=durable))


def use_embedded_servers(*, broker: bool, folder: Path | None = None, durable: bool = True) -> None:
    """Set DATABASE_URL, and REDIS_URL if `broker`, to servers under the data folder; one that is set stays.

    Ends the program with one sentence where a server cannot run.
    """
    try:
        if not os.environ.get("DATABASE_URL"):
            os.environ["DATABASE_URL"] = start_database(folder, durable=durable)
        if broker and not os.environ.get("REDIS_URL"):
            os.environ["REDIS_URL"] = start_broker(folder, durable=durable)
    except ServerError as error:
        sys.exit(str(error))


def join(server: Server) -> str:
    """Hold `server` until this process ends, starting it first if it is not running; returns its URL."""
    key = (server.name, server.home)
    if key not in _joined:
        server.make_folders()
        with turn(server):
            users = os.open(server.lock("users"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # Waits while a keeper whose last user was killed is still stopping the server.
                take(users, fcntl.LOCK_SH, server)
                ensure_running(server)
            except BaseException:
                os.close(users)
                raise
            _joined[key] = users
        atexit.register(leave, server, os.getpid())
    return server.url


def leave(server: Server, process: int) -> None:
    """Give up this process's hold; the last to leave waits until the server has stopped."""
    # A forked child has its parent's exit functions but not its parent's hold.
    users = _joined.pop((server.name, server.home), None) if process == os.getpid() else None
    if users is None:
        return
    with contextlib.suppress(ServerError, BlockingIOError, OSError), turn(server):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stop_keeper(server)
    os.close(users)


@contextlib.contextmanager
def turn(server: Server) -> Iterator[None]:
    """Only one process at a time starts or stops a server."""
    with opened(server.lock("turn")) as descriptor:
        take(descriptor, fcntl.LOCK_EX, server)
        yield


def take(descriptor: int, kind: int, server: Server) -> None:
    """Take a lock, waiting for it. Raises ServerError after `WAIT` seconds."""
    deadline = time.monotonic() + WAIT
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return
        if time.monotonic() > deadline:
            message = (
                f"Another command has been starting or stopping {server.title} in {server.home} for too long."
            )
            raise ServerError(message)
        time.sleep(0.02)


def ensure_running(server: Server) -> None:
    """Start a keeper unless one runs, and wait until its server answers. Raises ServerError."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if not has_keeper(server):
            start_keeper(server)
        elif server.lock("ready").exists() and server.is_ready():
            return
        else:
            time.sleep(0.05)
    raise ServerError(f"{server.title} does not answer; see {server.log}.")


def start_keeper(server: Server) -> None:
    """Start the server's keeper in a session of its own, so that no Ctrl-C meant for us reaches it."""
    server.lock("ready").unlink(missing_ok=True)
    command = [sys.executable, "-I", keeper.__file__, server.name, str(server.home)]
    with server.log.open("ab") as log:
        process = subprocess.Popen(
            [*command, "durable" if server.durable else "fast"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            start_new_session=True,
            text=True,
        )
    with process.stdout or contextlib.nullcontext(None) as answers:
        answer = answers.readline().strip() if answers else ""
    # Not waited for when all is well: it outlives this process when another uses the server.
    process.returncode = 0
    if answer != "ready":
        raise ServerError(answer or f"{server.title} did not start; see {server.log}.")


def has_keeper(server: Server) -> bool:
    """Whether a keeper of this server is alive, ready or not."""
    with opened(server.lock("keeper")) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def stop_keeper(server: Server) -> None:
    """Ask the keeper to stop its server and wait until it has."""
    with contextlib.suppress(OSError, ValueError):
        os.kill(int(server.lock("ready").read_text()), signal.SIGTERM)
        with opened(server.lock("keeper")) as descriptor:
            take(descriptor, fcntl.LOCK_EX, server)
