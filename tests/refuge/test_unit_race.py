"""People who work on the same unit in the same second, on a database that commits."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from dacase.walls.context import acting_as
from refuge.models import Placement, Unit
from refuge.services.placement import change_placement, place_household
from refuge.services.unit import change_service, change_unit, create_service, create_unit
from tests.cast import Cast
from tests.factories import make_case
from tests.meeting import by, waits_for_a_lock, while_it_is_open
from tests.refuge.factories import days, household, make_service, make_unit, today

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


def test_a_name_that_is_taken_at_that_moment_is_refused_beside_the_field(committed: Any) -> None:
    worker = Cast().refuge_worker
    service = make_service(worker)
    unit = make_unit(service, worker)
    house = {"name": "Other House", "kind": "refuge", "address": "1 Invented Street", "service_address": ""}
    room = {"name": "Other Room", "sleeps": 3, "has_cot": False, "is_step_free": True}
    room |= {"is_self_contained": False, "is_available": True}
    for came in (
        while_it_is_open(
            by(worker, create_service, submission=uuid4(), **house),
            by(worker, change_service, service, version=service.version, **house),
        ),
        while_it_is_open(
            by(worker, create_unit, service, **room),
            by(worker, change_unit, unit, version=unit.version, **room),
        ),
    ):
        assert isinstance(came, ValidationError), came
        assert set(came.message_dict) == {"name"}


def test_a_change_of_dates_waits_for_who_places_in_the_unit(committed: Any) -> None:
    """Two households of one unit, changed at once, would wait for each other inside the constraint."""
    cast = Cast()
    worker = cast.refuge_worker
    case = make_case(cast.idva, shared_with=[worker.agency])
    unit = make_unit(make_service(worker), worker)
    placed = by(
        worker,
        place_household,
        case,
        unit=unit,
        parties=household(case, worker),
        starts_on=today(),
        submission=uuid4(),
    )()
    waited: list[int] = []
    came = while_it_is_open(
        by(worker, lambda actor: Unit.objects.select_for_update().get(pk=unit.pk)),
        by(worker, change_placement, placed, starts_on=today(), ends_on=days(3), version=placed.version),
        then=lambda: waited.append(waits_for_a_lock()),
    )
    assert waited == [1]
    assert came.ends_on == days(3)
