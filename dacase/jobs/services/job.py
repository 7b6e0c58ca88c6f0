"""Progress of long work."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.jobs.models import Job, JobState


@transaction.atomic
def start_job(kind: str, *, result_path: str = "", actor: Membership) -> Job:
    """Make a job of the actor's agency that waits for a worker. Enqueue its task in the same transaction.

    Args:
        kind: what it makes, as `return`.
        result_path: the address on this site of the result, once there is one.
        actor: who asked; her agency sees the job.
    """
    return Job.objects.create(kind=kind, agency_id=actor.agency_id, actor=actor, result_path=result_path)


def begin_job(job: Job, *, total: int) -> None:
    """A worker has taken the job, perhaps again: progress starts from nothing. total: number of steps."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING,
        progress=0,
        total=total,
        doing="",
        error="",
        started_at=timezone.now(),
        finished_at=None,
    )


def report_progress(job: Job, *, done: int, doing: str) -> None:
    """Say how far a running job is. Seen once the caller's transaction ends, so give each report its own.

    Args:
        job: the job, begun and not finished; progress of any other stays as it is.
        done: number of steps finished.
        doing: what is being done now, in words for the page.
    """
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(progress=done, doing=doing[:200])


def finish_job(job: Job, *, doing: str) -> None:
    """End the job in the transaction that writes its result. doing: what was done, in words."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.DONE, progress=F("total"), doing=doing[:200], error="", finished_at=timezone.now()
    )


def fail_job(job: Job, *, error: str) -> None:
    """End the job without a result. error: why and what to do, in words for the page; names nobody."""
    Job.objects.filter(pk=job.pk).exclude(state=JobState.DONE).update(
        state=JobState.FAILED, error=error, finished_at=timezone.now()
    )
