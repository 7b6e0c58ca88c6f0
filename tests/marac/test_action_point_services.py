from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from marac.choices import ActionState
from marac.models import ActionPoint
from marac.selectors import action_point as selectors
from marac.services.action_point import reopen_action_point, report_action_point
from marac.services.meeting import close_meeting
from tests.marac.factories import points_of, record, today


@pytest.fixture
def points(marac: Any, cast: Any) -> dict[Any, ActionPoint]:
    """The action points of the first hearing by their owner: police and housing."""
    hearing = record(marac.hearings[0], cast.marac_coordinator, marac.police, marac.housing)
    record(marac.hearings[1], cast.marac_coordinator)
    return {point.owner_agency_id: point for point in points_of(hearing, cast.marac_coordinator)}


def report(point: ActionPoint, actor: Any, **fields: Any) -> ActionPoint:
    values = {"state": "done", "outcome": "Fitted on Monday", "version": 1} | fields
    with acting_as(actor):
        return report_action_point(point, actor=actor, **values)


def test_the_owner_reports_and_the_coordinator_opens_again(marac: Any, points: Any, cast: Any) -> None:
    point, owner, coordinator = points[marac.housing.pk], cast.housing_representative, cast.marac_coordinator
    done = report(point, owner)
    assert (done.state, done.completed_by, done.version) == (ActionState.DONE, owner, 2)
    assert report(point, owner).version == 2  # a double click
    with acting_as(coordinator):
        opened = reopen_action_point(point, actor=coordinator)
        assert (opened.state, opened.outcome, opened.completed_by, opened.version) == (
            ActionState.OPEN,
            "",
            None,
            3,
        )
        assert reopen_action_point(point, actor=coordinator).version == 3
        verbs = set(Event.objects.filter(subject_id=point.pk).values_list("verb", flat=True))
        assert verbs == {"action_point_set", "action_point_done", "action_point_reopened"}
    assert (
        report(point, owner, state="not_possible", outcome="No landlord", version=3).state
        == ActionState.NOT_POSSIBLE
    )


def test_an_action_point_outlives_its_hearing_for_its_owner(marac: Any, points: Any, cast: Any) -> None:
    with acting_as(cast.marac_coordinator):
        close_meeting(marac.meeting, actor=cast.marac_coordinator)
    owner = cast.housing_representative
    with acting_as(owner):
        assert set(ActionPoint.objects.all()) == {points[marac.housing.pk]}
        assert set(selectors.own_open(owner)) == {points[marac.housing.pk]}
    assert report(points[marac.housing.pk], owner).state == ActionState.DONE


def test_what_a_report_needs(marac: Any, points: Any, cast: Any) -> None:
    point, owner = points[marac.housing.pk], cast.housing_representative
    with pytest.raises(ValidationError) as refusal:
        report(point, owner, state="not_possible", outcome="  ")
    assert set(refusal.value.message_dict) == {"outcome"}
    with pytest.raises(ValidationError) as refusal:
        report(point, owner, state="cancelled")
    assert set(refusal.value.message_dict) == {"state"}
    report(point, owner)
    with pytest.raises(StaleVersion) as stale:
        report(point, owner, state="not_possible", outcome="Other words")
    assert (stale.value.saved_by, stale.value.current["state"]) == ("Hollis Supposed", "done")
    with pytest.raises(ValidationError, match="not open"):
        report(point, owner, state="not_possible", outcome="Other words", version=2)


def test_others_report_and_open_nothing(marac: Any, points: Any, cast: Any) -> None:
    point = points[marac.housing.pk]
    with pytest.raises(NotAllowed, match="Another agency"):
        report(point, cast.marac_chair)
    for actor in (cast.commissioner, cast.front_door_worker):
        with pytest.raises(NotAllowed):
            report(point, actor)
    with pytest.raises(ActionPoint.DoesNotExist):
        report(point, cast.outsider)
    report(point, cast.housing_representative)
    with acting_as(cast.housing_representative), pytest.raises(NotAllowed):
        reopen_action_point(point, actor=cast.housing_representative)
    from dacase.agencies.choices import Role

    cast.housing_representative.role = Role.MARAC_COORDINATOR  # for this test only: of another MARAC
    with (
        acting_as(cast.housing_representative),
        pytest.raises(NotAllowed, match="coordinator of the meeting"),
    ):
        reopen_action_point(point, actor=cast.housing_representative)


def test_what_the_meeting_took_off_is_not_opened_again(marac: Any, points: Any, cast: Any) -> None:
    point = points[marac.police.pk]
    with acting_as(cast.marac_coordinator):
        ActionPoint.objects.filter(pk=point.pk).update(state=ActionState.CANCELLED)
        with pytest.raises(ValidationError, match="took this action point off"):
            reopen_action_point(point, actor=cast.marac_coordinator)
        assert point not in selectors.action_points(cast.marac_coordinator, state="all", whose="all")


def test_lists_by_state_and_owner(marac: Any, points: Any, cast: Any) -> None:
    police, housing = points[marac.police.pk], points[marac.housing.pk]
    coordinator, owner = cast.marac_coordinator, cast.housing_representative
    late = today() + timedelta(days=8)
    with acting_as(coordinator):
        assert set(selectors.action_points(coordinator)) == set()
        assert set(selectors.action_points(coordinator, whose="all")) == {police, housing}
        assert set(selectors.action_points(coordinator, whose="all", state="overdue", today=late)) == {
            police,
            housing,
        }
        assert set(selectors.action_points(coordinator, whose="all", state="overdue")) == set()
    report(housing, owner)
    with acting_as(owner):
        assert set(selectors.action_points(owner)) == set()
        assert set(selectors.action_points(owner, state="done")) == {housing}
        assert set(selectors.action_points(owner, state="all", whose="all")) == {housing, police}
        assert set(selectors.visible_action_points(owner)) == {housing, police}
        assert selectors.is_owner(housing, owner)
        assert not selectors.is_owner(police, owner)
    assert selectors.is_late(police, today=late)
    assert not selectors.is_late(police, today=today())
