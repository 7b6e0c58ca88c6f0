"""Writing a message, and what becomes of it: begun, done, tried again later, failed, given out once more."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.jobs.models import OutboxMessage

LONGEST_PAUSE = timedelta(minutes=10)
# Identifiers, codes, paths and addresses have no white space; whatever a person wrote does.
IDENTIFIER = re.compile(r"[^\s\x00]{0,300}")


@transaction.atomic
def enqueue(
    task: str,
    *,
    args: Mapping[str, object] | None = None,
    key: str | None = None,
    actor: Membership | None,
    due_at: datetime | None = None,
) -> OutboxMessage:
    """Write a task to run into the caller's transaction: both are kept, or neither.

    Args:
        task: the name that the task was declared with (`dacase.jobs.tasks_base.outbox_task`).
        args: keyword arguments of the task: identifiers, codes, numbers; nothing that a person wrote.
        key: makes the message unique. A second one with the same key is not written; the first is returned.
        actor: whose rights the task has when it runs; None for the system's own clockwork, which sees no case.
        due_at: not before this moment; at once by default.
    Raises ValueError where `args` hold anything but identifiers.
    """
    fields = {
        "task": task,
        "args": {name: as_identifier(name, value) for name, value in (args or {}).items()},
        "actor": actor,
        "due_at": due_at or timezone.now(),
    }
    if key is None:
        return OutboxMessage.objects.create(**fields)
    message, _ = OutboxMessage.objects.get_or_create(key=key, defaults=fields)
    return message


def as_identifier(name: str, value: object) -> Any:
    """`value` as it is kept in a message. Raises ValueError unless it is an identifier, code or number."""
    if isinstance(value, UUID):
        return str(value)
    if (
        value is None
        or isinstance(value, bool | int)
        or (isinstance(value, str) and IDENTIFIER.fullmatch(value))
    ):
        return value
    raise ValueError(f"{name}: a message holds identifiers and codes only")


@transaction.atomic
def begin_message(message_id: UUID) -> OutboxMessage | None:
    """Note that a worker has taken the message, which it holds. None where the message has ended already."""
    # It waits for the row: a broker is quicker than the commit of the relay that gave it the message, and a
    # message passed over then would lie until it counts as lost.
    message = OutboxMessage.objects.unfinished().select_for_update().filter(pk=message_id).first()
    if message is not None:
        message.begun_at = timezone.now()
        message.attempts += 1
        message.save(update_fields=["begun_at", "attempts"])
    return message


def take_for_effect(message_id: UUID) -> bool:
    """Lock the message for the transaction that has its effect. False where the effect is there already."""
    return OutboxMessage.objects.unfinished().select_for_update().filter(pk=message_id).exists()


def mark_done(message_id: UUID) -> None:
    """End the message in the transaction of its effect."""
    OutboxMessage.objects.filter(pk=message_id).update(done_at=timezone.now(), error="")


@transaction.atomic
def postpone_message(message_id: UUID, *, reason: str) -> None:
    """Try the message again after a pause that doubles with every attempt: 10 s, 20 s, up to 10 minutes."""
    message = OutboxMessage.objects.unfinished().select_for_update().filter(pk=message_id).first()
    if message is not None:
        message.error, message.dispatched_at, message.begun_at = reason, None, None
        message.due_at = timezone.now() + min(timedelta(seconds=5) * 2**message.attempts, LONGEST_PAUSE)
        message.save(update_fields=["error", "dispatched_at", "begun_at", "due_at"])


@transaction.atomic
def fail_message(message_id: UUID, *, reason: str) -> bool:
    """Make the message a dead letter, which `manage.py outbox` lists. False where it has ended already."""
    message = OutboxMessage.objects.unfinished().select_for_update().filter(pk=message_id).first()
    if message is None:
        return False
    message.failed_at, message.error = timezone.now(), reason
    message.save(update_fields=["failed_at", "error"])
    return True


@transaction.atomic
def revive_message(message_id: UUID) -> bool:
    """Give a dead letter another set of attempts. False where there is no such dead letter."""
    message = OutboxMessage.objects.failed().select_for_update().filter(pk=message_id).first()
    if message is None:
        return False
    message.failed_at = message.dispatched_at = message.begun_at = None
    message.attempts, message.due_at = 0, timezone.now()
    message.save(update_fields=["failed_at", "dispatched_at", "begun_at", "attempts", "due_at"])
    return True
