"""What the worker does for the front door: takes in what came by the public pages, and sends files row by row."""

from uuid import UUID

from dacase.agencies.models import Membership
from dacase.jobs.tasks_base import TaskRefusedError, outbox_task
from referrals.services import public_referral


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
