"""Rules of safe accommodation that need no row: nights, beds, who may decide for which cause."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

DATA = Path(__file__).with_name("data")
# A household that has not come by the day after its first night has not arrived.
DAYS_TO_CANCEL = 1
# A child sleeps in a cot until her second birthday.
COT_YEARS = 2


@cache
def causes_by_decider() -> dict[str, tuple[str, ...]]:
    """data/turn_away_causes.csv: who decided -> the causes that go with it, in order."""
    causes: dict[str, list[str]] = {}
    with (DATA / "turn_away_causes.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            causes.setdefault(row["decided_by"], []).append(row["cause"])
    return {decider: tuple(listed) for decider, listed in causes.items()}


def goes_with(decided_by: str, cause: str) -> bool:
    """Whether `decided_by` can have decided for `cause` (choices.DecidedBy, choices.TurnAwayCause)."""
    return cause in causes_by_decider().get(decided_by, ())


def nights(starts_on: date, ends_on: date) -> int:
    """The nights of a stay: the night of the first day counts, that of the day of leaving does not."""
    return (ends_on - starts_on).days


def beds_needed(births: Iterable[date | None], *, on: date, has_cot: bool) -> int:
    """How many beds a household needs in a unit: one each, less one child under two where there is a cot.

    Somebody whose date of birth is not known needs a bed.
    """
    born = list(births)
    in_cot = has_cot and any(day is not None and _is_under(COT_YEARS, day, on) for day in born)
    return len(born) - (1 if in_cot else 0)


def _is_under(years: int, born: date, on: date) -> bool:
    return (on.year - born.year) - ((on.month, on.day) < (born.month, born.day)) < years


def may_cancel(starts_on: date, *, today: date) -> bool:
    """Whether a placement can still be cancelled as never arrived: until the day after its first night."""
    return today <= starts_on + timedelta(days=DAYS_TO_CANCEL)
