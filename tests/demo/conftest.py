"""Worlds of the demo, committed for a module and taken away again."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connections

UNTIL = date(2026, 6, 30)


@pytest.fixture(scope="module")
def opened(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database, open for a whole module and emptied of everything but the partnership after it."""
    from tests.cast import empty_database

    with django_db_blocker.unblock():
        yield
        empty_database()


@pytest.fixture(scope="module")
def world(opened: None) -> Any:
    """The demo's partnership as `make demo` fills it, seen from the end of June 2026."""
    from dacase.demo.world import make_world

    return make_world(until=UNTIL)


@pytest.fixture(scope="module")
def ask(opened: None) -> Callable[..., list[Any]]:
    """`ask("SELECT …")` gives the rows that the owner sees, without their tuple where one column is asked."""

    def rows(query: str, params: list[Any] | None = None) -> list[Any]:
        with connections["owner"].cursor() as cursor:
            cursor.execute(query, params)
            found = cursor.fetchall()
        return [row[0] if len(row) == 1 else row for row in found]

    return rows
