"""What the casework does outside a request."""

from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)
from socket import gaierror
from uuid import UUID

from django.core.mail import EmailMessage

from dacase.agencies.models import Membership
from dacase.jobs.tasks_base import Steps, TaskRefusedError, outbox_task
from referrals.casework.services.letter import (
    Outgoing,
    begin_sending,
    doubt_letter,
    finish_sending,
    refuse_letter,
)

# Raised before the server has taken anything: the e-mail did not go, for certain.
NOT_TAKEN = (
    SMTPConnectError, SMTPHeloError, SMTPAuthenticationError, SMTPSenderRefused, SMTPRecipientsRefused,
    ConnectionRefusedError, gaierror,
)  # fmt: skip
NOT_NOW = "The mail server did not take it. Write another a little later if it is still wanted"


@outbox_task("casework.send_letter", in_steps=True, max_attempts=2)
def send_letter(*, letter_id: str, steps: Steps) -> None:
    """Send one e-mail to a victim-survivor at most once; a worker that died while sending leaves a doubt."""
    key = UUID(letter_id)
    with steps.step() as actor:
        outgoing = begin_sending(key, actor=sender(actor))
    if outgoing is None:
        return
    try:
        hand_over(outgoing)
    except NOT_TAKEN:
        with steps.finish() as actor:
            refuse_letter(key, why=NOT_NOW, actor=sender(actor))
    except Exception:  # noqa: BLE001 - whatever it was, the e-mail may have gone, and a person must know
        with steps.finish() as actor:
            doubt_letter(key, actor=sender(actor))
    else:
        with steps.finish() as actor:
            finish_sending(key, actor=sender(actor))


def hand_over(outgoing: Outgoing) -> None:
    """Give one e-mail to the mail server."""
    EmailMessage(subject=outgoing.subject, body=outgoing.body, to=[outgoing.to]).send()


def sender(actor: Membership | None) -> Membership:
    """Who wrote the letter, and may still send it."""
    if actor is None:
        raise TaskRefusedError("Only a membership can send a letter.")
    return actor
