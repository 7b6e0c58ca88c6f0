"""What the outbox has not done: for whoever looks after the installation."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from dacase.jobs.models import OutboxMessage
from dacase.jobs.selectors import dead_letters, stuck_messages, stuck_work
from dacase.jobs.services.outbox import revive_message

MOST = 50


class Command(BaseCommand):
    help = "List messages that failed or are stuck. --retry gives a failed one another chance."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--retry", type=UUID, metavar="ID", help="try this failed message again")
        parser.add_argument(
            "--check", action="store_true", help="for an alarm: exit code 1 where anything failed or is stuck"
        )

    def handle(self, *args: Any, retry: UUID | None, check: bool, **options: Any) -> None:
        if retry is not None:
            if not revive_message(retry):
                raise CommandError(f"No failed message has the number {retry}.")
            self.stdout.write("The message will be tried again.")
            return
        trouble = stuck_work()
        if check and trouble:
            raise CommandError(trouble)
        self.list_messages("Failed", list(dead_letters()[:MOST]))
        self.list_messages("Unfinished for more than 5 minutes", list(stuck_messages()[:MOST]))
        self.stdout.write(trouble or "Nothing has failed and nothing is stuck.")

    def list_messages(self, title: str, messages: list[OutboxMessage]) -> None:
        """One line a message: when, what, how often tried, why it failed. It holds no name."""
        if messages:
            self.stdout.write(f"{title}:")
        for message in messages:
            when = timezone.localtime(message.failed_at or message.due_at)
            tries = f"begun {message.attempts} times"
            self.stdout.write(
                f"  {when:%Y-%m-%d %H:%M}  {message.pk}  {message.task}, {tries}. {message.error}".rstrip()
            )
