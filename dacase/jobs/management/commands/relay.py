"""The relay: hands the outbox's rows to the workers."""

import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dacase.checks import refuse_unsafe
from dacase.jobs.relay import Relay
from dacase.jobs.selectors import STUCK_AFTER, undispatched_messages


class Command(BaseCommand):
    help = "Hand the messages of the outbox to the workers until told to stop. Several may run at once."
    requires_system_checks: list[str] = []  # starts in a second, also beside a busy web server

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="only say whether messages are handed on in time; the exit code tells",
        )

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        refuse_unsafe()
        if not settings.REDIS_URL:
            raise CommandError("The relay has nobody to hand work to: set REDIS_URL to the broker's address.")
        if check:
            self.check_in_time()
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        Relay().run()

    def check_in_time(self) -> None:
        """Raise CommandError where messages are waiting that should have gone long ago."""
        late = undispatched_messages().count()
        if late:
            minutes = STUCK_AFTER.seconds // 60
            raise CommandError(
                f"{late} messages have been waiting for the relay for more than {minutes} minutes."
            )
        self.stdout.write("The relay is keeping up.")


def stop(*args: object) -> None:
    """End at once, also in the middle of a batch: what was sent and not yet marked is sent again."""
    raise SystemExit(0)
