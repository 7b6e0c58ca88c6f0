"""The world and the oracle's answers, once for all tests of this folder, which leave it as it is."""

from collections.abc import Iterator

import pytest
from django.db import connections

from dacase.agencies.models import Invitation
from tests.cast import empty_database
from tests.walls.oracle import Keys, Oracle
from tests.walls.world import World, build


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: object) -> Iterator[World]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            yield build()
        finally:
            # Kept by empty_database, which leaves the partnership alone.
            Invitation.objects.using("owner").all().delete()
            connections.close_all()
            empty_database()


@pytest.fixture(scope="package")
def oracle(world: World) -> Oracle:
    return Oracle()


@pytest.fixture(scope="package")
def expected(world: World, oracle: Oracle) -> dict[str, Keys]:
    """Member's key -> table -> keys of the rows that she may see."""
    return {key: oracle.seen(member) for key, member in world.members.items()}
