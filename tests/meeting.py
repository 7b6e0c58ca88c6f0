"""Two acts that meet, in an order that chance does not decide: the first holds its locks while the second begins."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections, transaction

from dacase.agencies.models import Membership
from dacase.walls.context import acting_as
from tests.jobs.conftest import wait_for

Act = Callable[[], Any]


def while_it_is_open(first: Act, second: Act, *, then: Act = lambda: None) -> Any:
    """What came of `second`, begun in a connection of its own after `first` and before that was committed.

    Once it waits for a lock, or has ended, `then` is done and all of `first` committed. What `second` raised is
    given back, not raised. For tests with the fixture `committed`.
    """
    came: list[Any] = []

    def run() -> None:
        try:
            came.append(second())
        except Exception as error:  # noqa: BLE001 - whatever it was, the test says what it should have been
            came.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        wait_for(lambda: not thread.is_alive() or waits_for_a_lock())
        then()
    thread.join(30)
    return came[0]


def waits_for_a_lock() -> int:
    """How many connections to the database of this test wait for another's lock."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction else sees it once and for all
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def by(actor: Membership, act: Callable[..., Any], *args: Any, **values: Any) -> Act:
    """`act` of a service, as `actor` does it."""

    def done() -> Any:
        with acting_as(actor):
            return act(*args, actor=actor, **values)

    return done
