"""Rooms that this one may not import, reached by their names in the settings.

Every act writes an event and some send an e-mail; audit and jobs stand above agencies, because both
name the membership that acted.
"""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def record_event(verb: str, **fields: Any) -> None:
    """Write an event of the acting agency, as `dacase.audit.services.record_event`."""
    import_string(settings.EVENT_RECORDER)(verb, **fields)


def queue_mail(**fields: Any) -> None:
    """Send one e-mail to one person through the outbox, as `dacase.jobs.services.queue_mail`."""
    import_string(settings.MAIL_QUEUE)(**fields)
