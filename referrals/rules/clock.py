"""Until when the front door decides and a service accepts: data/clocks.csv."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from referrals.rules.tables import in_force

FRONT_DOOR, SERVICE = "front_door", "service"
WORKING, CALENDAR = "working", "calendar"
LONDON = ZoneInfo("Europe/London")
OPENS, CLOSES = time(9), time(17)


@cache
def _bank_holidays() -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv="ENG")


def is_working_day(day: date) -> bool:
    """Whether `day` is a weekday and no bank holiday in England (gov.uk/bank-holidays)."""
    return day.weekday() < 5 and day not in _bank_holidays()


def clock_row(clock: str, priority: str, *, on: date) -> dict[str, str]:
    """The line of clocks.csv for FRONT_DOOR or SERVICE and a value of choices.Priority. KeyError if none.

    Args:
        on: the day on which the clock starts; a line that begins later leaves clocks that run as they are.
    """
    found = in_force("clocks", on.isoformat(), clock=clock, priority=priority)
    if not found:
        raise KeyError((clock, priority))
    return found[0]


def due_at(start: datetime, *, clock: str, priority: str) -> datetime:
    """When what starts at `start` (aware) is due, by the line of clocks.csv. Raises KeyError if there is none."""
    row = clock_row(clock, priority, on=start.astimezone(LONDON).date())
    hours = timedelta(hours=float(row["hours"]))
    return add_working_time(start, hours) if row["counting"] == WORKING else start + hours


def add_working_time(start: datetime, span: timedelta) -> datetime:
    """`start` plus `span` of working time: Monday to Friday, 9am to 5pm in London, bank holidays left out."""
    moment = start.astimezone(LONDON)
    day, left = moment.date(), span
    while True:
        opens = datetime.combine(day, OPENS, LONDON)
        closes = datetime.combine(day, CLOSES, LONDON)
        begin = max(moment, opens)
        if is_working_day(day) and begin < closes:
            if closes - begin >= left:
                return begin + left
            left -= closes - begin
        day += timedelta(days=1)
