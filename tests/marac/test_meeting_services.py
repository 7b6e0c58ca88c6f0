from datetime import time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.services.grant import end_access
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from marac.choices import MeetingState
from marac.models import Hearing, HearingGrant, Meeting, MeetingAgency
from marac.rules import add_months
from marac.selectors import meeting as selectors
from marac.services.meeting import change_meeting, close_meeting, create_meeting
from tests.cast import Cast
from tests.marac.factories import agency, heard_before, make_meeting, record, today
from tests.meeting import by, while_it_is_open


def values(cast: Any, **changes: Any) -> dict[str, Any]:
    return {
        "held_on": today(),
        "starts_at": time(9, 30),
        "chair": cast.marac_chair,
        "agencies": [cast.marac_chair.agency],
    } | changes


def test_a_meeting_is_set_up_once_however_often_one_clicks(cast: Any) -> None:
    actor, number = cast.marac_coordinator, uuid4()
    with acting_as(actor):
        first = create_meeting(submission=number, actor=actor, **values(cast))
        assert create_meeting(submission=number, actor=actor, **values(cast)) == first
        assert Meeting.objects.count() == 1
        assert selectors.core_agencies(first) == [cast.marac_chair.agency]
        assert Event.objects.filter(verb="meeting_created", case_id=None).count() == 1


def test_what_makes_no_meeting_is_refused_beside_its_field(cast: Any) -> None:
    actor = cast.marac_coordinator
    make_meeting(actor, chair=cast.marac_chair, agencies=[cast.marac_chair.agency])
    tomorrow = today() + timedelta(days=1)
    for changes, field in (
        ({}, "held_on"),
        ({"held_on": tomorrow, "chair": cast.idva}, "chair"),
        ({"held_on": tomorrow, "agencies": []}, "agencies"),
        ({"held_on": tomorrow, "agencies": [cast.commissioner.agency, actor.agency]}, "agencies"),
    ):
        with acting_as(actor), pytest.raises(ValidationError) as refusal:
            create_meeting(submission=uuid4(), actor=actor, **values(cast, **changes))
        assert set(refusal.value.message_dict) == {field}


def test_only_coordinators_set_up_meetings(cast: Any) -> None:
    for actor in (cast.idva, cast.marac_chair, cast.housing_representative, cast.commissioner):
        with acting_as(actor), pytest.raises(NotAllowed):
            create_meeting(submission=uuid4(), actor=actor, **values(cast))


def test_the_next_fortnight_and_the_same_agencies_are_proposed(cast: Any) -> None:
    coordinator = cast.marac_coordinator
    possible = set(selectors.possible_agencies(coordinator.agency))
    assert cast.commissioner.agency not in possible
    assert coordinator.agency not in possible
    assert set(selectors.preselected_agencies(coordinator.agency)) == possible
    assert selectors.proposed_day(coordinator.agency).weekday() == 3
    make_meeting(coordinator, chair=cast.marac_chair, agencies=[cast.marac_chair.agency])
    assert selectors.preselected_agencies(coordinator.agency) == [cast.marac_chair.agency]
    assert selectors.proposed_day(coordinator.agency) == today() + timedelta(days=14)
    assert list(selectors.chairs()) == [cast.marac_chair]


