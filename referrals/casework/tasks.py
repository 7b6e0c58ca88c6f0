"""What the casework does outside a request: e-mails to victim-survivors, and reminders of tasks."""

from datetime import date
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
)
from socket import gaierror
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from dacase.agencies.models import Membership
from dacase.jobs.tasks_base import Steps, TaskRefusedError, outbox_task
from referrals.casework.services.letter import (
    Outgoing,
    begin_sending,
    doubt_letter,
    finish_sending,
    refuse_letter,
)
from referrals.casework.services.task_reminder import (
    TASK,
    Reminder,
    claim_reminder,
    remind_of_tasks,
    settle_reminder,
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


@shared_task(name="casework.remind_of_tasks")
def remind() -> int:
    """Every ten minutes of the working day: put reminders that are due on their way. Acts for nobody."""
    return remind_of_tasks()


@outbox_task(TASK, in_steps=True, retry_on=NOT_TAKEN)
def send_reminder(*, task: str, day: str, steps: Steps) -> None:
    """Send the reminder of a task for a day at most once. What the server certainly did not take is tried again."""
    with steps.step() as actor:
        claimed = claim_reminder(UUID(task), day=date.fromisoformat(day), actor=sender(actor))
    if claimed is None:
        return
    try:
        hand_over(drawn(claimed))
    except NOT_TAKEN:
        with steps.step() as actor:
            settle_reminder(claimed.key, was_sent=False, actor=sender(actor))
        raise
    with steps.finish() as actor:
        settle_reminder(claimed.key, was_sent=True, actor=sender(actor))


def drawn(claimed: Reminder) -> Outgoing:
    """The e-mail of a reminder: a link, and nothing of any case."""
    words = {"path": claimed.path, "base_url": settings.BASE_URL}
    subject = render_to_string("mail/task_reminder.subject.txt", words).strip()
    return Outgoing(claimed.to, subject, render_to_string("mail/task_reminder.txt", words))


def sender(actor: Membership | None) -> Membership:
    """Whose letter or task it is, and who may still send it."""
    if actor is None:
        raise TaskRefusedError("Only a membership can send a letter or a reminder.")
    return actor
