"""From when on an end of access is told: data/access_ending.csv."""

from datetime import datetime, timedelta

from django.utils import timezone

from referrals.casework.rules.tables import in_force


def warned_until(now: datetime) -> datetime:
    """Access that ends until this moment is told at `now`. KeyError before the first line of the table."""
    for row in in_force("access_ending", timezone.localdate(now).isoformat()):
        return now + timedelta(days=int(row["days"]))
    raise KeyError(f"access_ending.csv says nothing of {now}")
