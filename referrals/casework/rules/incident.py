"""Kinds of abuse, when incidents come to potential escalation, and which may be one: data/abuse_types.csv,
escalation.csv, same_incident.csv.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from referrals.casework.choices import Precision
from referrals.casework.rules.tables import in_force, rows


@dataclass(frozen=True)
class Kind:
    """A kind of abuse. `act`: the paragraph of section 1(3) of the Domestic Abuse Act 2021 it falls under, if any."""

    code: str
    act: str
    label: str
    hint: str


@dataclass(frozen=True)
class Threshold:
    """Potential escalation: this many incidents within this many months."""

    incidents: int
    months: int


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of abuse by its code, in the order shown."""
    return {
        row["kind"]: Kind(row["kind"], row["act"], row["label"], row["hint"]) for row in rows("abuse_types")
    }


def threshold(on: date) -> Threshold:
    """The threshold of potential escalation in force on a day. KeyError before the first line of the table."""
    for row in in_force("escalation", on.isoformat()):
        return Threshold(int(row["incidents"]), int(row["months"]))
    raise KeyError(f"escalation.csv says nothing of {on}")


def counts_from(on: date) -> date:
    """The first day of the months that count on the day `on`: the same day of the month, that many months before.

    Where that month is shorter, its last day, so that no incident is lost to a calendar.
    """
    year, month = divmod(on.year * 12 + on.month - 1 - threshold(on).months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))


def is_escalation(count: int, *, on: date) -> bool:
    """Whether so many incidents within the months that count on `on` meet potential escalation."""
    return count >= threshold(on).incidents


def escalation_words(count: int, *, on: date) -> str:
    """“3 incidents in the last 12 months: this meets potential escalation”."""
    words = f"{count or 'No'} incident{'' if count == 1 else 's'} recorded in the last {threshold(on).months} months"
    return f"{words}: this meets potential escalation" if is_escalation(count, on=on) else words


def days_of(day: date, precision: str) -> tuple[date, date]:
    """The first and the last day on which an incident may have happened, as well as its day is known."""
    if precision == Precision.MONTH:
        first = day.replace(day=1)
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    (row,) = in_force("same_incident", day.isoformat(), precision=precision)
    either_side = timedelta(days=int(row["days"]))
    return day - either_side, day + either_side


def overlap(one: tuple[date, date], other: tuple[date, date]) -> bool:
    """Whether two incidents with these first and last days (`days_of`) may have happened on the same day."""
    return one[0] <= other[1] and other[0] <= one[1]
