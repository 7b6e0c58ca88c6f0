"""Servers, database and cast of the suite. The database is real, and reached as the application's login."""

import os
import uuid
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: object) -> Iterator[None]:
    """A new database with its three logins, tables and walls, and the invented partnership in it."""
    import psycopg2
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from dacase.agencies.demo_cast import seed_second_factors
    from dacase.agencies.partnership import load_partnership
    from tests.cast import make_outsider

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("prepare_database", verbosity=0)
        load_partnership()
        make_outsider()
        seed_second_factors()
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
    server = psycopg2.connect(os.environ["DATABASE_URL"])
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{settings.DATABASES["default"]["NAME"]}" WITH (FORCE)')
    server.close()


@pytest.fixture(autouse=True)
def _own_cache() -> None:
    """Rate limits and cached charts of one test must not reach the next, nor a test that runs beside it."""
    from django.core.cache import caches

    caches.settings["default"]["KEY_PREFIX"] = uuid.uuid4().hex
    if hasattr(caches._connections, "default"):
        del caches["default"]


@pytest.fixture
def cast(db: None) -> object:
    """The fixed cast: `cast.idva` is a Membership."""
    from tests.cast import Cast

    return Cast()


@pytest.fixture
def sign_in(client: object) -> object:
    """`sign_in(membership)` returns a client signed in and acting as that membership, second factor passed."""
    from tests.cast import signed_in_client

    return signed_in_client


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: object) -> Iterator[None]:
    """For tests that need real commits (workers, the figures login, races): the database is emptied of
    everything but the partnership afterwards. Slower than `db`; use it only where a commit is the point."""
    from tests.cast import empty_database

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield
        empty_database()
