"""Tasks: an agency's own, held by one worker who may open the case, ended and put back, never lost."""

import uuid
from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Membership
from dacase.audit.models import Event
from dacase.cases.models import Case
from dacase.cases.services.exclusion import bar_from_case
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.models import Task
from referrals.casework.rules.task import usual_reminder
from referrals.casework.selectors.task import open_tasks, tasks_due, tasks_nobody_holds
from referrals.casework.services import task as services
from referrals.casework.services.episode import allocate_episode
from tests.casework.episodes import begun
from tests.casework.todo import added, what
from tests.factories import make_case, share

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def act(service, task, actor, **changes):
    with acting_as(actor):
        return service(task.pk, actor=actor, **changes)


def fresh(task, actor):
    with acting_as(actor):
        return Task.objects.get(pk=task.pk)


@pytest.mark.parametrize(
    ("days", "reminder"), [(0, None), (1, 1), (2, 1), (9, 8)], ids=["today", "tomorrow", "after", "later"]
)
def test_it_reminds_the_day_before_where_that_is_still_to_come(days, reminder):
    today = date(2026, 3, 2)
    found = usual_reminder(today + timedelta(days=days), today=today)
    assert found == (today + timedelta(days=reminder) if reminder is not None else None)


def test_a_task_is_its_agencys_alone(cast, case):
    task = added(case, cast.idva)
    assert task.remind_on == task.due_on - timedelta(days=1)
    for member in (cast.social_worker, cast.outsider):
        with acting_as(member):
            assert not Task.objects.exists()
            assert not list(open_tasks(case, member))
        with pytest.raises(Task.DoesNotExist):
            act(services.finish_task, task, member)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "  "}, "title"),
        ({"due_on": TODAY - timedelta(days=1)}, "due_on"),
        ({"due_on": TODAY, "remind_on": TODAY + timedelta(days=1)}, "remind_on"),
    ],
)
def test_what_makes_no_task_is_refused_at_its_field(cast, case, changes, field):
    with pytest.raises(ValidationError) as refused:
        added(case, cast.idva, **changes)
    assert list(refused.value.error_dict) == [field]


def test_nobody_is_given_what_she_may_not_open(cast, case):
    with acting_as(cast.idva_manager):
        bar_from_case(
            case, group=cast.barred_colleague.user.group, reason="Invented", actor=cast.idva_manager
        )
    for somebody in (cast.barred_colleague, cast.social_worker, cast.outsider):
        with pytest.raises(ValidationError) as refused:
            added(case, cast.idva, somebody)
        assert list(refused.value.error_dict) == ["worker"]
    task = added(case, cast.idva)
    with pytest.raises(ValidationError):
        act(services.give_task, task, cast.idva, worker=cast.barred_colleague, version=1)


def test_pressed_twice_it_is_one(cast, case):
    submission = uuid.uuid4()
    assert added(case, cast.idva, submission=submission) == added(case, cast.idva, submission=submission)
    task = added(case, cast.idva)
    for service in (
        services.finish_task,
        services.finish_task,
        services.put_back_task,
        services.put_back_task,
    ):
        act(service, task, cast.idva)
    with acting_as(cast.idva):
        verbs = list(Event.objects.filter(subject_id=task.pk).order_by("at").values_list("verb", flat=True))
    assert verbs == ["task_added", "task_done", "task_put_back"]
    assert fresh(task, cast.idva).version == 3


def test_what_ended_is_not_ended_otherwise_until_it_is_put_back(cast, case):
    task = added(case, cast.idva)
    with pytest.raises(ValidationError):
        act(services.drop_task, task, cast.idva, reason=" ")
    act(services.drop_task, task, cast.idva, reason="Not wanted any more")
    for service, changes in (
        (services.finish_task, {}),
        (services.change_task, {"what": what(), "version": 2}),
        (services.give_task, {"worker": cast.idva_manager, "version": 2}),
    ):
        with pytest.raises(ValidationError):
            act(service, task, cast.idva, **changes)
    act(services.put_back_task, task, cast.idva_manager)
    back = fresh(task, cast.idva)
    assert (back.state, back.why_dropped, back.ended_at, back.ended_by) == ("open", "", None, None)


