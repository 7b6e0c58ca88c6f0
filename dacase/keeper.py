"""Runs one server for as long as any process uses it: `python keeper.py database|broker HOME durable|fast`.

Every process that uses the server holds a shared lock on its `users` file, which the kernel takes back
however the process ends. When this process can have that lock for itself, nobody is left and the server stops.
Started by dacase.embedded; a file of its own so that it loads neither Django nor Celery.
"""

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    # Started by path and isolated from the environment: this folder alone is added, for the module below.
    sys.path.append(str(Path(__file__).parent))
    from servers import SERVERS, Server, ServerError, opened
else:
    from dacase.servers import SERVERS, Server, ServerError, opened

LOOK_EVERY = 0.5  # seconds
START_WITHIN = 90  # seconds; recovery after a crash can take a while
RETRY_FOR = 8  # seconds
STOP_WITHIN = 20  # seconds
RESTARTS = 5


def keep(server: Server) -> None:
    """Run `server` until nobody uses it or a SIGTERM comes. Writes `ready` to standard output when it answers."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda caught, _: asked.append(caught))
    woken = wake_on_signals()
    with opened(server.lock("users")) as users, opened(server.lock("keeper")) as mine:
        fcntl.flock(mine, fcntl.LOCK_EX)
        server.prepare()
        with server.log.open("ab") as output:
            process = start(server, output)
            announce(server)
            restarts = 0
            while not asked and not nobody_left(users):
                if process.poll() is not None:
                    restarts += 1
                    if restarts > RESTARTS:
                        raise ServerError(f"{server.title} stopped {restarts} times; see {server.log}.")
                    server.lock("ready").unlink(missing_ok=True)
                    server.prepare()
                    process = start(server, output)
                    announce(server)
                select.select([woken], [], [], LOOK_EVERY)
                with contextlib.suppress(BlockingIOError):
                    os.read(woken, 512)
            server.lock("ready").unlink(missing_ok=True)
            stop(process)
            server.remove_socket_folder()
        # The next user waits for `users`; `keeper` must be free by then.
        fcntl.flock(mine, fcntl.LOCK_UN)


def start(server: Server, output: object) -> "subprocess.Popen[bytes]":
    """Start the server and wait until it answers. Raises ServerError."""
    begun = time.monotonic()
    process = server.start(output)
    while not server.is_ready():
        waited = time.monotonic() - begun
        if process.poll() is not None and waited < RETRY_FOR:
            # What a killed server left running may need a moment to end.
            time.sleep(0.5)
            process = server.start(output)
        elif process.poll() is not None or waited > START_WITHIN:
            stop(process)
            raise ServerError(f"{server.title} did not start; its reasons are at the end of {server.log}.")
        time.sleep(0.02)
    return process


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Stop the server, its clients or not: both servers take SIGINT as 'stop now, in good order'."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WITHIN)
            return
        process.kill()
        process.wait()


def wake_on_signals() -> int:
    """A descriptor that becomes readable when a signal comes, the end of a child included."""
    signal.signal(signal.SIGCHLD, lambda *_: None)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing)
    return reading


def nobody_left(users: int) -> bool:
    """Whether no process uses the server; if so this one holds the lock, and whoever comes now waits."""
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def announce(server: Server) -> None:
    """Tell whoever started this, and whoever comes later, that the server answers."""
    server.lock("ready").write_text(f"{os.getpid()}\n")
    with contextlib.suppress(BrokenPipeError, ValueError, OSError):
        print("ready", flush=True)
        # Nobody reads from now on.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main(name: str, home: str, durable: str) -> int:
    """Keep one server; what goes wrong is said on standard output in one sentence."""
    os.umask(0o077)
    try:
        keep(SERVERS[name](Path(home), durable=durable == "durable"))
    except ServerError as error:
        with contextlib.suppress(OSError):
            print(error, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
