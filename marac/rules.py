"""Rules of the MARAC that need no row: repeats, dates of meetings, times of an agenda."""

import csv
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from dacase.ui.words import day_words

DATA = Path(__file__).with_name("data")
FORTNIGHT = timedelta(days=14)
THURSDAY = 3
SLOT_MINUTES = 12


@cache
def repeat_rules() -> tuple[tuple[date, int], ...]:
    """The lines of data/repeat_rule.csv, newest first: from which day on, how many months."""
    with (DATA / "repeat_rule.csv").open(newline="", encoding="utf-8") as file:
        lines = [(date.fromisoformat(row["from_date"]), int(row["months"])) for row in csv.DictReader(file)]
    return tuple(sorted(lines, reverse=True))


def repeat_months(on: date) -> int:
    """The length of the repeat window in months, by the rule in force on the day `on`.

    Before the first line of the table its oldest line holds.
    """
    return next((months for since, months in repeat_rules() if since <= on), repeat_rules()[-1][1])


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month where it is shorter (29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def repeat_window_ends(heard_on: date, *, months: int | None = None) -> date:
    """The last day on which the same people coming back count as a repeat of a hearing on `heard_on`."""
    return add_months(heard_on, repeat_months(heard_on) if months is None else months)


def is_repeat(meeting_on: date, heard: Iterable[date]) -> bool:
    """Whether a case at a meeting on `meeting_on` is a repeat, given the days on which it was heard.

    SafeLives repeat definition as partnerships count it from the last hearing: the same victim-survivor and
    the same perpetrators, heard within the twelve months before the meeting. Counted from the hearing day
    to the same day of the month a year later, both included; the meeting's own day is not before it.
    """
    months = repeat_months(meeting_on)
    return any(day < meeting_on <= repeat_window_ends(day, months=months) for day in heard)


def next_meeting_on(last: date | None, *, today: date) -> date:
    """The day proposed for the next fortnightly meeting: 14 days after the last, or else the next Thursday.

    Never a day that has passed: it steps on by fortnights until today or later.
    """
    if last is None:
        return today + timedelta(days=(THURSDAY - today.weekday()) % 7)
    proposed = last + FORTNIGHT
    missed = (today - proposed).days
    return proposed + FORTNIGHT * -(-missed // FORTNIGHT.days) if missed > 0 else proposed


def slot_starts_at(starts_at: time, number: int) -> time:
    """When hearing `number` (from 1) begins, at about 12 minutes a hearing (10 to 15 are usual)."""
    begin = datetime.combine(date.min, starts_at) + timedelta(minutes=SLOT_MINUTES * (number - 1))
    return begin.time()


def weekday_words(day: date) -> str:
    """“Thursday 26 November 2026”."""
    return f"{day:%A} {day_words(day)}"


def time_of_day(moment: time) -> str:
    """“9:30am” of a time of day, “midday” of noon."""
    if (moment.hour, moment.minute) == (12, 0):
        return "midday"
    minutes = f":{moment.minute:02}" if moment.minute else ""
    return f"{moment.hour % 12 or 12}{minutes}{'am' if moment.hour < 12 else 'pm'}"
