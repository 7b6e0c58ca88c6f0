from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party, Person
from dacase.cases.services.case import PersonDetails, add_party
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from refuge.choices import LeavingReason, PlacementState
from refuge.models import Placement, PlacementMember
from refuge.selectors.placement import members_of, possible_household
from refuge.services.placement import (
    TAKEN,
    cancel_placement,
    change_placement,
    end_placement,
    place_household,
)
from refuge.services.unit import change_unit
from tests.factories import make_case
from tests.refuge.factories import days, household, make_unit, place, today


def test_a_household_is_placed_with_its_members_and_an_event_that_says_nothing_of_where(refuge: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker, ends_on=days(7))
    with acting_as(refuge.worker):
        roles = {row.party.role for row in PlacementMember.objects.filter(placement=placement)}
        event = Event.objects.get(verb="placement_started")
    assert roles == {PartyRole.VICTIM, PartyRole.CHILD}
    assert (event.case_id, event.subject_id, event.data) == (refuge.case.pk, placement.pk, {})


def test_a_first_night_to_come_is_arranged_and_not_started(refuge: Any) -> None:
    place(refuge.case, refuge.unit, refuge.worker, starts_on=days(3))
    with acting_as(refuge.worker):
        assert list(Event.objects.filter(verb__startswith="placement").values_list("verb", flat=True)) == [
            "placement_arranged"
        ]


def test_a_double_click_places_once(refuge: Any) -> None:
    number = uuid4()
    first = place(refuge.case, refuge.unit, refuge.worker, submission=number)
    assert place(refuge.case, refuge.unit, refuge.worker, submission=number) == first
    with acting_as(refuge.worker):
        assert Placement.objects.count() == 1


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        ((0, 5), (5, 9), True),  # the day of leaving is the next one's first night
        ((0, 5), (4, 9), False),
        ((0, None), (30, 31), False),
        ((5, 9), (0, 5), True),
        ((5, 9), (0, None), False),
        ((5, 9), (6, 8), False),
    ],
)
def test_a_unit_is_taken_once_a_night(refuge: Any, first: Any, second: Any, fits: bool) -> None:
    def nights(pair: Any) -> dict[str, date | None]:
        return {"starts_on": days(pair[0]), "ends_on": None if pair[1] is None else days(pair[1])}

    place(refuge.case, refuge.unit, refuge.worker, **nights(first))
    if fits:
        place(refuge.case, refuge.unit, refuge.worker, **nights(second))
        return
    with pytest.raises(ValidationError) as refusal:
        place(refuge.case, refuge.unit, refuge.worker, **nights(second))
    assert refusal.value.message_dict == {"unit": [TAKEN]}


def test_the_database_itself_refuses_two_households_in_one_unit(refuge: Any) -> None:
    place(refuge.case, refuge.unit, refuge.worker)
    with (
        acting_as(refuge.worker),
        pytest.raises(IntegrityError, match="unit_taken_once_a_night"),
        transaction.atomic(),
    ):
        Placement.objects.create(
            agency=refuge.worker.agency,
            unit=refuge.unit,
            case=refuge.case,
            starts_on=today(),
            placed_by=refuge.worker,
        )


def test_another_broken_constraint_is_no_taken_unit(refuge: Any, monkeypatch: Any) -> None:
    from refuge.services import placement as module

    with acting_as(refuge.worker), pytest.raises(IntegrityError, match="null"), module._unit_taken_once():
        Placement.objects.create(
            agency=refuge.worker.agency,
            unit=refuge.unit,
            case=refuge.case,
            starts_on=None,
            placed_by=refuge.worker,
        )


def test_a_cancelled_placement_frees_its_nights(refuge: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker)
    with acting_as(refuge.worker):
        cancel_placement(placement, actor=refuge.worker)
        assert cancel_placement(placement, actor=refuge.worker).state == PlacementState.CANCELLED
    assert place(refuge.case, refuge.unit, refuge.worker).state == PlacementState.PLACED


def test_cancelling_ends_the_day_after_the_first_night(refuge: Any) -> None:
    late = place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-2))
    with acting_as(refuge.worker), pytest.raises(ValidationError, match="first night has passed"):
        cancel_placement(late, actor=refuge.worker)
    with acting_as(refuge.worker):
        end_placement(
            late,
            ends_on=today(),
            leaving_reason=LeavingReason.LEFT,
            version=late.version,
            actor=refuge.worker,
        )
        with pytest.raises(ValidationError, match="has left"):
            cancel_placement(late, actor=refuge.worker)


def test_only_people_of_the_case_who_are_no_perpetrator_are_placed(refuge: Any, cast: Any) -> None:
    other = make_case(cast.idva, victim="Othercase", shared_with=[refuge.worker.agency])
    with acting_as(refuge.worker):
        perpetrator = Party.objects.select_related("person").get(case=refuge.case, role=PartyRole.PERPETRATOR)
    for parties in ([], [perpetrator], household(other, refuge.worker)):
        with pytest.raises(ValidationError) as refusal:
            place(refuge.case, refuge.unit, refuge.worker, parties=parties)
        assert set(refusal.value.message_dict) == {"parties"}


