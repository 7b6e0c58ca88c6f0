"""Financial quarters. Years run from April to March; days begin at midnight in London."""

import re
from calendar import month_name
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.utils import timezone

LONDON = ZoneInfo("Europe/London")
FIRST_YEAR, LAST_YEAR = 2000, 2099
WRITTEN = re.compile(r"(\d{4})-Q([1-4])", re.ASCII)
MONTHS = list(month_name)[1:]


class PeriodError(ValueError):
    """The text names no period. Its own text says in plain words how to write one."""


@dataclass(frozen=True, order=True)
class Period:
    """Days from `starts_on` up to, and without, `ends_before`.

    Instants are half-open too: every instant is in exactly one of two adjoining periods. Midnight in
    London is never skipped or repeated: its clocks change at 01:00 UTC.
    """

    starts_on: date
    ends_before: date

    @property
    def starts_at(self) -> datetime:
        """The first instant of the period."""
        return datetime(self.starts_on.year, self.starts_on.month, self.starts_on.day, tzinfo=LONDON)

    @property
    def ends_at(self) -> datetime:
        """The first instant after the period."""
        return datetime(self.ends_before.year, self.ends_before.month, self.ends_before.day, tzinfo=LONDON)

    def has_begun(self, today: date | None = None) -> bool:
        """Whether the first day has come."""
        return self.starts_on <= (today or timezone.localdate())

    def is_finished(self, today: date | None = None) -> bool:
        """Whether the last day has passed."""
        return self.ends_before <= (today or timezone.localdate())

    def __contains__(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


@dataclass(frozen=True, order=True)
class Quarter(Period):
    """A quarter of the financial year that starts in April of `year`; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, year: int, number: int) -> Self:
        """The quarter `number` (1 to 4) of the financial year that starts in `year`."""
        first = 12 * year + 3 * number  # months since year 0, January being 0: quarter 1 starts in April
        last = first + 3
        starts_on = date(first // 12, first % 12 + 1, 1)
        return cls(starts_on, date(last // 12, last % 12 + 1, 1), year, number)

    @property
    def code(self) -> str:
        """As written: `2026-Q1`."""
        return f"{self.year}-Q{self.number}"

    @property
    def title(self) -> str:
        """In words: `April to June 2026`."""
        last = self.ends_before - timedelta(days=1)
        return f"{MONTHS[self.starts_on.month - 1]} to {MONTHS[last.month - 1]} {last.year}"

    @property
    def months(self) -> list[Period]:
        """Its three months, in order."""
        firsts = [date(self.starts_on.year, self.starts_on.month + step, 1) for step in range(3)]
        return [Period(*pair) for pair in zip(firsts, [*firsts[1:], self.ends_before], strict=True)]

    @property
    def former(self) -> "Quarter":
        """The quarter before this one."""
        return Quarter.of(self.year, self.number - 1) if self.number > 1 else Quarter.of(self.year - 1, 4)

    def __str__(self) -> str:
        return self.title


def parse_quarter(text: str) -> Quarter:
    """The quarter written as `2026-Q1`. Raises PeriodError, which says in plain words how to write it."""
    found = WRITTEN.fullmatch(text.strip().upper()) if len(text) < 20 else None
    if found is None:
        raise PeriodError(
            "Write a quarter as 2026-Q1: the year in which the financial year starts, and Q1 (April to June), "
            "Q2 (July to September), Q3 (October to December) or Q4 (January to March)."
        )
    year = int(found[1])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PeriodError(f"The year must be from {FIRST_YEAR} to {LAST_YEAR}.")
    return Quarter.of(year, int(found[2]))


def quarter_of_day(day: date) -> Quarter:
    """The quarter that a day in London is in."""
    if day.month < 4:
        return Quarter.of(day.year - 1, 4)
    return Quarter.of(day.year, (day.month - 1) // 3)


def quarter_of(moment: datetime) -> Quarter:
    """The quarter that an instant is in. `moment` must have a time zone."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return quarter_of_day(moment.astimezone(LONDON).date())


def recent_quarters(count: int, today: date | None = None) -> list[Quarter]:
    """The quarter that `today` is in and those before it, `count` in all, the newest first."""
    quarters = [quarter_of_day(today or timezone.localdate())]
    while len(quarters) < count:
        quarters.append(quarters[-1].former)
    return quarters
