"""Moments of earlier days for tests."""

from datetime import datetime, timedelta

from django.utils import timezone


def days_ago(days: int) -> datetime:
    """The same time of day so many days ago, as a clock on the wall shows it.

    `timezone.now() - timedelta(days)` is a day later by the calendar where summer time ended in between and
    the tests run within the last hour before midnight.
    """
    return timezone.localtime() - timedelta(days=days)
