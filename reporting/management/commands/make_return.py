"""A return from the command line: the same count as on the page, and the same file."""

import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from reporting.exports import FORMATS
from reporting.returns import FiguresUnavailableError, count_return
from reporting.rules import check_kind, check_quarter


class Command(BaseCommand):
    help = "Count a return, such as: make_return quarterly --period 2026-Q1 --format csv --output FILE"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("kind", help="quarterly")
        parser.add_argument("--period", required=True, help="a quarter, as 2026-Q1 for April to June 2026")
        parser.add_argument("--format", required=True, help="csv or xlsx")
        parser.add_argument(
            "--output", required=True, metavar="FILE", help="where to write; - for the screen"
        )

    def handle(self, *args: Any, kind: str, period: str, format: str, output: str, **options: Any) -> None:
        if format not in FORMATS:
            raise CommandError(f"There is no format “{format[:40]}”. Choose from: {', '.join(FORMATS)}.")
        try:
            quarter = check_quarter(period)
            rows = count_return(check_kind(kind), quarter)
        except (ValueError, FiguresUnavailableError) as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                "The figures could not be read. Is the database up to date? Run: manage.py prepare_database"
            ) from error
        content = FORMATS[format][0](kind, quarter, rows)
        if output == "-":
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        write_whole(Path(output), content)
        self.stderr.write(f"{quarter.title}: {len(rows)} figures written to {output}")


def write_whole(path: Path, content: bytes) -> None:
    """Write the file, whole or not at all. Raises CommandError where that cannot be done."""
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # a pipe or a device: nothing to put in its place
            return
        path = path.resolve()  # a link stays, and what it leads to is written
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
            # mkstemp closes the file to everybody else; what was asked for is an ordinary file.
            mask = os.umask(0)
            os.umask(mask)
            Path(name).chmod(0o666 & ~mask)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror}).") from error
