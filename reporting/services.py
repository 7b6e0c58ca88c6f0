"""Asking for a return, and keeping what was counted."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.jobs.services import enqueue, fail_job, finish_job, start_job
from reporting.models import Figure, Return
from reporting.periods import PeriodError
from reporting.returns import FigureRow
from reporting.rules import check_kind, check_quarter


@transaction.atomic
def request_return(*, kind: str, period: str, submission: UUID, actor: Membership) -> Return:
    """Have a return counted by a worker. The same submission gives the return that it made the first time.

    Args:
        kind: a key of returns.KINDS.
        period: a quarter that has begun, as `2026-Q1`.
        submission: the form's number, so that a double click is one return.
        actor: who asks; her agency sees the return.
    Raises NotAllowed for a role that may not ask; ValidationError for a period that cannot be counted.
    """
    check_may(actor, "request_return")
    try:
        quarter = check_quarter(period)
    except PeriodError as error:
        raise ValidationError({"period": str(error)}) from error
    made = Return(kind=check_kind(kind), period=quarter.code, submission=submission)
    made.agency_id, made.requested_by = actor.agency_id, actor
    try:
        with transaction.atomic():
            path = reverse("reporting:detail", args=[made.pk])
            made.job = start_job("return", result_path=path, actor=actor)
            made.save(force_insert=True)
    except IntegrityError:
        return Return.objects.get(agency_id=actor.agency_id, submission=submission)
    enqueue("reporting.count_return", args={"return_id": made.pk}, key=f"return-{made.pk}", actor=actor)
    record_event("return_requested", actor=actor, subject=made, data={"kind": kind, "period": quarter.code})
    return made


def keep_figures(made: Return, rows: list[FigureRow], *, actor: Membership) -> None:
    """Write the figures of a return and end its job, in the caller's transaction. Figures are never changed."""
    check_may(actor, "request_return")
    Figure.objects.bulk_create(
        Figure(
            made_return=made, position=place, measure=row.measure, breakdown=row.breakdown, value=row.value
        )
        for place, row in enumerate(rows)
    )
    made.counted_at = timezone.now()
    made.save(update_fields=["counted_at"])
    finish_job(made.job, doing="The figures are counted.")
    record_event("return_counted", actor=actor, subject=made, data={"figures": len(rows)})


def say_not_counted(made: Return, *, reason: str) -> None:
    """Say on the page of a return that it could not be counted. reason: in words; names nobody."""
    fail_job(made.job, error=f"The figures could not be counted. {reason} Ask for the return again.")


@transaction.atomic
def record_download(made: Return, *, ending: str, actor: Membership) -> None:
    """Write that a file of the figures left the system. ending: `csv` or `xlsx`."""
    check_may(actor, "view_return")
    record_event("return_downloaded", actor=actor, subject=made, data={"format": ending})
