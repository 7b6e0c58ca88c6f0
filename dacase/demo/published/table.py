"""Reads a table of published counts, such as tests/data/partner_measures_2019_20.csv."""

import csv
import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path

COLUMNS = ["measure", "agency", "month", "value"]
FIRST_YEAR = 2000
# More than any partnership has in a month; a slip of the finger must not fill the disk.
MOST = 20_000
SHOWN_ERRORS = 20


class PublishedError(Exception):
    """The file or the records do not allow it. The text says what and where; nothing was saved."""


class Counted(Enum):
    """The measures of the file that can be made, as the publishers call them."""

    REFERRALS = "Referrals to MARAC"
    REPEATS = "Repeat MARAC cases"
    ADVOCACY = "Referrals to advocacy and support service"


@dataclass(frozen=True)
class Target:
    """A line of the file: a measure comes to `value` in the month that begins on `month`."""

    line: int
    measure: Counted
    month: date
    value: int

    def __str__(self) -> str:
        return f"Line {self.line}: {self.measure.value} in {self.month:%Y-%m}"


Targets = dict[tuple[Counted, date], Target]


@dataclass(frozen=True)
class Table:
    """The lines that count, and the names of measures that are not made here."""

    targets: Targets
    ignored: list[str]


def read_table(path: Path, today: date) -> Table:
    """Read the file. Raises PublishedError, with every wrong line, unless each line can be used or left out."""
    rows = read_rows(path)
    by_name = {plain(measure.value): measure for measure in Counted}
    targets: Targets = {}
    ignored: list[str] = []
    errors: list[str] = []
    for line, row in rows:
        measure = by_name.get(plain(row["measure"]))
        if measure is None:
            ignored.append(row["measure"].strip() or "(no name)")
            continue
        try:
            target = Target(line, measure, read_month(row["month"], today), read_value(row["value"]))
            if (measure, target.month) in targets:
                first = targets[measure, target.month].line
                raise ValueError(f"{measure.value} in {target.month:%Y-%m} is on line {first} already.")
            targets[measure, target.month] = target
        except ValueError as error:
            errors.append(f"Line {line}: {error}")
    if errors:
        more = len(errors) - SHOWN_ERRORS
        shown = errors[:SHOWN_ERRORS] + ([f"and {more} more."] if more > 0 else [])
        raise PublishedError("\n".join(["The file has mistakes. Nothing was saved.", *shown]))
    return Table(targets, list(dict.fromkeys(ignored)))


def read_rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows with their line numbers. Raises PublishedError where there is no such table."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PublishedError(f"{path} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise PublishedError(f"{path} is not a text file in UTF-8.") from error
    try:
        reader = csv.DictReader(text.splitlines(keepends=True), strict=True)
        names = [(name or "").strip().lower() for name in reader.fieldnames or []]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise PublishedError(
                f"{path} needs the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}."
            )
        reader.fieldnames = names
        return [(reader.line_num, {name: row.get(name) or "" for name in COLUMNS}) for row in reader]
    except csv.Error as error:
        raise PublishedError(f"{path} is not a table in CSV: {error}.") from error


def plain(name: str) -> str:
    """A measure's name without the differences that a spreadsheet makes."""
    return " ".join(name.split()).casefold()


def read_month(text: str, today: date) -> date:
    """The first day of the month `text`, as `2019-04`. Raises ValueError, also for one that has not ended."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text.strip(), re.ASCII)
    if not found:
        raise ValueError(f"“{text[:40]}” is not a month. Write it as 2019-04.")
    month = date(int(found[1]), int(found[2]), 1)
    if month.year < FIRST_YEAR:
        raise ValueError(f"{month:%Y-%m} is before {FIRST_YEAR}, when there was no MARAC.")
    if add(month, 1) > today:
        raise ValueError(f"{month:%Y-%m} has not ended yet.")
    return month


def read_value(text: str) -> int:
    """A whole number from 0. Raises ValueError."""
    stripped = text.strip()
    if not stripped:
        raise ValueError("The value is empty. Leave the line out where nothing was published.")
    if not re.fullmatch(r"\d{1,9}", stripped, re.ASCII):
        raise ValueError(f"“{text[:40]}” is not a whole number. Write it in digits only, as 1360.")
    if int(stripped) > MOST:
        raise ValueError(f"{int(stripped):,} in one month is more than can be made here ({MOST:,}).")
    return int(stripped)


def add(month: date, months: int) -> date:
    """The first day of the month `months` after `month`; before it where negative."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
