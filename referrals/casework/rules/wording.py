"""Reading a file of licensed wording: code, question and help of each topic of a version of a tool.

The file belongs to the partnership, which holds the licence; nothing of it is shipped with us.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from referrals.casework.rules.risk_assessment import Tool, topics

MOST_BYTES = 1024 * 1024
LONGEST_QUESTION, LONGEST_HELP = 500, 2_000
COLUMNS = ("code", "question", "help")
ENDINGS = ("csv", "json")


@dataclass(frozen=True)
class WordingRow:
    """A row of the file. number: its line in a CSV, its place in a JSON list; 0 for a topic without a row."""

    number: int
    code: str
    question: str
    help: str
    errors: list[str] = field(default_factory=list)


def read_wording(content: bytes, *, name: str, tool: Tool) -> list[WordingRow]:
    """Every row with what is wrong with it; a topic of the tool that has none is a row of its own at the end.

    Args:
        name: of the file; its ending says whether it is CSV or JSON.
    Raises ValidationError, in words for whoever made the file, where it cannot be read as a whole.
    """
    if len(content) > MOST_BYTES:
        raise ValidationError("The file must be smaller than 1MB")
    if not name.lower().endswith(tuple(f".{ending}" for ending in ENDINGS)):
        raise ValidationError("The file must be a CSV or a JSON file")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError("The file could not be read. Save it again in UTF-8") from None
    if "\x00" in text:
        raise ValidationError("The file has a character that cannot be stored. Save it again as plain text")
    found = list(_from_json(text) if name.lower().endswith(".json") else _from_csv(text))
    if not found:
        raise ValidationError("The file has no rows")
    return _checked(found, tool)


def errors_of(rows: Iterable[WordingRow]) -> int:
    """How many rows have something wrong with them."""
    return sum(1 for row in rows if row.errors)


def _from_csv(text: str) -> Iterable[tuple[int, dict[str, Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        _check_names(head)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                row: dict[str, Any] = dict(zip(head, cells, strict=False))
                yield reader.line_num, row | ({"more": True} if len(cells) > len(head) else {})
    except csv.Error:
        raise ValidationError(
            f"Line {reader.line_num} could not be read. Check its quotation marks"
        ) from None


def _from_json(text: str) -> Iterable[tuple[int, dict[str, Any]]]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise ValidationError("The file is not JSON. Check it, or save it as CSV") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValidationError("The file must hold a list of topics, each with code, question and help")
    for number, row in enumerate(rows, start=1):
        _check_names(list(row))
        yield number, row


def _check_names(names: list[str]) -> None:
    if missing := [name for name in ("code", "question") if name not in names]:
        raise ValidationError(
            f"The file lacks {missing[0]}. It must have code and question, and may have help"
        )
    if unknown := [name for name in names if name and name not in COLUMNS]:
        raise ValidationError(f"The file has something that we do not know: {unknown[0][:60]}")
    if len(set(names)) < len(names):
        raise ValidationError("The file has the same column twice")


def _checked(found: list[tuple[int, dict[str, Any]]], tool: Tool) -> list[WordingRow]:
    known, seen, rows = topics(tool), set[str](), []
    for number, given in found:
        values = {name: given.get(name, "") for name in COLUMNS}
        plain = {name: value.strip() if isinstance(value, str) else "" for name, value in values.items()}
        errors = [f"Write {name} as text" for name, value in values.items() if not isinstance(value, str)]
        errors += _errors(plain, known=set(known), seen=seen)
        if given.get("more"):
            errors.append("This row has more cells than there are columns. Check its quotation marks")
        seen.add(plain["code"])
        rows.append(WordingRow(number, plain["code"], plain["question"], plain["help"], errors))
    return rows + [
        WordingRow(0, code, "", "", [f"{topic.label}: this topic has no row"])
        for code, topic in known.items()
        if code not in seen
    ]


def _errors(row: dict[str, str], *, known: set[str], seen: set[str]) -> list[str]:
    errors = []
    if row["code"] not in known:
        errors.append("This tool has no topic with this code")
    elif row["code"] in seen:
        errors.append("This code stands in the file twice")
    if not row["question"]:
        errors.append("Write the question")
    for name, longest in (("question", LONGEST_QUESTION), ("help", LONGEST_HELP)):
        if len(row[name]) > longest:
            errors.append(f"Shorten the {name} to {longest} characters or fewer")
    if any(not _can_be_stored(text) for text in row.values()):
        errors.append("A character of this row cannot be stored. Type it again")
    return errors


def _can_be_stored(text: str) -> bool:
    """JSON can spell a null byte and half of a pair, which no database text holds."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
