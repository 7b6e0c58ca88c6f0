"""Fill an empty database with an invented partnership, or with records that come to published counts."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

MOST_CASES = 250_000
EARLIEST = date(2010, 1, 1)


class Command(BaseCommand):
    help = (
        "Invent a partnership in an empty database; with --published FILE.csv, invent the records that bring "
        "each month to the counts in the file."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--published", type=Path, metavar="FILE.csv", help="columns measure,agency,month,value"
        )
        parser.add_argument("--cases", type=int, help=f"how many cases, about; up to {MOST_CASES:,}")
        parser.add_argument("--seed", type=int, help="another number gives another partnership")
        parser.add_argument(
            "--until", type=day, metavar="DATE", help="the day to end on, as 2026-03-31; today by default"
        )
        parser.add_argument(
            "--bench", action="store_true", help="forty agencies over eight years, as from 10,000 cases on"
        )

    def handle(self, *args: Any, published: Path | None, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Invented people do not belong in a real installation. Nothing was changed.")
        if published is not None:
            self.fill_to_published(published, options)
        else:
            self.fill(options)

    def fill(self, options: dict[str, Any]) -> None:
        """The invented partnership, into an empty database only."""
        from django.utils import timezone

        from dacase.demo import world

        wanted = {name: options[name] for name in ("cases", "seed", "until") if options[name] is not None}
        today = timezone.localdate()
        if not 1 <= wanted.get("cases", 1) <= MOST_CASES:
            raise CommandError(f"--cases must be from 1 to {MOST_CASES:,}.")
        if not EARLIEST <= wanted.get("until", today) <= today:
            raise CommandError(
                f"--until must be from {EARLIEST} to today: nobody has worked in the future yet."
            )
        if world.is_filled():
            self.stdout.write("The database holds cases already. Nothing was changed.")
            return
        try:
            made = world.make_world(**{"until": today} | wanted, bench=options["bench"], say=self.say)
        except world.AlreadyFilledError:
            self.stdout.write("Somebody else has filled the database meanwhile. Nothing was changed.")
            return
        self.say(f"Made {made.cases:,} invented cases and {sum(made.counts.values()):,} records.")

    def fill_to_published(self, path: Path, options: dict[str, Any]) -> None:
        """The records that are missing from the counts in a file; all of them or none."""
        from dacase.demo.published import PublishedError, fill_to_published

        if any(options[name] for name in ("cases", "until", "bench")):
            raise CommandError(
                "--published says itself how much and when. Leave out --cases, --until and --bench."
            )
        try:
            for line in fill_to_published(path, seed=options["seed"]):
                self.say(line)
        except PublishedError as error:
            raise CommandError(str(error)) from error

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def day(text: str) -> date:
    """An ISO date from the command line; ValueError is argparse's sign of a wrong argument."""
    return date.fromisoformat(text)
