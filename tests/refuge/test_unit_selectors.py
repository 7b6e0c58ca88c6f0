from typing import Any

import pytest

from dacase.cases.services.grant import end_access
from dacase.walls.context import acting_as
from refuge.selectors.placement import (
    accommodation_events,
    accommodation_known,
    members_of,
    placements,
    placements_of,
    possible_household,
)
from refuge.selectors.unit import UnitState, board, stays_from, unit_nights
from refuge.services.placement import cancel_placement
from refuge.services.unit import change_unit
from tests.factories import make_case
from tests.refuge.factories import days, make_unit, place, today


def states(refuge: Any, on: Any) -> dict[str, str]:
    with acting_as(refuge.worker):
        found = board(refuge.worker, on, today=today())
    return {night.unit.name: night.state.value for one in found.services for night in one.units}


def test_the_board_shows_each_unit_night_by_night(refuge: Any) -> None:
    make_unit(refuge.service, refuge.worker, name="Closed Room", is_available=False)
    place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-1), ends_on=days(2))
    taken, free, out = "taken", "free", "out_of_use"
    assert states(refuge, today()) == {"Closed Room": out, "Marmalade Room": taken, "Pepperpot Room": free}
    assert states(refuge, days(1))["Marmalade Room"] == taken
    assert states(refuge, days(2))["Marmalade Room"] == free  # the day of leaving
    assert states(refuge, days(-1))["Marmalade Room"] == taken
    assert states(refuge, days(-2))["Marmalade Room"] == free


def test_a_household_that_should_have_left_keeps_its_unit(refuge: Any) -> None:
    place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-9), ends_on=days(-2))
    assert states(refuge, today())["Marmalade Room"] == "overdue"
    assert states(refuge, days(3))["Marmalade Room"] == "overdue"
    assert states(refuge, days(-1))["Marmalade Room"] == "free"  # as it was planned
    assert states(refuge, days(-5))["Marmalade Room"] == "taken"


def test_arrivals_departures_and_the_next_household(refuge: Any, cast: Any) -> None:
    other = make_case(cast.idva, victim="Nextcase", shared_with=[refuge.worker.agency])
    leaving = place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-3), ends_on=today())
    arriving = place(other, refuge.unit, refuge.worker)
    cancelled = place(other, refuge.other_unit, refuge.worker, is_small_accepted=True)
    with acting_as(refuge.worker):
        cancel_placement(cancelled, actor=refuge.worker)
        found = board(refuge.worker, today(), today=today())
        assert (found.arriving, found.leaving) == ([arriving], [leaving])
        assert found.references == {refuge.case.pk: refuge.case.reference, other.pk: other.reference}
        assert (found.count(UnitState.TAKEN), found.count(UnitState.FREE), found.has_units) == (1, 1, True)


def test_a_unit_that_is_booked_later_is_free_until_then(refuge: Any) -> None:
    later = place(refuge.case, refuge.unit, refuge.worker, starts_on=days(4))
    with acting_as(refuge.worker):
        stays = stays_from(refuge.worker, today(), today=today())
        nights = unit_nights(refuge.worker, stays, today(), today=today())
        night = next(one for one in nights if one.unit == refuge.unit)
    assert (night.state, night.next_stay) == (UnitState.FREE, later)


def test_a_unit_stays_taken_when_the_agency_has_lost_the_case(refuge: Any, cast: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker)
    with acting_as(cast.idva):
        end_access(refuge.case, agency=refuge.worker.agency, actor=cast.idva)
    with acting_as(refuge.worker):
        found = board(refuge.worker, today(), today=today())
        assert found.count(UnitState.TAKEN) == 1
        assert found.references == {}
        assert set(placements(refuge.worker)) == {placement}
        assert members_of(placement, refuge.worker) == []


@pytest.mark.parametrize("many", [1, 3])
def test_the_board_asks_as_often_for_one_unit_as_for_three(
    refuge: Any, many: int, django_assert_num_queries: Any
) -> None:
    for number in range(many):
        extra = make_unit(refuge.service, refuge.worker, name=f"Extra {number}")
        place(refuge.case, extra, refuge.worker)
    with acting_as(refuge.worker), django_assert_num_queries(4):
        assert len(board(refuge.worker, today(), today=today()).services[0].units) == many + 2


def test_placements_and_people(refuge: Any, cast: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker)
    with acting_as(refuge.worker):
        assert list(placements_of(refuge.case, refuge.worker)) == [placement]
        assert set(placements(refuge.worker, state="ended")) == set()
        names = [party.person.name for party in members_of(placement, refuge.worker)]
        assert names == ["Vera Placedcase", "Cleo Placedcase"]
        assert {party.role for party in possible_household(refuge.case)} == {"victim", "child"}
    with acting_as(cast.idva):
        assert list(placements_of(refuge.case, cast.idva)) == []


def test_others_learn_from_events_that_there_is_a_place_and_the_agency(refuge: Any, cast: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker)
    with acting_as(cast.idva):
        (known,) = accommodation_known(accommodation_events(refuge.case.pk))
        assert (known.agency, known.verb, known.on) == (refuge.worker.agency, "placement_started", today())
    with acting_as(refuge.worker):
        cancel_placement(placement, actor=refuge.worker)
    with acting_as(cast.idva):
        assert [one.verb for one in accommodation_known(accommodation_events(refuge.case.pk))] == [
            "placement_cancelled"
        ]
    with acting_as(cast.outsider):
        assert accommodation_known(accommodation_events(refuge.case.pk)) == []


def test_a_unit_out_of_use_with_a_past_stay_is_out_of_use(refuge: Any) -> None:
    with acting_as(refuge.worker):
        values = {
            "name": "Marmalade Room",
            "sleeps": 3,
            "has_cot": False,
            "is_step_free": True,
            "is_self_contained": False,
        }
        change_unit(refuge.unit, version=1, actor=refuge.worker, is_available=False, **values)
    assert states(refuge, today())["Marmalade Room"] == "out_of_use"
