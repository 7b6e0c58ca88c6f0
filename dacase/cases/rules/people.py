"""Code lists of people and their relationships, and the clock of a concession: data/*.csv."""

import csv
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"

# Three ways of having no answer. They mean different things and are never counted as one.
NOT_ASKED, NOT_KNOWN, PREFER_NOT_TO_SAY = "not_asked", "not_known", "prefer_not_to_say"
NO_ANSWERS = {
    NOT_ASKED: "Not asked",
    NOT_KNOWN: "Not known",
    PREFER_NOT_TO_SAY: "Prefer not to say",
}
YES_OR_NO = {"yes": "Yes", "no": "No"}


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`, read once per process."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


@cache
def listed(name: str) -> dict[str, str]:
    """Code -> label of one list of people_lists.csv, then the three no-answers. KeyError for no such list."""
    found = {row["code"]: row["label"] for row in rows("people_lists") if row["list"] == name}
    if not found:
        raise KeyError(name)
    return found | NO_ANSWERS


def yes_or_no() -> dict[str, str]:
    """Yes, no, and the three no-answers."""
    return YES_OR_NO | NO_ANSWERS


@cache
def group_of(name: str, code: str) -> str:
    """The group that a code rolls up to, as an ethnicity's; a no-answer stays itself."""
    if code in NO_ANSWERS:
        return code
    return next(row["group"] for row in rows("people_lists") if (row["list"], row["code"]) == (name, code))


@dataclass(frozen=True)
class RelationshipKind:
    """How one person stands to another; `inverse` is how the other stands to the one."""

    code: str
    label: str
    inverse: str


@cache
def relationship_kinds() -> dict[str, RelationshipKind]:
    """Every kind of relationships.csv by its code."""
    return {
        row["kind"]: RelationshipKind(row["kind"], row["label"], row["inverse"])
        for row in rows("relationships")
    }


def concession_ends_on(granted_on: date) -> date:
    """The last day of a concession granted on a day, by the line in force then. ValueError before the first."""
    months = _in_force("lasts", granted_on)[-1]
    year, month = divmod(granted_on.month - 1 + months, 12)
    year, month = granted_on.year + year, month + 1
    return date(year, month, min(granted_on.day, monthrange(year, month)[1]))


def concession_alerts(granted_on: date) -> list[date]:
    """The days on which somebody must be told that a concession runs out, the first one first."""
    return sorted(granted_on + timedelta(weeks=weeks) for weeks in _in_force("alert", granted_on))


def concession_due_on(granted_on: date, ends_on: date, *, seen_on: date) -> date | None:
    """The first day after `seen_on` on which somebody must be told of a concession, the day after its last among
    them; None where there is none left.
    """
    days = [*concession_alerts(granted_on), ends_on + timedelta(days=1)]
    return next((day for day in days if day > seen_on), None)


def alerted_by(day: date) -> date:
    """A concession granted until this day has had its first alert by `day`."""
    return day - (concession_alerts(day)[0] - day)


def _in_force(rule: str, on: date) -> list[int]:
    begun = [row for row in rows("concession") if row["rule"] == rule and row["from_date"] <= on.isoformat()]
    if not begun:
        raise ValueError(on)
    newest = max(row["from_date"] for row in begun)
    return [int(row["value"]) for row in begun if row["from_date"] == newest]
