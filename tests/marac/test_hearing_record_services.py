from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from marac.choices import ActionState, HearingState, MeetingState
from marac.models import ActionPoint, Hearing, Meeting
from marac.services.action_point import report_action_point
from marac.services.hearing_record import ActionDraft, record_hearing
from marac.services.meeting import change_meeting, close_meeting
from tests.marac.factories import points_of, record, today


def draft(owner: Any, **fields: Any) -> ActionDraft:
    return ActionDraft(**({"task": "Change the locks", "owner": owner, "due_on": today()} | fields))


def save(marac: Any, actor: Any, *, number: int = 0, **fields: Any) -> Hearing:
    values = {"outcome": "Agreed.", "actions": [], "version": 1, "submission": uuid4()} | fields
    with acting_as(actor):
        return record_hearing(marac.hearings[number], actor=actor, **values)


@pytest.mark.parametrize("key", ["marac_coordinator", "marac_chair"])
def test_coordinator_and_chair_record_outcome_and_action_points(marac: Any, cast: Any, key: str) -> None:
    actor = getattr(cast, key)
    hearing = save(marac, actor, actions=[draft(marac.police), draft(marac.housing, task="Find a home")])
    assert (hearing.state, hearing.heard_on, hearing.outcome, hearing.version) == (
        HearingState.HEARD, today(), "Agreed.", 2,
    )  # fmt: skip
    points = points_of(hearing, actor)
    assert {
        (point.task, point.owner_agency_id, point.case_reference, point.heard_on) for point in points
    } == {
        ("Change the locks", marac.police.pk, marac.cases[0].reference, today()),
        ("Find a home", marac.housing.pk, marac.cases[0].reference, today()),
    }
    assert Meeting.objects.get(pk=marac.meeting.pk).state == MeetingState.HELD
    with acting_as(cast.idva):  # who holds the case reads when it was heard, and not what was said
        event = Event.objects.get(verb="hearing_recorded")
        assert event.data["heard_on"] == today().isoformat()
        assert "Agreed." not in str(list(Event.objects.values()))


def test_the_same_form_twice_records_once(marac: Any, cast: Any) -> None:
    number = uuid4()
    for _ in range(2):
        hearing = save(marac, cast.marac_coordinator, submission=number, actions=[draft(marac.police)])
    assert hearing.version == 2
    assert len(points_of(hearing, cast.marac_coordinator)) == 1


def test_the_second_of_two_people_sees_what_the_first_recorded(marac: Any, cast: Any) -> None:
    save(marac, cast.marac_chair, outcome="The chair’s words.")
    with pytest.raises(StaleVersion) as stale:
        save(marac, cast.marac_coordinator, outcome="The coordinator’s words.")
    assert (stale.value.saved_by, stale.value.current, stale.value.version) == (
        "Chaz Invented", {"outcome": "The chair’s words."}, 2,
    )  # fmt: skip


def test_open_action_points_change_and_are_taken_off_again(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    hearing = record(marac.hearings[0], coordinator, marac.police, marac.housing, coordinator.agency)
    kept, moved, gone = points_of(hearing, coordinator)
    later = today() + timedelta(days=30)
    save(
        marac, coordinator, version=2,
        actions=[
            draft(marac.police, task=kept.task, due_on=kept.due_on, action_point=kept.pk),
            draft(marac.police, task="Another", due_on=later, action_point=moved.pk),
            draft(coordinator.agency, task=gone.task, due_on=gone.due_on, action_point=gone.pk, is_taken_off=True),
        ],
    )  # fmt: skip
    after = {point.pk: point for point in points_of(hearing, coordinator)}
    assert after[kept.pk].version == 1
    assert (after[moved.pk].task, after[moved.pk].owner_agency_id, after[moved.pk].due_on) == (
        "Another",
        marac.police.pk,
        later,
    )
    assert after[gone.pk].state == ActionState.CANCELLED


def test_what_an_agency_has_reported_on_stays_as_it_is(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    hearing = record(marac.hearings[0], coordinator, marac.housing)
    (point,) = points_of(hearing, coordinator)
    with acting_as(cast.housing_representative):
        report_action_point(point, state="done", outcome="Done", version=1, actor=cast.housing_representative)
    save(marac, coordinator, version=2, actions=[draft(marac.police, task="Changed", action_point=point.pk)])
    (after,) = points_of(hearing, coordinator)
    assert (after.task, after.state) == (point.task, ActionState.DONE)


def test_owners_are_invited_and_days_are_not_before_the_meeting(marac: Any, cast: Any) -> None:
    with pytest.raises(ValidationError, match="invited"):
        save(marac, cast.marac_coordinator, actions=[draft(marac.advocacy)])
    with pytest.raises(ValidationError, match="before the meeting"):
        save(marac, cast.marac_coordinator, actions=[draft(marac.police, due_on=today() - timedelta(days=1))])
    with acting_as(cast.marac_coordinator):
        assert Hearing.objects.get(pk=marac.hearings[0].pk).version == 1
        assert not ActionPoint.objects.exists()


def test_nothing_is_recorded_before_the_day_or_after_the_close(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    with acting_as(coordinator):
        values = {"starts_at": marac.meeting.starts_at, "chair": cast.marac_chair, "agencies": [marac.police]}
        tomorrow = today() + timedelta(days=1)
        meeting = change_meeting(marac.meeting, held_on=tomorrow, version=1, actor=coordinator, **values)
    with pytest.raises(ValidationError, match="on that day or later"):
        save(marac, coordinator)
    with acting_as(coordinator):
        change_meeting(meeting, held_on=today(), version=2, actor=coordinator, **values)
    for number in (0, 1):
        save(marac, coordinator, number=number)
    with acting_as(coordinator):
        close_meeting(marac.meeting, actor=coordinator)
    with pytest.raises(ValidationError, match="closed"):
        save(marac, coordinator, version=3)


def test_others_record_nothing(marac: Any, cast: Any) -> None:
    from dacase.agencies.choices import Role

    for actor in (cast.idva, cast.housing_representative, cast.commissioner):
        with pytest.raises(NotAllowed):
            save(marac, actor)
    cast.police_elm.role = Role.MARAC_CHAIR  # for this test only: a chair, and not of this meeting
    with pytest.raises(NotAllowed, match="chairs this meeting"):
        save(marac, cast.police_elm)
    cast.outsider.role = Role.MARAC_CHAIR
    with pytest.raises(Hearing.DoesNotExist):
        save(marac, cast.outsider)
