"""Run the whole of DACase on this machine with an invented partnership."""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from dacase import embedded
from dacase.processes import ProcessError, Stack, refuse_taken

LOOK_EVERY = 0.3  # seconds


class Command(BaseCommand):
    help = "Start web, worker, relay and scheduler on an invented partnership; Ctrl-C ends them all."
    requires_system_checks: list[str] = []  # each part makes its own

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--port", type=int, default=os.environ.get("PORT") or 8000, help="default: PORT, or else 8000"
        )
        parser.add_argument(
            "--cases", type=int, help="how many cases to invent, the first time; default: about 1,900"
        )

    def handle(self, *args: Any, port: int, cases: int | None, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(
                "The demo signs people in with a click. It does not run with DACASE_ENV=production."
            )
        home = embedded.home()
        # SIGINT too: a shell that starts this in the background has it ignored.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupt)
        try:
            with only_demo(home, port):
                refuse_taken(port)
                self.prepare(cases)
                self.run(home, port)
        except ProcessError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.say("Stopped. The data is kept; the next start is quick.")

    def prepare(self, cases: int | None) -> None:
        """Bring the database up to date and, the first time, fill it."""
        self.say("Preparing the database")
        call_command("prepare_database", verbosity=0, stdout=self.stdout)
        self.say("Filling it with an invented partnership, if it is empty")
        call_command("make_demo_data", *([f"--cases={cases}"] if cases else []), stdout=self.stdout)

    def run(self, home: Path, port: int) -> None:
        """Start the parts, say where they are, and tend them until interrupted."""
        from dacase.agencies import demo_cast

        self.say("Starting the web server, the worker, the relay and the scheduler")
        stack = Stack(os.environ, port, home, say=self.say)
        try:
            stack.start()
            self.say(f"Ready {stack.url}")
            self.say(demo_cast.describe())
            self.say(f"Logs are in {home / 'log'}. Press Ctrl-C to stop.")
            while True:
                time.sleep(LOOK_EVERY)
                stack.tend()
        finally:
            # A second Ctrl-C must not leave half of it running.
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            stack.stop()

    def say(self, text: str) -> None:
        """Print a line at once, also into a pipe, and carry on when nobody reads it any more."""
        with contextlib.suppress(OSError, ValueError):
            self.stdout.write(text)
            self.stdout.flush()


def interrupt(*args: object) -> None:
    """End like Ctrl-C: a closed terminal and a polite kill clear up too."""
    raise KeyboardInterrupt


@contextlib.contextmanager
def only_demo(home: Path, port: int) -> Iterator[None]:
    """Hold the data folder's demo lock. Raises ProcessError if another demo has it or the folder is closed to us."""
    try:
        (home / "run").mkdir(parents=True, exist_ok=True)
        file = (home / "run" / "demo.lock").open("a+")
    except OSError as error:
        message = f"The data folder {home} cannot be written ({error.strerror}). Set DACASE_HOME to another."
        raise ProcessError(message) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            message = (
                f"Another demo runs on {home}: {file.read().strip()}. Open that one, or set DACASE_HOME."
            )
            raise ProcessError(message) from None
        file.truncate(0)
        file.write(f"http://127.0.0.1:{port} (process {os.getpid()})")
        file.flush()
        yield