def test_the_day_of_leaving_comes_after_the_first_night(refuge: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        place(refuge.case, refuge.unit, refuge.worker, ends_on=today())
    assert set(refusal.value.message_dict) == {"ends_on"}


def test_a_unit_that_is_too_small_is_refused_unless_that_is_accepted(refuge: Any) -> None:
    with pytest.raises(ValidationError, match="sleeps 1 and the household needs 2 beds"):
        place(refuge.case, refuge.other_unit, refuge.worker)
    assert (
        place(refuge.case, refuge.other_unit, refuge.worker, is_small_accepted=True).unit == refuge.other_unit
    )


def test_a_baby_sleeps_in_the_cot(refuge: Any, cast: Any) -> None:
    with acting_as(cast.idva):
        Person.objects.filter(parties__case=refuge.case, parties__role=PartyRole.CHILD).update(
            date_of_birth=days(-300)
        )
    assert place(refuge.case, refuge.other_unit, refuge.worker).unit == refuge.other_unit


def test_a_unit_out_of_use_or_overdue_takes_nobody(refuge: Any) -> None:
    out = make_unit(refuge.service, refuge.worker, name="Closed Room", is_available=False)
    with pytest.raises(ValidationError, match="out of use"):
        place(refuge.case, out, refuge.worker)
    place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-9), ends_on=days(-2))
    with pytest.raises(ValidationError, match="should have left"):
        place(refuge.case, refuge.unit, refuge.worker)


def test_ending_counts_the_nights_and_is_done_once(refuge: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-4))
    with acting_as(refuge.worker):
        kwargs = {"ends_on": today(), "leaving_reason": LeavingReason.PLANNED, "version": placement.version}
        ended = end_placement(placement, actor=refuge.worker, **kwargs)
        assert (ended.ends_on - ended.starts_on).days == 4
        assert end_placement(placement, actor=refuge.worker, **kwargs).version == ended.version
        assert Event.objects.filter(verb="placement_ended").count() == 1
        assert Event.objects.get(verb="placement_ended").data == {}
        with pytest.raises(ValidationError, match="not in place"):
            change_placement(
                ended, starts_on=today(), ends_on=None, version=ended.version, actor=refuge.worker
            )


@pytest.mark.parametrize("offset", [1, -5])
def test_the_day_of_leaving_is_neither_to_come_nor_before_the_first_night(refuge: Any, offset: int) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-4))
    with acting_as(refuge.worker), pytest.raises(ValidationError) as refusal:
        end_placement(
            placement, ends_on=days(offset), leaving_reason=LeavingReason.LEFT, version=1, actor=refuge.worker
        )
    assert set(refusal.value.message_dict) == {"ends_on"}


def test_dates_change_unless_another_household_has_the_unit(refuge: Any) -> None:
    first = place(refuge.case, refuge.unit, refuge.worker, ends_on=days(3))
    place(refuge.case, refuge.unit, refuge.worker, starts_on=days(5))
    with acting_as(refuge.worker):
        moved = change_placement(first, starts_on=today(), ends_on=days(5), version=1, actor=refuge.worker)
        assert (moved.ends_on, moved.version) == (days(5), 2)
        with pytest.raises(ValidationError) as refusal:
            change_placement(moved, starts_on=today(), ends_on=days(6), version=2, actor=refuge.worker)
        assert refusal.value.message_dict == {"ends_on": [TAKEN]}
        first.refresh_from_db()
        assert first.ends_on == days(5)


def test_the_second_of_two_people_sees_what_the_first_saved(refuge: Any, cast: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker)
    with acting_as(cast.refuge_quince):
        change_placement(placement, starts_on=today(), ends_on=days(9), version=1, actor=cast.refuge_quince)
    with acting_as(refuge.worker), pytest.raises(StaleVersion) as stale:
        change_placement(placement, starts_on=today(), ends_on=days(2), version=1, actor=refuge.worker)
    assert (stale.value.saved_by, stale.value.version) == ("Quince Supposed", 2)
    assert stale.value.current["ends_on"] == days(9)


def test_other_roles_and_other_agencies_place_nobody(refuge: Any, cast: Any) -> None:
    for actor in (cast.idva, cast.marac_coordinator, cast.commissioner, cast.outsider):
        with pytest.raises(NotAllowed):
            place(refuge.case, refuge.unit, actor, parties=[])
    own = make_case(cast.idva, victim="Unsharedcase")
    with pytest.raises(Case.DoesNotExist):
        place(own, refuge.unit, refuge.worker)


def test_a_child_added_later_may_be_placed_in_a_unit_of_her_own(refuge: Any, cast: Any) -> None:
    with acting_as(cast.idva):
        child = add_party(
            refuge.case, person=PersonDetails(family_name="Later"), role=PartyRole.CHILD, actor=cast.idva
        )
    with acting_as(refuge.worker):
        party = Party.objects.select_related("person").get(pk=child.pk)
        placed = place_household(
            refuge.case,
            unit=refuge.other_unit,
            parties=[party],
            starts_on=today(),
            submission=uuid4(),
            actor=refuge.worker,
        )
    assert placed.state == PlacementState.PLACED


def test_a_connected_person_may_flee_along(refuge: Any, cast: Any) -> None:
    with acting_as(cast.idva):
        mother = add_party(
            refuge.case, person=PersonDetails(family_name="Aside"), role=PartyRole.CONNECTED, actor=cast.idva
        )
    with acting_as(refuge.worker):
        assert [one.pk for one in possible_household(refuge.case)][-1] == mother.pk
        placed = place(refuge.case, refuge.unit, refuge.worker, parties=[mother])
        assert [one.pk for one in members_of(placed, refuge.worker)] == [mother.pk]


def test_a_unit_with_a_household_stays_in_use(refuge: Any) -> None:
    place(refuge.case, refuge.unit, refuge.worker)
    with acting_as(refuge.worker), pytest.raises(ValidationError) as refusal:
        change_unit(
            refuge.unit,
            version=1,
            actor=refuge.worker,
            name="Marmalade Room",
            sleeps=3,
            has_cot=False,
            is_step_free=False,
            is_self_contained=False,
            is_available=False,
        )
    assert set(refusal.value.message_dict) == {"is_available"}
