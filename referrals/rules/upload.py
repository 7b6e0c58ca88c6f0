"""Reading a file of referrals: its columns (data/upload_columns.csv), its limits, and what is wrong with it."""

import csv
import io
import json
from collections.abc import Mapping
from functools import cache
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError

from referrals.rules.tables import rows as table_rows

MOST_ROWS = 500
LONGEST_CELL = 20_000
# Any fixed number will do: a row's own number is made from it, so that the same row is always one referral.
ROW_NUMBERS = UUID("8f0b1d0e-6b1c-4a44-9d0e-2f5d8f8f3b5a")


@cache
def columns() -> list[str]:
    """The columns of a file, in order."""
    return [row["column"] for row in table_rows("upload_columns")]


def template() -> str:
    """An empty file with an example row, for whoever fills one in."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(columns())
    writer.writerow([row["example"] for row in table_rows("upload_columns")])
    return made.getvalue()


def read_rows(content: bytes) -> list[tuple[int, dict[str, str]]]:
    """(line, values by column) of every row that is not empty. Every value is text, whatever it looks like.

    Raises ValidationError, in words for whoever made the file, where it cannot be read as a whole.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(
            "The file could not be read. Save it again as “CSV UTF-8 (comma delimited)”"
        ) from None
    if "\x00" in text:
        raise ValidationError("The file is not a CSV file. Save it again as “CSV UTF-8 (comma delimited)”")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        _check_head(head)
        rows = [
            (reader.line_num, dict(zip(head, map(str.strip, cells), strict=False)))
            for cells in reader
            if any(cell.strip() for cell in cells) and _fits(cells, head, reader.line_num)
        ]
    except csv.Error:
        raise ValidationError(
            f"Line {reader.line_num} could not be read. Check its quotation marks"
        ) from None
    if not rows:
        raise ValidationError("The file has no rows below its first line")
    if len(rows) > MOST_ROWS:
        raise ValidationError(f"The file has {len(rows)} rows. Send at most {MOST_ROWS} in one file")
    return rows


def number_of_row(agency: UUID, values: Mapping[str, str]) -> UUID:
    """The `submission` of a row: the same for the same words of the same agency, in whatever file."""
    said = {name: " ".join(value.split()) for name, value in values.items() if value.strip()}
    return uuid5(ROW_NUMBERS, json.dumps([str(agency), said], sort_keys=True))


def _check_head(head: list[str]) -> None:
    missing = [name for name in columns() if name not in head]
    unknown = [name for name in head if name and name not in columns()]
    if len(missing) == len(columns()):
        raise ValidationError("The first line must hold the names of the columns. Begin with the template")
    if unknown:
        raise ValidationError(f"The file has a column that we do not know: {unknown[0][:60]}")
    if missing:
        raise ValidationError(f"The file lacks the column {missing[0]}. Begin with the template")
    if len(set(head)) < len(head):
        raise ValidationError("The file has the same column twice")


def _fits(cells: list[str], head: list[str], line: int) -> bool:
    if len(cells) > len(head) and any(cell.strip() for cell in cells[len(head) :]):
        raise ValidationError(f"Line {line} has more cells than there are columns")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise ValidationError(f"Line {line} has a cell that is too long")
    return True


def with_first_zero(number: str) -> str:
    """A phone number with the 0 that a spreadsheet takes for no part of a number. No area's number has ten digits
    without it.
    """
    digits = number.replace(" ", "")
    return f"0{number}" if digits.isdigit() and len(digits) == 10 and digits[0] != "0" else number
