"""What the outbox has not done, and the jobs that somebody may see."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.jobs.models import Job, OutboxMessage

# An alarm must come within five minutes (safety plan, test 7).
STUCK_AFTER = timedelta(minutes=5)


def visible_jobs(membership: Membership) -> QuerySet[Job]:
    """The jobs of the reader's own agency."""
    return Job.objects.visible_to(membership)


def stuck_messages() -> QuerySet[OutboxMessage]:
    """Messages that were due more than five minutes ago and have not ended."""
    return (
        OutboxMessage.objects.unfinished().filter(due_at__lt=timezone.now() - STUCK_AFTER).order_by("due_at")
    )


def undispatched_messages() -> QuerySet[OutboxMessage]:
    """Messages that the relay should have handed on more than five minutes ago."""
    return OutboxMessage.objects.waiting().filter(due_at__lt=timezone.now() - STUCK_AFTER)


def dead_letters() -> QuerySet[OutboxMessage]:
    """Messages that failed and wait for somebody to look at them, the newest first."""
    return OutboxMessage.objects.failed().order_by("-failed_at")


def stuck_work() -> str:
    """A sentence where work is stuck or has failed, and nothing where all is well."""
    stuck, failed = stuck_messages().count(), dead_letters().count()
    parts = []
    if stuck:
        parts.append(f"{stuck} unfinished for more than {STUCK_AFTER.seconds // 60} minutes")
    if failed:
        parts.append(f"{failed} failed")
    return f"{' and '.join(parts)}." if parts else ""
