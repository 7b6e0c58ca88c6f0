"""The base of every task: run by the id of its message, as its actor, with its effect exactly once.

Delivery is at least once: brokers and workers are killed. What makes the effect happen once is that the
message is marked done in the same database transaction as the effect.
"""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.utils.module_loading import autodiscover_modules

from dacase.agencies.models import Membership
from dacase.jobs.models import OutboxMessage
from dacase.jobs.services.outbox import (
    begin_message,
    fail_message,
    mark_done,
    postpone_message,
    take_for_effect,
)
from dacase.walls.context import acting_as

log = logging.getLogger(__name__)

# A worker that was killed counts as an attempt too, so that a message that kills its worker ends.
MAX_ATTEMPTS = 6
ALWAYS_RETRIED = (OperationalError, InterfaceError)
ENDED = "The membership that asked for this has ended."
UNKNOWN = "No task has this name."
GAVE_UP = "Tried {count} times without an end. Last: {last}"


class TaskRefusedError(Exception):
    """The task cannot be done and trying again would not help. Its text is shown, so it names nobody."""


class AlreadyDoneError(Exception):
    """Another worker had the effect first."""


@dataclass(frozen=True)
class Declared:
    """A task as it was declared with `outbox_task`."""

    function: Callable[..., None]
    retry_on: tuple[type[Exception], ...]
    max_attempts: int
    in_steps: bool
    on_failure: Callable[..., None] | None

    @property
    def retried(self) -> tuple[type[Exception], ...]:
        return (*ALWAYS_RETRIED, *self.retry_on)


TASKS: dict[str, Declared] = {}


def outbox_task(
    name: str,
    *,
    retry_on: tuple[type[Exception], ...] = (),
    max_attempts: int = MAX_ATTEMPTS,
    in_steps: bool = False,
    on_failure: Callable[..., None] | None = None,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a function as the task `name`, which `enqueue` asks for. Put it in the room's `tasks.py`.

    The function is called with the message's `args` and `actor`, by keyword, in a transaction with the
    actor's context; that transaction also marks the message done. Any error rolls both back.

    Args:
        name: what `enqueue` calls it, as `reporting.count_return`; never changed while messages wait.
        retry_on: errors after which it is tried again, with growing pauses; a lost database always is one.
            Any other error makes a dead letter at once.
        max_attempts: how often it is begun at most, workers that died included.
        in_steps: for work that takes minutes. The function gets no transaction but `steps` (a `Steps`), and
            opens its own with `steps.step()` and, for its effect, `steps.finish()`.
        on_failure: called like the function, with `reason` too, in a transaction of the actor, when the
            message becomes a dead letter; to say so on a page.
    """

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        def run(message_id: str) -> None:
            run_message(UUID(message_id))

        TASKS[name] = Declared(function, retry_on, max_attempts, in_steps, on_failure)
        shared_task(name=name)(run)
        return function

    return declare


class Steps:
    """The transactions of a task that commits its progress as it goes."""

    def __init__(self, message: OutboxMessage) -> None:
        self.message = message

    @contextmanager
    def step(self) -> Iterator[Membership | None]:
        """A transaction as the actor, who must still be a member. Yields the actor."""
        actor = acting_member(self.message)
        with acting_as(actor):
            yield actor

    @contextmanager
    def finish(self) -> Iterator[Membership | None]:
        """The transaction that has the effect and marks the message done. Yields the actor."""
        with self.step() as actor:
            if not take_for_effect(self.message.pk):
                raise AlreadyDoneError
            yield actor
            mark_done(self.message.pk)


def run_message(message_id: UUID) -> None:
    """Run the task of a message to its end, whatever the end is. Safe to call any number of times, also at once."""
    with held(message_id) as is_held:
        message = begin_message(message_id) if is_held else None
        if message is None:
            return
        declared = find_task(message.task)
        if declared is None:
            give_up(message, UNKNOWN)
            return
        if message.attempts > declared.max_attempts:
            give_up(
                message, GAVE_UP.format(count=declared.max_attempts, last=message.error or "the worker ended")
            )
            return
        try:
            call(declared, message)
        except AlreadyDoneError:
            return
        except (TaskRefusedError, PermissionDenied) as error:
            give_up(message, str(error))
        except declared.retried as error:
            log.warning("%s %s will be tried again: %s", message.task, message.pk, where(error))
            if message.attempts == declared.max_attempts:
                give_up(message, GAVE_UP.format(count=message.attempts, last=where(error)))
            else:
                postpone_message(message.pk, reason=where(error))
        except Exception as error:  # noqa: BLE001 - whatever it was, somebody must see it
            give_up(message, where(error))


def find_task(name: str) -> Declared | None:
    """The task of that name, in a process that is no worker too."""
    if name not in TASKS:
        autodiscover_modules("tasks")
    return TASKS.get(name)


def call(declared: Declared, message: OutboxMessage) -> None:
    """Have the effect of a message. Raises whatever the task raises."""
    steps = Steps(message)
    if declared.in_steps:
        declared.function(steps=steps, **message.args)
        with (
            steps.finish()
        ):  # for a task whose effect was in its steps; AlreadyDoneError after one that finished
            return
    with steps.finish() as actor:
        declared.function(actor=actor, **message.args)


def give_up(message: OutboxMessage, reason: str) -> None:
    """Make the message a dead letter and let its room say so where its reader looks."""
    log.error("%s %s is a dead letter: %s", message.task, message.pk, reason)
    declared = find_task(message.task)
    with acting_as(message.actor):
        if fail_message(message.pk, reason=reason) and declared and declared.on_failure:
            try:
                with transaction.atomic():
                    declared.on_failure(actor=message.actor, reason=reason, **message.args)
            except Exception as error:  # noqa: BLE001 - the dead letter itself must stay
                log.error("%s %s: its failure could not be shown: %s", message.task, message.pk, where(error))  # noqa: TRY400


def acting_member(message: OutboxMessage) -> Membership | None:
    """The actor, with the rights of today. Raises TaskRefusedError where the membership has ended since."""
    if message.actor_id is None:
        return None
    actor = (
        Membership.objects.active()
        .select_related("user", "agency", "team")
        .filter(pk=message.actor_id)
        .first()
    )
    if actor is None:
        raise TaskRefusedError(ENDED)
    return actor


def where(error: BaseException) -> str:
    """What kind of error it was and the last line of ours that it passed.

    Not its text: a database's error repeats the values of the row, and they may be a person's.
    """
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(settings.BASE_DIR) and "site-packages" not in frame.filename
    ]
    place = (
        f" at {Path(frames[-1].filename).relative_to(settings.BASE_DIR)}:{frames[-1].lineno}"
        if frames
        else ""
    )
    return f"{type(error).__name__}{place}"


@contextmanager
def held(message_id: UUID) -> Iterator[bool]:
    """Hold the message for this worker. Yields False where another holds it.

    A lock of the database session, not of a transaction: it lasts over several, and is gone at once when
    the worker is, which is how `redispatch_unfinished` knows. It needs a session of its own: no
    transaction pooling between workers and database.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [lock_name(message_id)])
        is_held = cursor.fetchone()[0]
    try:
        yield is_held
    finally:
        if is_held:
            try:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [lock_name(message_id)]
                    )
            except Error:
                connection.close()  # the lock goes with it


def lock_name(message_id: UUID) -> str:
    """The name that a message's lock is made from."""
    return f"dacase.outbox.{message_id}"
