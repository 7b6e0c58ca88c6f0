"""Tasks of the jobs themselves: e-mail, and giving out again what was lost on the way."""

import logging
from smtplib import SMTPException

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from dacase.agencies.models import Membership
from dacase.jobs.selectors import stuck_work
from dacase.jobs.services.dispatch import redispatch_unfinished
from dacase.jobs.services.mail import TEMPLATES
from dacase.jobs.tasks_base import outbox_task

__all__ = ["outbox_task", "redispatch", "send_mail"]

log = logging.getLogger(__name__)


@outbox_task("dacase.jobs.send_mail", retry_on=(SMTPException, OSError), max_attempts=12)
def send_mail(*, to: str, template: str, mail_id: str, actor: Membership | None, **context: object) -> None:
    """Send one e-mail. Its Message-ID stays the same, so that a second delivery is known as one."""
    values = {name.removeprefix("with_"): value for name, value in context.items()}
    values["base_url"] = settings.BASE_URL
    subject = render_to_string(f"{TEMPLATES}{template}.subject.txt", values)
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string(f"{TEMPLATES}{template}.txt", values),
        to=[to],
        headers={"Message-ID": f"<{mail_id}@{host}>", "Auto-Submitted": "auto-generated"},
    ).send()


@shared_task(name="dacase.jobs.redispatch_unfinished")
def redispatch() -> None:
    """Give out again what a worker or broker lost, and raise an alarm for what does not get done."""
    count = redispatch_unfinished()
    if count:
        log.warning("%s messages of the outbox were lost on the way and are given out again", count)
    stuck = stuck_work()
    if stuck:
        log.error("ALARM outbox: %s Look at them with: manage.py outbox", stuck)
