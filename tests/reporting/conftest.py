import pytest

from tests.cast import Cast
from tests.jobs.conftest import broker, celery_app, relay, start  # noqa: F401 - for real workers
from tests.reporting.asking import ask, fill, reread, run_all
from tests.reporting.world import World


@pytest.fixture
def world(committed):
    """Makes committed rows as the owner; they go when the test ends."""
    return World()


@pytest.fixture
def counted(world):
    """A commissioner, and a return of hers that a worker has counted."""
    commissioner = Cast().commissioner
    fill(world)
    made = ask(commissioner)
    run_all()
    return commissioner, reread(made, commissioner)
