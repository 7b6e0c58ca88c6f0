"""Work whose worker is barred from the case, or has left: whoever bars her is told, and the managers say who does it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Exclusion
from dacase.cases.panels import case_panels, next_actions
from dacase.cases.services.exclusion import bar_from_case, lift_exclusion
from dacase.walls.context import acting_as
from referrals.casework.day import Day, asked_by
from referrals.casework.models import Episode, PlanAction, Task
from referrals.casework.selectors.nobody import cannot_work, left_behind
from referrals.casework.services.episode import allocate_episode
from tests.casework import plans, todo
from tests.casework.episodes import begun
from tests.factories import share

pytestmark = pytest.mark.django_db


@pytest.fixture
def work(cast, case, hazel):
    """Hazel’s support, a task and an action of the plan; Ida has as much, which stays hers."""
    plan, made = plans.planned(case, cast.idva), []
    for worker, kind in ((hazel, "idva"), (cast.idva, "outreach")):
        episode = begun(case, cast.idva_manager, worker, kind=kind)
        task = todo.added(case, cast.idva, worker)
        made.append((episode, task, plans.added(plan, cast.idva, owner="worker", worker=worker.pk)))
    return made[0]


def bar(case, group, actor):
    with acting_as(actor):
        return bar_from_case(case, group=group, reason="Knows her brother", actor=actor)


def asked_of(case, reader):
    """The addresses of what the case page asks of a reader, with its words."""
    with acting_as(reader):
        panels, _ = case_panels(case, reader)
        return {action.url: action.text for action in next_actions(panels)}


def addresses(work):
    episode, task, action = work
    return {
        reverse("casework:episode_allocate", args=[episode.pk]),
        reverse("casework:task_give", args=[task.pk]),
        reverse("casework:plan_action_change", args=[action.pk]),
    }


def held_by_nobody(actor):
    with acting_as(actor):
        return [
            set(model.objects.own_of(actor).filter(cannot_work("worker", where)).values_list("pk", flat=True))
            for model, where in ((Episode, "case"), (Task, "case"), (PlanAction, "plan__case"))
        ]


def by_person(case, cast, hazel):
    bar(case, hazel.user.group, cast.idva_manager)


def by_other_agency(case, cast, hazel):
    bar(case, hazel.user.group, cast.social_worker)


def ended(case, cast, hazel):
    Membership.objects.filter(pk=hazel.pk).update(ended_at=timezone.now())


def ran_out(case, cast, hazel):
    Membership.objects.filter(pk=hazel.pk).update(ends_on=timezone.localdate() - timedelta(days=1))


def signs_in_no_more(case, cast, hazel):
    hazel.user.is_active = False
    hazel.user.save()


@pytest.mark.parametrize("why", [by_person, by_other_agency, ended, ran_out, signs_in_no_more])
def test_the_managers_case_page_asks_who_does_it_and_no_longer_once_she_has_said(
    cast, case, hazel, work, why
):
    assert not addresses(work) & set(asked_of(case, cast.idva_manager))
    assert held_by_nobody(cast.idva_manager) == [set(), set(), set()]
    why(case, cast, hazel)
    assert held_by_nobody(cast.idva_manager) == [{one.pk} for one in work]
    asked = asked_of(case, cast.idva_manager)
    assert addresses(work) <= set(asked)
    assert all("cannot" in asked[address] for address in addresses(work))
    episode, _, action = work
    with acting_as(cast.idva_manager):
        day = Day(cast.idva_manager, None)
        asks = asked_by(day)
        assert episode in asks["managers"]
        assert action in asks["plan_actions"]
    with acting_as(cast.idva):
        assert action not in asked_by(Day(cast.idva, None))["plan_actions"]
    assert not addresses(work) & set(asked_of(case, cast.idva)), "a worker gives away what is hers alone"
    assert not addresses(work) & set(asked_of(case, cast.social_worker))
    with acting_as(cast.idva_manager):
        allocate_episode(work[0].pk, worker=cast.idva, version=1, actor=cast.idva_manager)
    assert held_by_nobody(cast.idva_manager)[0] == set()
    assert reverse("casework:episode_allocate", args=[work[0].pk]) not in asked_of(case, cast.idva_manager)


def test_a_team_that_is_barred_leaves_its_work_and_gets_it_back_with_the_bar_lifted(cast, case, hazel, work):
    team = cast.barred_colleague.team
    Membership.objects.filter(pk=hazel.pk).update(team=team)
    barred = bar(case, team.group, cast.social_worker)
    assert held_by_nobody(cast.idva_manager) == [{one.pk} for one in work]
    with acting_as(cast.social_worker):
        lift_exclusion(barred, actor=cast.social_worker)
    assert held_by_nobody(cast.idva_manager) == [set(), set(), set()]


def said(case, group, reader):
    with acting_as(reader):
        return left_behind(case, group, reader)


def test_whoever_bars_somebody_is_told_what_is_left_in_as_much_as_she_may_know(cast, case, hazel, work):
    own = "Nobody can do this any more: 1 support, 1 task, 1 action of the plan. Say who does."
    theirs = f"Nobody works on the support by {cast.idva.agency.name} any more. Tell its managers."
    whole = (
        f"{cast.idva.agency.name} still supports somebody in this case, and none of its workers can see it."
    )
    assert said(case, hazel.user.group, cast.idva_manager) == [own]
    assert said(case, hazel.user.group, cast.social_worker) == [theirs]
    assert said(case, cast.idva.agency.group, cast.social_worker) == [whole]
    assert said(case, cast.barred_colleague.user.group, cast.idva_manager) == []
    assert said(case, cast.outsider.agency.group, cast.social_worker) == []
    assert said(case, hazel.user.group, cast.outsider) == []
    todo.added(case, cast.idva, hazel)
    assert "2 tasks" in said(case, hazel.user.group, cast.idva_manager)[0]


def test_the_pages_say_it_and_show_who_cannot_work_any_more(cast, case, hazel, work, sign_in):
    client = sign_in(cast.idva_manager)
    sent = {"kind": "person", "person": hazel.user.group_id, "reason": "Knows her brother", "sure": "on"}
    page = client.post(reverse("cases:exclusion_create", args=[case.pk]), sent, follow=True).content.decode()
    assert "1 support, 1 task, 1 action of the plan" in page
    with acting_as(cast.idva_manager):
        assert Exclusion.objects.count() == 1
    episode, task, _ = work
    for address in (
        reverse("casework:episode", args=[episode.pk]),
        reverse("casework:tasks", args=[case.pk]),
        reverse("cases:detail", args=[case.pk]),
    ):
        assert "Cannot work on it any more" in client.get(address).content.decode(), address
    assert (
        "Say who works on this" in client.get(reverse("casework:episode", args=[episode.pk])).content.decode()
    )
    assert str(task.pk) in client.get(reverse("casework:team")).content.decode()


def test_who_bars_her_own_agency_loses_the_case_and_is_told_what_it_leaves(cast, case, hazel, work, sign_in):
    share(case, cast.front_door_worker.agency, actor=cast.idva)
    client = sign_in(cast.idva_manager)
    sent = {"kind": "agency", "agency": cast.idva.agency_id, "reason": "He works there", "sure": "on"}
    sent["agency"] = cast.idva.agency.group_id
    page = client.post(reverse("cases:exclusion_create", args=[case.pk]), sent, follow=True).content.decode()
    assert "still supports somebody in this case, and none of its workers can see it" in page
    assert client.get(reverse("cases:detail", args=[case.pk])).status_code == 404
