"""What is put aside while rows are loaded, and put back before the transaction ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dacase.walls.install import declared

# Tables without walls that a load fills as well.
OPEN_TABLES = ["marac_meeting", "marac_meetingagency"]


def tables() -> list[str]:
    """The tables that hold case data, parents before children."""
    return [wall.table for walls in declared() for wall in walls.walled] + OPEN_TABLES


def history_tables() -> list[str]:
    """Their history tables."""
    return [
        wall.history_model._meta.db_table
        for walls in declared()
        for wall in walls.walled
        if wall.history_model is not None
    ]


@contextmanager
def sleeping_triggers(cursor: Any) -> Iterator[None]:
    """Our own triggers sleep; those of foreign keys stay awake and are heard before ours wake up.

    COPY refuses a table whose owner is bound by row security too, so for the time of the load the owner is
    not. Nobody else sees this: the tables are locked until the transaction ends, and then it is as it was.
    """
    # Rows arrive in any order: an earlier load in the same transaction has made the keys immediate.
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for table in tables():
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table in walled():
        cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in walled():
        cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in tables():
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def walled() -> list[str]:
    """The tables with row security, histories among them."""
    return [table for table in tables() if table not in OPEN_TABLES] + history_tables()


@contextmanager
def dropped(cursor: Any, *, bulk: bool) -> Iterator[None]:
    """With `bulk`, foreign keys and the indexes that no constraint needs are dropped, then made again.

    Making a foreign key again checks every row at once, which is far cheaper than one by one.
    """
    if not bulk:
        yield
        return
    names = tables() + history_tables()
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid = ANY (%s::regclass[]) ORDER BY oid",
        [names],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisunique"
        " AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1",
        [names],
    )
    indexes = cursor.fetchall()
    for table, key, _ in keys:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {key}")
    for index, _ in indexes:
        cursor.execute(f"DROP INDEX {index}")
    yield
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for _, definition in indexes:
        cursor.execute(definition)
    for table, key, definition in keys:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {key} {definition}")
