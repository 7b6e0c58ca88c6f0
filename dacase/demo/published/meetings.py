"""The days on which MARAC was held in a month: meetings on record, and new ones where they do not suffice."""

from datetime import date, timedelta
from typing import Any

from dacase.demo.chance import Dice, working_day
from dacase.demo.loader import Loader
from dacase.demo.partners import Area
from dacase.demo.published.recorded import meetings_held
from dacase.demo.story.meetings import Meetings

THURSDAY = 3
# Working days from the first of a month to the earliest meeting that can hear what that month brings:
# a case that is known, and one that has yet to come through the front door.
KNOWN_CASE, NEW_CASE = 2, 6


class HeldMeetings(Meetings):
    """Meetings by month, made as they are asked for. Numbers go on from what is on record."""

    def __init__(self, dice: Dice, area: Area, today: date, cursor: Any) -> None:
        self.dice, self.area, self.today = dice, area, today
        self.recorded = meetings_held(cursor, area["marac"].id)
        self.taken = set(self.recorded)
        held = {day: row for day, row in self.recorded.items() if row[2] != "planned"}
        self.keys = {day: key for day, (key, _, _) in held.items()}
        self.held = list(self.keys)
        self.numbers = {day: number for day, (_, number, _) in self.recorded.items()}
        self.months: dict[date, list[date]] = {}

    def days(self, month: date) -> list[date]:
        """The days in `month` on which cases are heard; one of them late enough for a new case."""
        if month not in self.months:
            days = [day for day in self.held if day.replace(day=1) == month]
            if not any(can_hear(day, NEW_CASE) for day in days):
                days += [self.make(thursday(month, number)) for number in (2, 4)]
            self.months[month] = sorted(days)
        return self.months[month]

    def make(self, day: date) -> date:
        """A new meeting on `day`, or on the next working day without one."""
        while day in self.taken:
            day = working_day(day + timedelta(days=1))
        self.taken.add(day)
        self.keys[day] = self.dice.key()
        return day

    def write(self, load: Loader) -> None:
        """The rows of the meetings that are not on record yet and have heard a case."""
        for day in sorted(self.numbers.keys() - self.recorded.keys()):
            self.write_one(load, day, self.keys[day])


def thursday(month: date, number: int) -> date:
    """The `number`th Thursday of `month`, or the next working day."""
    first = month + timedelta(days=(THURSDAY - month.weekday()) % 7)
    return working_day(first + timedelta(weeks=number - 1))


def can_hear(day: date, after: int) -> bool:
    """Whether a meeting on `day` can hear what was begun in its month and takes `after` working days."""
    return working_day(day.replace(day=1), after) <= day
