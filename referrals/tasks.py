"""What the worker does for the front door: takes in what came by the public pages, sends files row by row, and
lets the clock tell a second person of what waits too long.
"""

from uuid import UUID

from celery import shared_task
from django.core.exceptions import ValidationError

from dacase.agencies.models import Membership
from dacase.jobs.tasks_base import Steps, TaskRefusedError, outbox_task
from referrals.forms.upload import RowForms
from referrals.selectors.referral import front_doors
from referrals.selectors.upload import row_values
from referrals.services import escalation, public_referral
from referrals.services import upload as upload_service


def show_refusal(*, letter: str, reason: str, actor: Membership | None) -> None:
    """The message became a dead letter: the front door reads it on a page of its own."""
    if actor is not None:
        public_referral.note_refusal(UUID(letter), actor=actor)


@outbox_task(public_referral.TASK, on_failure=show_refusal)
def take_in_letter(*, letter: str, actor: Membership | None) -> None:
    """Make the referral of one letter, however often it is run."""
    if actor is None:
        raise TaskRefusedError("A letter is taken in by its front door.")
    public_referral.take_in_letter(UUID(letter), actor=actor)


def show_not_sent(*, upload: str, reason: str, actor: Membership | None) -> None:
    """The message became a dead letter: say so on the page with the progress."""
    if actor is not None:
        upload_service.say_not_sent(UUID(upload), actor=actor)


@outbox_task(upload_service.TASK, in_steps=True, on_failure=show_not_sent)
def send_upload(*, upload: str, steps: Steps) -> None:
    """Send each row in a transaction of its own, so that what was sent stays sent."""
    with steps.step() as actor:
        left = upload_service.begin_upload(UUID(upload), actor=acting(actor))
    for done, row in enumerate(left, start=1):
        try:
            with steps.step() as actor:
                values = row_values(row, acting(actor))
                if values is not None:
                    answers = RowForms(values, list(front_doors())).answers()
                    upload_service.send_row(row, answers=answers, done=done, actor=acting(actor))
        except ValidationError as refusal:
            with steps.step() as actor:
                upload_service.keep_refused(row, refusal, actor=acting(actor))
    with steps.finish() as actor:
        upload_service.end_upload(UUID(upload), actor=acting(actor))


def acting(actor: Membership | None) -> Membership:
    """The membership that a file is sent for. Raises TaskRefusedError where there is none."""
    if actor is None:
        raise TaskRefusedError("Only a membership can send a file.")
    return actor


@shared_task(name="referrals.escalate_late")
def escalate_late() -> int:
    """Every minute: tell a second person of what waits beyond its limit. Acts for nobody."""
    return escalation.escalate_late()
