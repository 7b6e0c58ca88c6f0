"""Rows into their tables by COPY, tens of thousands a second, as the owner.

Triggers sleep while rows arrive; what they would have written (history, viewer arrays, marks) is made
good in SQL at the end, in the same transaction. Nothing half-loaded is ever seen.
"""

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from django.db import connections, transaction
from django.db.models import NOT_PROVIDED, AutoField, Field, Model

from dacase.demo import relax, upkeep
from dacase.demo.chance import Dice

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": None})
FLUSH_ROWS = 200_000


def text_of_str(value: str) -> str:
    """Text as COPY wants it; a null byte, which no column can hold, is left out."""
    # Almost every value is plain, and asking is four times faster than translating.
    return value if value.isprintable() and "\\" not in value else value.translate(ESCAPES)


def text_of_list(value: list[Any]) -> str:
    """A PostgreSQL array of numbers or of plain words."""
    return "{" + ",".join(map(str, value)) + "}"


TEXT: dict[type, Callable[[Any], str]] = {
    str: text_of_str,
    type(None): lambda value: "\\N",
    bool: lambda value: "t" if value else "f",
    int: str,
    date: date.isoformat,
    datetime: datetime.isoformat,
    time: time.isoformat,
    UUID: str,
    dict: lambda value: text_of_str(json.dumps(value)),
    list: text_of_list,
}


def copy_text(value: Any) -> str:
    """One value as COPY's text format has it. Raises KeyError for a type no column of ours has."""
    convert = TEXT.get(type(value))
    if convert is None:
        # A member of a code list is a str of another type.
        convert = next(TEXT[base] for base in (str, datetime, date) if isinstance(value, base))
        value = getattr(value, "value", value)
    return convert(value)


def default_of(field: Field) -> Any:
    """What a row has where nothing is said; NOT_PROVIDED where it has to be said, so that no clock and no
    secret dice make two loads differ.
    """
    if field.default in (list, dict):
        return field.default()
    if field.has_default() and not callable(field.default):
        return field.default
    if field.null:
        return None
    return "" if field.empty_strings_allowed and field.blank else NOT_PROVIDED


class Sheet:
    """The rows of one table on their way into it."""

    def __init__(self, model: type[Model]) -> None:
        fields = [field for field in model._meta.concrete_fields if not isinstance(field, AutoField)]
        self.table = model._meta.db_table
        self.columns = [str(field.column) for field in fields]
        self.names = [field.attname for field in fields]
        self.defaults = {field.attname: default_of(field) for field in fields}
        self.keys = [field.attname for field in fields if field.default is uuid4]
        self.lines: list[str] = []

    def add(self, values: dict[str, Any], dice: Dice) -> None:
        """Take one row; keys that are not given come from `dice`.

        Raises TypeError for a column that is unknown, and for one that has to be given and was not.
        """
        row = self.defaults | values
        for name in self.keys:
            if name not in values:
                row[name] = dice.key()
        if len(row) != len(self.names):
            raise TypeError(f"{self.table} has no {', '.join(sorted(row.keys() - self.defaults.keys()))}")
        try:
            self.lines.append("\t".join([TEXT[type(row[name])](row[name]) for name in self.names]))
        except KeyError:
            missing = [name for name in self.names if row[name] is NOT_PROVIDED]
            if missing:
                raise TypeError(f"{self.table} needs {', '.join(missing)}") from None
            self.lines.append("\t".join([copy_text(row[name]) for name in self.names]))

    def flush(self, cursor: Any) -> None:
        """COPY the rows that wait into the table."""
        if self.lines:
            columns = ", ".join(self.columns)
            self.lines.append("")
            cursor.copy_expert(
                f"COPY {self.table} ({columns}) FROM STDIN", io.StringIO("\n".join(self.lines))
            )
            self.lines = []


class Loader:
    """Takes rows of any model and writes them. Made by `loading`."""

    def __init__(self, cursor: Any, dice: Dice) -> None:
        self.cursor, self.dice = cursor, dice
        self.sheets: dict[type[Model], Sheet] = {}
        self.waiting = 0
        self.counts: dict[str, int] = {}

    def add(self, model: type[Model], **values: Any) -> None:
        """One row of `model` by its attribute names; the rest are the model's plain defaults."""
        sheet = self.sheets.get(model)
        if sheet is None:
            sheet = self.sheets[model] = Sheet(model)
        sheet.add(values, self.dice)
        self.counts[sheet.table] = self.counts.get(sheet.table, 0) + 1
        self.waiting += 1
        if self.waiting >= FLUSH_ROWS:
            self.flush()

    def add_ended(self, model: type[Model], *, began: datetime, ended: datetime, **values: Any) -> None:
        """A row that was made at `began` and deleted at `ended`: only its history is left."""
        kept: type[Model] = model.history.model  # type: ignore[attr-defined]
        if kept not in self.sheets:
            self.sheets[kept] = Sheet(kept)
        for kind, at in (("+", began), ("-", ended)):
            self.sheets[kept].add({**values, "history_type": kind, "history_date": at}, self.dice)
        self.waiting += 2

    def flush(self) -> None:
        """Write whatever waits, parents before children."""
        for model in sorted(self.sheets, key=lambda model: ORDER.get(model._meta.app_label, 9)):
            self.sheets[model].flush(self.cursor)
        self.waiting = 0


ORDER = {"cases": 0, "referrals": 1, "casework": 2, "marac": 3, "refuge": 4}


@contextmanager
def loading(dice: Dice, *, bulk: bool = False, using: str = "owner") -> Iterator[Loader]:
    """Open one transaction in which rows are loaded; what triggers keep is made good at its end.

    Args:
        dice: throw the keys of rows.
        using: the owner's database alias.
        bulk: also drop foreign keys and indexes for the time of the load and make them again; worth it
            from about ten thousand cases on.
    """
    with (
        transaction.atomic(using=using),
        connections[using].cursor() as cursor,
        relax.sleeping_triggers(cursor),
        relax.dropped(cursor, bulk=bulk),
    ):
        loader = Loader(cursor, dice)
        yield loader
        loader.flush()
        upkeep.make_good(cursor)
    with connections[using].cursor() as cursor:
        cursor.execute("ANALYZE")
