"""How long until, or since, something is due, in words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from dacase.ui.words import day_words, moment_words, time_words

SOON = timedelta(hours=4)
SOON_DAYS = 2


@dataclass(frozen=True)
class Reading:
    """What a clock shows. state: running, soon, overdue or met."""

    state: str
    text: str
    when: str


def read_clock(
    due: datetime | date, *, done: datetime | date | None = None, now: datetime | None = None
) -> Reading:
    """The clock of what is due at a moment (to the minute) or on a day (to the day), as seen `now`."""
    now = now or timezone.now()
    if isinstance(due, datetime):
        return _moment(due, done, now)
    day = timezone.localtime(done).date() if isinstance(done, datetime) else done
    return _day(due, day, timezone.localtime(now).date())


def _moment(due: datetime, done: datetime | date | None, now: datetime) -> Reading:
    when = f"today at {time_words(due)}" if _same_day(due, now) else moment_words(due)
    if isinstance(done, datetime):
        late = done - due
        return Reading(
            "met", "Done in time" if late <= timedelta() else f"Done {_length(late)} late", f"due {when}"
        )
    left = due - now
    if left < timedelta():
        return Reading("overdue", f"Overdue by {_length(-left)}", f"was due {when}")
    return Reading("soon" if left <= SOON else "running", f"Due in {_length(left)}", when)


def _day(due: date, done: date | None, today: date) -> Reading:
    when = day_words(due)
    if done is not None:
        late = (done - due).days
        return Reading(
            "met", "Done in time" if late <= 0 else f"Done {_count(late, 'day')} late", f"due {when}"
        )
    left = (due - today).days
    if left < 0:
        return Reading("overdue", f"Overdue by {_count(-left, 'day')}", f"was due {when}")
    words = {0: "Due today", 1: "Due tomorrow"}.get(left, f"Due in {_count(left, 'day')}")
    return Reading("soon" if left <= SOON_DAYS else "running", words, when)


def _same_day(one: datetime, other: datetime) -> bool:
    return timezone.localtime(one).date() == timezone.localtime(other).date()


def _length(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return _count(minutes, "minute")
    if minutes < 48 * 60:
        return _count(minutes // 60, "hour")
    return _count(minutes // (24 * 60), "day")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
