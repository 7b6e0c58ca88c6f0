import pytest

from tests.reporting.world import World


@pytest.fixture
def world(committed):
    """Makes committed rows as the owner; they go when the test ends."""
    return World()
