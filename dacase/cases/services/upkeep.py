"""What the clock does to cases. It acts for nobody, so the database's own functions do it."""

from django.db import connection


def end_expired_grants() -> int:
    """Delete the grants whose time has run out; their history stays. Returns how many.

    They show nothing from their last second on, swept or not: this keeps the tables small and the rows of
    cases quick to check.
    """
    return call("end_expired_grants")


def forget_old_drafts() -> int:
    """Delete what was typed more than two weeks ago and never sent. Returns how many drafts."""
    return call("forget_old_drafts")


def call(function: str) -> int:
    """What one of the database's own functions answers."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}()")
        return int(cursor.fetchone()[0])
