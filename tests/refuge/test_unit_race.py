"""Twenty people place the same unit in the same second, on a database that commits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from dacase.walls.context import acting_as
from refuge.models import Placement
from refuge.services.placement import place_household
from tests.cast import Cast
from tests.factories import make_case
from tests.refuge.factories import household, make_service, make_unit, today

THREADS = 20


def place_at_once(numbers: list[UUID]) -> tuple[list[str], int]:
    """What each thread was told, and how many placements there are afterwards."""
    cast = Cast()
    worker = cast.refuge_worker
    case = make_case(cast.idva, victim="Racecase", shared_with=[worker.agency])
    unit = make_unit(make_service(worker), worker)
    parties = household(case, worker)
    start = Barrier(THREADS)

    def try_once(number: UUID) -> str:
        try:
            with acting_as(worker):
                start.wait(timeout=60)
                place_household(
                    case, unit=unit, parties=parties, starts_on=today(), submission=number, actor=worker
                )
            return "placed"
        except ValidationError as refusal:
            return ",".join(refusal.message_dict)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(try_once, numbers))
    with acting_as(worker):
        return answers, Placement.objects.count()


@pytest.mark.slow
def test_twenty_at_once_place_one_household(committed: Any) -> None:
    answers, count = place_at_once([uuid4() for _ in range(THREADS)])
    assert sorted(answers) == ["placed"] + ["unit"] * (THREADS - 1)
    assert count == 1


@pytest.mark.slow
def test_twenty_clicks_of_one_form_place_one_household(committed: Any) -> None:
    number = uuid4()
    answers, count = place_at_once([number] * THREADS)
    assert (set(answers), count) == ({"placed"}, 1)