def test_its_worker_or_a_manager_gives_it_away_and_nobody_else(cast, case, hazel):
    task = added(case, cast.idva)
    with pytest.raises(NotAllowed):
        act(services.give_task, task, hazel, worker=hazel, version=1)
    act(services.give_task, task, cast.idva, worker=hazel, version=1)
    act(services.give_task, task, cast.idva_manager, worker=cast.idva_manager, version=2)
    assert fresh(task, cast.idva).worker == cast.idva_manager


def test_a_colleague_who_changed_it_meanwhile_is_not_written_over(cast, case, hazel):
    task = added(case, cast.idva)
    act(services.change_task, task, hazel, what=what(title="Theirs", due_time=time(9)), version=1)
    with pytest.raises(StaleVersion) as stale:
        act(services.change_task, task, cast.idva, what=what(title="Mine"), version=1)
    assert stale.value.current["title"] == "Theirs"
    with pytest.raises(StaleVersion):
        act(services.give_task, task, cast.idva_manager, worker=hazel, version=1)


def test_who_may_not_adds_none(cast, case):
    with pytest.raises(Case.DoesNotExist):
        added(case, cast.outsider)
    share(case, cast.marac_coordinator.agency, actor=cast.idva, purpose="marac")
    with pytest.raises(NotAllowed):
        added(case, cast.marac_coordinator)


def test_an_episode_of_another_case_or_agency_is_not_linked(cast, case):
    elsewhere = begun(make_case(cast.idva), cast.idva_manager, cast.idva)
    with pytest.raises(ValidationError) as refused:
        added(case, cast.idva, episode=elsewhere.pk)
    assert list(refused.value.error_dict) == ["episode"]


def test_it_goes_with_its_support_to_the_next_worker(cast, case, hazel):
    episode = begun(case, cast.idva_manager, cast.idva)
    with_it, apart = added(case, cast.idva, episode=episode.pk), added(case, cast.idva)
    done = added(case, cast.idva, episode=episode.pk)
    act(services.finish_task, done, cast.idva)
    with acting_as(cast.idva_manager):
        allocate_episode(episode.pk, worker=hazel, version=episode.version, actor=cast.idva_manager)
    assert fresh(with_it, cast.idva).worker == hazel
    assert {fresh(one, cast.idva).worker for one in (apart, done)} == {cast.idva}


def test_what_is_due_stands_by_its_hour_and_for_whom_one_covers(cast, case, hazel):
    late = added(case, cast.idva, due_on=TODAY, due_time=time(16))
    soon = added(case, cast.idva, due_on=TODAY, due_time=time(9))
    whenever = added(case, cast.idva, due_on=TODAY)
    added(case, cast.idva, due_on=TODAY + timedelta(days=1))
    added(case, hazel, due_on=TODAY)
    with acting_as(cast.idva):
        assert list(tasks_due(cast.idva, [cast.idva.pk], TODAY)) == [soon, late, whenever]
        assert len(tasks_due(cast.idva, [cast.idva.pk, hazel.pk], TODAY)) == 4


def test_what_nobody_holds_comes_to_the_managers(cast, case, hazel):
    left, barred, held = added(case, hazel), added(case, cast.barred_colleague), added(case, cast.idva)
    ended = added(case, hazel)
    act(services.finish_task, ended, hazel)
    with acting_as(cast.idva_manager):
        assert not tasks_nobody_holds(cast.idva_manager)
        Membership.objects.filter(pk=hazel.pk).update(ended_at=timezone.now())
        bar_from_case(
            case, group=cast.barred_colleague.user.group, reason="Invented", actor=cast.idva_manager
        )
        found = set(tasks_nobody_holds(cast.idva_manager))
    assert found == {left, barred}
    assert held not in found
    act(services.give_task, left, cast.idva_manager, worker=cast.idva, version=1)
    with acting_as(cast.idva_manager):
        assert set(tasks_nobody_holds(cast.idva_manager)) == {barred}
