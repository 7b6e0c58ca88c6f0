"""A refuge with two units and a case that the refuge agency may open."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.factories import make_case
from tests.refuge import factories


@pytest.fixture
def refuge(cast: Any) -> SimpleNamespace:
    worker = cast.refuge_worker
    service = factories.make_service(worker)
    return SimpleNamespace(
        worker=worker,
        service=service,
        unit=factories.make_unit(service, worker),
        other_unit=factories.make_unit(service, worker, name="Pepperpot Room", sleeps=1, has_cot=True),
        case=make_case(cast.idva, victim="Placedcase", shared_with=[worker.agency]),
    )