def test_a_moved_meeting_decides_anew_who_is_a_repeat(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    heard_before(marac.cases[0], cast.idva, add_months(today(), -12))
    with acting_as(coordinator):

        def move(days: int, version: int) -> bool:
            new = values(cast, held_on=today() + timedelta(days=days), agencies=[marac.police])
            change_meeting(marac.meeting, version=version, actor=coordinator, **new)
            return bool(Hearing.objects.get(pk=marac.hearings[0].pk).is_repeat)

        assert move(-1, 1) is True
        assert move(1, 2) is False
        assert set(MeetingAgency.objects.values_list("agency_id", flat=True)) == {marac.police.pk}


def test_two_people_change_one_meeting(marac: Any, cast: Any) -> None:
    with acting_as(cast.marac_aster):
        new = values(cast, starts_at=time(10, 0), agencies=[marac.housing])
        change_meeting(marac.meeting, version=1, actor=cast.marac_aster, **new)
    with acting_as(cast.marac_coordinator), pytest.raises(StaleVersion) as stale:
        change_meeting(marac.meeting, version=1, actor=cast.marac_coordinator, **values(cast))
    assert (stale.value.saved_by, stale.value.version) == ("Aster Fictional", 2)
    assert stale.value.current["starts_at"] == time(10, 0)
    assert stale.value.current["agencies"] == [str(marac.housing.pk)]


def test_a_meeting_without_a_known_last_change(marac: Any, cast: Any) -> None:
    with acting_as(cast.housing_representative):  # the coordinator's events are hers alone
        assert selectors.last_change(marac.meeting, cast.housing_representative).by == "A colleague"


def test_no_two_meetings_on_a_day_and_none_moves_after_it_was_held(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    later = make_meeting(
        coordinator, chair=cast.marac_chair, agencies=[marac.police], on=today() + timedelta(days=3)
    )
    with acting_as(coordinator), pytest.raises(ValidationError) as refusal:
        change_meeting(later, version=1, actor=coordinator, **values(cast))
    assert set(refusal.value.message_dict) == {"held_on"}
    record(marac.hearings[0], coordinator)
    with acting_as(coordinator), pytest.raises(ValidationError, match="has been held"):
        change_meeting(marac.meeting, version=1, actor=coordinator, **values(cast))


def test_closing_takes_the_papers_back_at_once(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    with acting_as(coordinator), pytest.raises(ValidationError, match="Record the outcome"):
        close_meeting(marac.meeting, actor=coordinator)
    for hearing in marac.hearings:
        record(hearing, coordinator, marac.police)
    with acting_as(cast.housing_representative):
        assert set(Hearing.objects.all()) == {marac.hearings[0]}
    with acting_as(coordinator):
        assert close_meeting(marac.meeting, actor=coordinator).state == MeetingState.CLOSED
        assert close_meeting(marac.meeting, actor=coordinator).version == 2  # closing twice is closing once
        assert set(Hearing.objects.exclude(closed_at=None)) == set(marac.hearings)
        assert set(HearingGrant.objects.values_list("group_id", flat=True)) == {coordinator.agency.group_id}
        event = Event.objects.get(verb="hearing_closed", subject_id=marac.hearings[0].pk)
        assert set(event.data["agencies"]) == {str(marac.police.pk), str(marac.housing.pk)}
    for invitee in (cast.housing_representative, cast.marac_chair):
        with acting_as(invitee):
            assert not Hearing.objects.exists()
            assert not HearingGrant.objects.exists()


def test_closing_works_when_the_coordinator_has_lost_the_case(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    for hearing in marac.hearings:
        record(hearing, coordinator)
    with acting_as(cast.idva):
        end_access(marac.cases[0], agency=coordinator.agency, actor=cast.idva)
    with acting_as(coordinator):
        close_meeting(marac.meeting, actor=coordinator)
    with acting_as(cast.housing_representative):
        assert not Hearing.objects.exists()


def test_an_empty_meeting_can_be_closed(cast: Any) -> None:
    coordinator = cast.marac_coordinator
    meeting = make_meeting(coordinator, chair=cast.marac_chair, agencies=[cast.marac_chair.agency])
    with acting_as(coordinator):
        assert close_meeting(meeting, actor=coordinator).state == MeetingState.CLOSED


def test_another_agency_coordinates_nothing_here(marac: Any, cast: Any) -> None:
    from dacase.agencies.choices import Role

    intruder = cast.housing_representative
    intruder.role = Role.MARAC_COORDINATOR  # for this test only: a coordinator of another agency
    with acting_as(intruder), pytest.raises(NotAllowed, match="Another agency"):
        close_meeting(marac.meeting, actor=intruder)
    with acting_as(cast.idva), pytest.raises(NotAllowed):
        close_meeting(marac.meeting, actor=cast.idva)


def test_who_sees_which_meetings(marac: Any, cast: Any) -> None:
    health = agency("Mental Health")
    own = {cast.marac_coordinator.agency_id, marac.police.pk, marac.housing.pk, marac.advocacy.pk}
    for membership in cast.all():
        expected = {marac.meeting} if membership.agency_id in own else set()
        with acting_as(membership):
            assert set(selectors.meetings(membership)) == expected, membership
            assert set(selectors.meetings(membership, state="closed")) == set()
    with acting_as(cast.marac_coordinator):
        from marac.services.hearing import change_invitations

        change_invitations(marac.hearings[1], invited=[marac.police, health], actor=cast.marac_coordinator)
    with acting_as(cast.mental_violet):  # not a core agency, invited to one hearing
        assert set(selectors.meetings(cast.mental_violet)) == {marac.meeting}


def test_counts_and_next_meetings_start_from_what_one_sees(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    later = make_meeting(
        coordinator, chair=cast.marac_chair, agencies=[marac.police], on=today() + timedelta(days=3)
    )
    for membership, count in (
        (coordinator, 2),
        (cast.marac_chair, 2),
        (cast.housing_representative, 1),
        (cast.idva, 0),
    ):
        with acting_as(membership):
            assert (
                selectors.hearing_counts([marac.meeting, later], membership).get(marac.meeting.pk, 0) == count
            )
            following = selectors.next_meeting_with_hearings(membership)
            assert (
                (following.pk, following.listed) == (marac.meeting.pk, count) if count else following is None
            )
    record(marac.hearings[0], coordinator)
    with acting_as(coordinator):
        earliest = selectors.earliest_open_meeting(coordinator)
        assert (earliest.pk, earliest.listed, earliest.heard) == (marac.meeting.pk, 1, 1)
        assert list(selectors.open_meetings(coordinator)) == [marac.meeting, later]
        assert selectors.next_open_meeting(coordinator) == marac.meeting
    with acting_as(cast.marac_chair):
        assert not selectors.open_meetings(cast.marac_chair).exists()


def test_who_records(marac: Any, cast: Any) -> None:
    may = {membership: selectors.may_record(marac.meeting, membership) for membership in cast.all()}
    assert {membership for membership, yes in may.items() if yes} == {
        cast.marac_coordinator, cast.marac_aster, cast.marac_chair,
    }  # fmt: skip
    coordinators = {m for m in cast.all() if selectors.is_coordinator(marac.meeting, m)}
    assert coordinators == {cast.marac_coordinator, cast.marac_aster}


def test_a_meeting_moved_to_a_day_that_is_taken_at_that_moment_is_refused(committed: Any) -> None:
    cast = Cast()
    coordinator = cast.marac_coordinator
    said = {"starts_at": time(10), "chair": cast.marac_chair, "agencies": [cast.idva.agency]}
    first, second = (today() + timedelta(days=days) for days in (10, 11))
    moved = by(coordinator, create_meeting, held_on=first, submission=uuid4(), **said)()
    came = while_it_is_open(
        by(coordinator, create_meeting, held_on=second, submission=uuid4(), **said),
        by(coordinator, change_meeting, moved, held_on=second, version=moved.version, **said),
    )
    assert isinstance(came, ValidationError), came
    assert set(came.message_dict) == {"held_on"}
