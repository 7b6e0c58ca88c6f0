"""Seeded dice, and a calendar on which work happens in working hours."""

import random
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from dacase.cases.rules import ALPHABET
from referrals.rules.clock import is_working_day

LONDON = ZoneInfo("Europe/London")
# The years whose working days are known here.
CALENDAR = 1998, 2045
VERSION_4, VARIANT = 0xF << 76, 0x3 << 62


Item = TypeVar("Item")


class Dice(random.Random):
    """Chance that repeats itself: the same seed gives the same partnership."""

    def __init__(self, seed: object) -> None:
        super().__init__(str(seed))
        self.references: set[str] = set()

    def key(self) -> str:
        """A version 4 UUID as 32 hexadecimal digits."""
        bits = self.getrandbits(128)
        return f"{bits & ~VERSION_4 & ~VARIANT | 4 << 76 | 2 << 62:032x}"

    def reference(self, prefix: str) -> str:
        """A reference such as `C-7K2Q-94XD` that these dice have not thrown before."""
        while True:
            number, letters = self.getrandbits(39), ""
            for _ in range(8):
                number, digit = divmod(number, len(ALPHABET))
                letters += ALPHABET[digit]
            reference = f"{prefix}-{letters[:4]}-{letters[4:]}"
            if reference not in self.references:
                self.references.add(reference)
                return reference

    def chance(self, share: float) -> bool:
        """True in `share` (0 to 1) of throws."""
        return self.random() < share

    def pick(self, items: Sequence[Item]) -> Item:
        """One of `items`, each as likely; quicker than `choice`, and called a million times."""
        return items[int(self.random() * len(items))]

    def weighted(self, weights: Mapping[str, float]) -> str:
        """One of the keys, as likely as its weight says."""
        throw = self.random() * sum(weights.values())
        for key, weight in weights.items():
            throw -= weight
            if throw < 0:
                return key
        return key

    def days(self, median: float, spread: float = 0.6) -> int:
        """Days that something takes: mostly near the median, now and then much longer."""
        return max(1, round(median * self.lognormvariate(0, spread)))


@cache
def working_days(first: int, last: int) -> list[date]:
    """The working days of the years `first` to `last`."""
    start, end = date(first, 1, 1), date(last, 12, 31)
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    return [day for day in days if is_working_day(day)]


def working_day(day: date, after: int = 0) -> date:
    """`day` or the next working day, and `after` working days on from there."""
    days = working_days(*CALENDAR)
    return days[bisect_left(days, day) + after]


def dashed(key: str) -> str:
    """A key of these dice as the event log's data writes it."""
    return str(UUID(key))


def count_working_days(first: date, last: date) -> int:
    """How many working days lie from `first` up to, and without, `last`."""
    days = working_days(*CALENDAR)
    return bisect_left(days, last) - bisect_left(days, first)


def midnight(day: date) -> datetime:
    """The first moment of `day` in London."""
    return datetime.combine(day, time(), LONDON)


def at_work(dice: Dice, day: date, after: int = 0) -> datetime:
    """A moment between 9am and 4.59pm of the working day `after` working days from `day`."""
    return datetime.combine(
        working_day(day, after), time(9 + int(dice.random() * 8), int(dice.random() * 60)), LONDON
    )


def any_hour(dice: Dice, day: date) -> datetime:
    """A moment of `day` as calls come in: more in the evening, fewest before dawn."""
    hour = (int(dice.triangular(6, 30, 21))) % 24
    return datetime.combine(day, time(hour, int(dice.random() * 60)), LONDON)


def later_at_work(dice: Dice, moment: datetime, *, within_hours: float) -> datetime:
    """A moment in working hours after `moment`, at most about `within_hours` working hours on."""
    minutes = int(dice.random() * within_hours * 60) + 5
    day, begin = moment.date(), moment
    if begin.hour >= 17:
        day += timedelta(days=1)
    first = working_day(day)
    if first != begin.date() or begin.hour < 9:
        begin = datetime.combine(first, time(9), LONDON)
    days, rest = divmod((begin.hour - 9) * 60 + begin.minute + minutes, 8 * 60)
    return datetime.combine(working_day(first, days), time(9 + rest // 60, rest % 60), LONDON)
