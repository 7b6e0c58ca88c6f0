"""The test database as its administrator, who may drop a policy and then look as any login, and take it back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.db import connections
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class, whatever its case
from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class, whatever its case

from dacase.agencies.models import Membership
from dacase.walls.context import SETTING, token_for

APP, FIGURES, OWNER = "dacase_app", "dacase_figures", "dacase_owner"


@contextmanager
def administrator() -> Iterator[Cursor]:
    """A cursor of the administrator in a transaction that is rolled back."""
    connections.close_all()
    server: Connection = psycopg2.connect(
        os.environ["DATABASE_URL"], dbname=connections["default"].settings_dict["NAME"]
    )
    try:
        with server.cursor() as cursor:
            yield cursor
    finally:
        server.rollback()
        server.close()


@contextmanager
def undone(cursor: Cursor) -> Iterator[None]:
    """What is done inside is taken back at its end, an error too."""
    cursor.execute("SAVEPOINT here")
    try:
        yield
    finally:
        cursor.execute("ROLLBACK TO SAVEPOINT here; RELEASE SAVEPOINT here")


@contextmanager
def acting(cursor: Cursor, login: str, member: Membership | None = None) -> Iterator[None]:
    """The cursor as `login`, with the context of `member`; taken back at the end."""
    with undone(cursor):
        cursor.execute(f"SET LOCAL ROLE {login}")
        token = token_for(member) if member is not None else ""
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, token])
        yield


def keys(cursor: Cursor, table: str, column: str) -> set[Any]:
    """The keys of the rows of `table` that the cursor sees now."""
    cursor.execute(f"SELECT {column}::text FROM {table}")
    return {row[0] for row in cursor.fetchall()}
