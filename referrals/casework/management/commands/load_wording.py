"""The licensed wording of a risk tool from the command line: the same checks and the same act as on the page."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Membership
from dacase.agencies.roles import who_may
from dacase.walls.context import acting_as
from referrals.casework.rules.risk_assessment import Tool, in_use, tool_of, versions
from referrals.casework.rules.wording import MOST_BYTES, errors_of, read_wording
from referrals.casework.services.wording import keep_wording, use_wording


class Command(BaseCommand):
    help = (
        "Load wording that the partnership is licensed for: load_wording dash FILE --licence TEXT [--dry-run]"
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("tool", choices=list(versions()))
        parser.add_argument("file", help="CSV or JSON with code, question and help of every topic")
        parser.add_argument(
            "--licence", required=True, help="who holds it, and the acknowledgement it asks for"
        )
        parser.add_argument("--tool-version", help="of data/tools.csv; the one in use today unless told")
        parser.add_argument("--as", dest="email", help="e-mail address of the administrator who loads it")
        parser.add_argument("--dry-run", action="store_true", help="say what is wrong, and load nothing")

    def handle(self, *args: Any, tool: str, file: str, licence: str, **options: Any) -> None:
        definition = _version(tool, options["tool_version"])
        content = _read(Path(file))
        try:
            rows = read_wording(content, name=file, tool=definition)
        except ValidationError as refusal:
            raise CommandError(refusal.messages[0]) from None
        for row in rows:
            for error in row.errors:
                self.stderr.write(f"row {row.number or 'none'}, {row.code[:20] or 'no code'}: {error}")
        if wrong := errors_of(rows):
            raise CommandError(
                f"{wrong} row{'' if wrong == 1 else 's'} must be corrected. Nothing was loaded."
            )
        if options["dry_run"]:
            self.stdout.write(f"{len(rows)} topics are right. Nothing was loaded.")
            return
        actor = _administrator(options["email"])
        try:
            with acting_as(actor), transaction.atomic():
                kept = keep_wording(
                    definition, content=content, name=file, licence=licence, submission=uuid4(), actor=actor
                )
                use_wording(kept.pk, actor=actor)
        except ValidationError as refusal:
            raise CommandError(refusal.messages[0]) from None
        except NotAllowed as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{len(rows)} topics are used from today on.")


def _version(tool: str, version: str | None) -> Tool:
    try:
        found = tool_of(tool, version) if version else in_use(tool, on=timezone.localdate())
    except LookupError:
        found = None
    if found is None:
        known = "; ".join(one.version for one in versions()[tool])
        raise CommandError(f"There is no such version of {tool}. There is: {known}")
    return found


def _read(path: Path) -> bytes:
    """The file, and no more of it than decides that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"The file could not be read: {error.strerror}.") from None


def _administrator(email: str | None) -> Membership:
    """Who acts: the one of that address, or the only one there is."""
    may = (
        Membership.objects.active().filter(role__in=who_may("load_wording")).select_related("user", "agency")
    )
    found = list(may.filter(user__email__iexact=email) if email else may[:2])
    if len(found) != 1:
        raise CommandError(
            "Say with --as which administrator loads it, by the e-mail address she signs in with."
        )
    return found[0]
