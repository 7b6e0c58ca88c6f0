"""E-mail to professionals: one recipient a message, sent at least once, and nothing of any case in it."""

from collections.abc import Mapping
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from dacase.agencies.models import Membership
from dacase.jobs.models import OutboxMessage
from dacase.jobs.services.outbox import enqueue

TEMPLATES = "mail/"


def queue_mail(
    *,
    to: str,
    template: str,
    context: Mapping[str, object] | None = None,
    key: str | None = None,
    actor: Membership | None,
) -> OutboxMessage:
    """Send one e-mail to one professional once the caller's transaction has been committed.

    The templates are `mail/<template>.subject.txt` and `mail/<template>.txt`, and are drawn when the mail
    is sent, with `base_url` beside `context`. Neither may name a victim-survivor or the subject of the work: mail is read on lock screens.

    Args:
        to: one address.
        template: the name of the two templates.
        context: identifiers, codes and paths for the templates; nothing that a person wrote.
        key: makes the mail unique: a second one with the same key is not sent.
        actor: whose act the mail tells of; no mail is sent once that membership has ended.
    Raises ValidationError for anything but one address.
    """
    if "," in to or ";" in to:
        raise ValidationError("Enter one e-mail address: a message goes to one person.")
    validate_email(to)
    args: dict[str, object] = {"to": to, "template": template, "mail_id": uuid4()}
    args |= {f"with_{name}": value for name, value in (context or {}).items()}
    return enqueue("dacase.jobs.send_mail", args=args, key=key, actor=actor)
