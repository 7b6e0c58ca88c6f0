"""Handing messages to the broker, and doing so again for those that were lost on the way."""

from collections.abc import Callable
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from dacase.jobs.models import OutboxMessage

BATCH = 200
# A message that no worker has begun by now was probably lost. One given out twice is run once.
LOST_AFTER = timedelta(minutes=2)

# A message that was begun and whose lock is free has lost its worker: no waiting for a time limit.
# The locks are asked for in a step of their own, or the planner might ask for those of every row.
GIVE_OUT_AGAIN = """
WITH candidates AS MATERIALIZED (
    SELECT id FROM jobs_outboxmessage
     WHERE done_at IS NULL AND failed_at IS NULL AND dispatched_at IS NOT NULL
       AND (begun_at IS NOT NULL OR dispatched_at <= %s)
     ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED
), tried AS MATERIALIZED (
    SELECT id, pg_try_advisory_xact_lock(hashtextextended('dacase.outbox.' || id, 0)) AS is_free FROM candidates
)
UPDATE jobs_outboxmessage SET dispatched_at = NULL, begun_at = NULL
  FROM tried WHERE jobs_outboxmessage.id = tried.id AND tried.is_free
"""


@transaction.atomic
def dispatch_waiting(send: Callable[[OutboxMessage], None]) -> int:
    """Hand the oldest waiting messages, up to 200, to `send`, and mark them. Returns how many.

    Several relays share the work: each skips what another has locked. Where `send` raises, or the process
    is killed, no message of the batch is marked and some may be given out twice, which does no harm.
    """
    messages = list(
        OutboxMessage.objects.waiting().select_for_update(skip_locked=True).order_by("due_at")[:BATCH]
    )
    for message in messages:
        send(message)
    OutboxMessage.objects.filter(pk__in=[message.pk for message in messages]).update(
        dispatched_at=timezone.now()
    )
    return len(messages)


def redispatch_unfinished(older_than: timedelta = LOST_AFTER) -> int:
    """Let the relay give out again what was lost: with its worker, or by the broker. Returns how many.

    Args:
        older_than: dispatched so long ago and not begun counts as lost by the broker; nought when the
            broker is known to have lost everything.
    """
    lost = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(GIVE_OUT_AGAIN, [timezone.now() - older_than, BATCH])
            found = cursor.rowcount
            lost += found
        if found < BATCH:
            return lost
