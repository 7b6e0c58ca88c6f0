"""A file of referrals: kept for its preview, sent row by row by a worker, and removed."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.jobs.services import begin_job, enqueue, fail_job, finish_job, report_progress, start_job
from referrals.choices import ReferralDoor
from referrals.models import Referral, Upload, UploadRow
from referrals.rules.upload import number_of_row
from referrals.services.referral import make_referral

TASK = "referrals.send_upload"
KEPT_FOR = timedelta(days=1)
Row = tuple[int, Mapping[str, str], Sequence[tuple[str, str]]]


@transaction.atomic
def keep_upload(*, rows: Sequence[Row], actor: Membership) -> Upload:
    """Keep a file's rows for the preview, walled to the agency. Nothing is sent yet.

    What the user uploaded before and never sent is removed, and so is the agency's of more than a day ago.
    rows: (line of the file, values by column, [(column, what is wrong)]).
    """
    check_may(actor, "make_referral")
    _remove_unsent(actor)
    upload = Upload.objects.create(agency=actor.agency, uploaded_by=actor)
    UploadRow.objects.bulk_create(
        UploadRow(upload=upload, number=number, values=dict(values), errors=[list(one) for one in errors])
        for number, values, errors in rows
    )
    return upload


def _remove_unsent(actor: Membership) -> None:
    old = Q(uploaded_by__user_id=actor.user_id) | Q(created_at__lt=timezone.now() - KEPT_FOR)
    unsent = Upload.objects.visible_to(actor).filter(old, job__isnull=True).order_by("pk")
    # Locked first: one that is sent at this moment from another page is not among them any more.
    keys = [upload.pk for upload in unsent.select_for_update(of=("self",))]
    Upload.objects.filter(pk__in=keys).delete()


@transaction.atomic
def send_upload(upload_id: UUID, *, actor: Membership) -> Upload:
    """Have a worker send the rows that have no errors. The others are removed. A second call changes nothing.

    Raises NotAllowed, Upload.DoesNotExist; ValidationError where no row can be sent.
    """
    upload = _lock(upload_id, actor)
    if upload.job_id is not None:
        return upload
    right = upload.rows.filter(errors=[]).count()
    if not right:
        raise ValidationError("No row of this file can be sent. Correct the file and upload it again")
    upload.rows.exclude(errors=[]).delete()
    upload.job = start_job("upload", result_path=reverse("referrals:sent"), actor=actor)
    upload.save(update_fields=["job"])
    enqueue(TASK, args={"upload": upload.pk}, key=f"upload-{upload.pk}", actor=actor)
    record_event("referrals_uploaded", actor=actor, subject=upload, data={"rows": right})
    return upload


@transaction.atomic
def discard_upload(upload_id: UUID, *, actor: Membership) -> None:
    """Remove a file that has not been sent. Raises as send_upload; ValidationError where it is being sent."""
    upload = _lock(upload_id, actor)
    if upload.job_id is not None:
        raise ValidationError("This file is being sent")
    upload.delete()


def begin_upload(upload_id: UUID, *, actor: Membership) -> list[UUID]:
    """For the worker: the rows that are left, and a job that has begun."""
    upload = _lock(upload_id, actor)
    left = list(upload.rows.values_list("pk", flat=True))
    if upload.job is not None:
        begin_job(upload.job, total=len(left))
    return left


@transaction.atomic
def send_row(row_id: UUID, *, answers: Mapping[str, Any], done: int, actor: Membership) -> Referral | None:
    """Make the referral of one row and remove the row. None where that has been done. Raises as make_referral.

    done: number of rows finished with this one, for the progress.
    """
    check_may(actor, "make_referral")
    row = (
        UploadRow.objects.select_for_update(of=("self",))
        .select_related("upload__job")
        .filter(pk=row_id)
        .first()
    )
    if row is None:
        return None
    submission = number_of_row(actor.agency_id, row.values)
    referral = make_referral(submission=submission, door=ReferralDoor.CSV, actor=actor, **answers)
    job = row.upload.job
    row.delete()
    if job is not None:
        report_progress(job, done=done, doing=f"Sending row {row.number}")
    return referral


@transaction.atomic
def keep_refused(row_id: UUID, refusal: ValidationError, *, actor: Membership) -> None:
    """For the worker: note why a row could not be sent. The rows after it are sent all the same."""
    check_may(actor, "make_referral")
    own = UploadRow.objects.filter(upload__in=Upload.objects.visible_to(actor), pk=row_id)
    own.update(errors=[["", words] for words in refusal.messages])


def end_upload(upload_id: UUID, *, actor: Membership) -> None:
    """For the worker: every row has been tried. Those that were refused are named by their line in the file."""
    upload = _lock(upload_id, actor)
    refused = [f"row {row.number} ({row.errors[0][1]})" for row in upload.rows.exclude(errors=[])]
    if upload.job is None:
        return
    if refused:
        words = f"Everything else was sent. Not sent: {'; '.join(refused)}. Correct and upload these again."
        fail_job(upload.job, error=words)
    else:
        finish_job(upload.job, doing="All rows are sent")


def say_not_sent(upload_id: UUID, *, actor: Membership) -> None:
    """Say on the page of the job that some rows are left. They stay until the file is uploaded again."""
    upload = Upload.objects.visible_to(actor).select_related("job").get(pk=upload_id)
    if upload.job is not None:
        fail_job(
            upload.job,
            error=(
                "Some rows were not sent. Upload the same file again: rows that were sent are not sent twice."
            ),
        )


def _lock(upload_id: UUID, actor: Membership) -> Upload:
    check_may(actor, "make_referral")
    own = Upload.objects.visible_to(actor).filter(uploaded_by__user_id=actor.user_id)
    return own.select_for_update(of=("self",)).select_related("job").get(pk=upload_id)
