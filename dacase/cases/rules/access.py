"""The last day of an access, and the moment at which it is over."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone


def end_of(day: date) -> datetime:
    """When access whose last day is `day` ends: midnight after it, in London."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def last_day(until: datetime) -> date:
    """The last day of access that ends at `until`: the day before, where that is midnight."""
    return timezone.localdate(until - timedelta(microseconds=1))
