"""When a task reminds its worker."""

from datetime import date, timedelta


def usual_reminder(due_on: date, *, today: date) -> date | None:
    """The day before it is due; the day itself where that would be today or past; None for what is due today."""
    before = due_on - timedelta(days=1)
    if before > today:
        return before
    return due_on if due_on > today else None
