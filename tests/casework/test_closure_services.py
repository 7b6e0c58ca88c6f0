import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Membership
from dacase.audit.models import Event
from dacase.cases.models import Headline
from dacase.cases.services.exclusion import bar_from_case
from dacase.walls.context import acting_as
from referrals.casework.choices import EpisodeState
from referrals.casework.models import ContactAttempt, Cover, Episode, ExitOutcome, HandOver, PlanAction, Task
from referrals.casework.services import closure, cover, hand_over
from referrals.casework.services.episode import allocate_episode
from referrals.casework.services.task import finish_task
from tests.casework import plans, todo
from tests.casework.episodes import all_answers, begun, fresh, plan, tried
from tests.factories import make_case


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


@pytest.fixture
def episode(cast, case):
    return begun(case, cast.idva_manager, cast.idva)


def close(episode, actor, reason="needs_met", answers=None, version=1):
    with acting_as(actor):
        given = all_answers() if answers is None else answers
        return closure.close_episode(episode.pk, reason=reason, answers=given, version=version, actor=actor)


def test_planned_closure_keeps_outcomes_and_frees_the_worker(cast, case, episode):
    done = close(episode, cast.idva)
    assert done.state == EpisodeState.CLOSED
    with acting_as(cast.idva):
        assert ExitOutcome.objects.filter(episode=episode).count() == len(all_answers())
        assert Headline.objects.get(case=case).worker is None
        event = Event.objects.get(verb="episode_closed")
    assert event.data == {"reason": "needs_met", "kind": "idva", "route": ""}
    assert close(episode, cast.idva).pk == done.pk


def test_outcomes_are_asked_where_the_reason_needs_them(cast, episode):
    with pytest.raises(ValidationError) as missing:
        close(episode, cast.idva, answers={"abuse": "less"})
    assert set(missing.value.message_dict) == set(all_answers()) - {"abuse"}
    with pytest.raises(ValidationError, match="one of the answers"):
        close(episode, cast.idva, answers=all_answers() | {"abuse": "safe"})
    assert close(episode, cast.idva, "declined_at_start", {}).closed_at


@pytest.mark.parametrize("reason", ["", "stepped_down", "bored"])
def test_other_reasons_are_none(cast, episode, reason):
    with pytest.raises(ValidationError, match="Select a reason"):
        close(episode, cast.idva, reason)


def test_unsafe_to_contact_waits_for_a_manager_and_stays_with_its_worker(cast, case, episode):
    asked = close(episode, cast.idva, "unsafe_to_contact", {})
    assert asked.state == EpisodeState.SIGN_OFF
    assert fresh(episode, cast.idva).worker == cast.idva
    with acting_as(cast.idva), pytest.raises(NotAllowed):
        closure.sign_off_closure(episode.pk, version=2, actor=cast.idva)
    with acting_as(cast.idva_manager):
        closure.refuse_closure(episode.pk, version=2, actor=cast.idva_manager)
    back = fresh(episode, cast.idva)
    assert (back.closing_reason, back.state) == ("", EpisodeState.FIRST_CONTACT)
    assert back.next_contact_at <= timezone.now()
    close(episode, cast.idva, "unsafe_to_contact", {}, version=3)
    with acting_as(cast.idva_manager):
        done = closure.sign_off_closure(episode.pk, version=4, actor=cast.idva_manager)
        with pytest.raises(ValidationError, match="any more"):
            closure.sign_off_closure(episode.pk, version=5, actor=cast.idva_manager)
    assert (done.state, done.signed_off_by) == (EpisodeState.CLOSED, cast.idva_manager)


def test_a_managers_own_closure_needs_no_second(cast, episode):
    assert close(episode, cast.idva_manager, "died", {}).state == EpisodeState.CLOSED


def test_unable_to_contact_needs_its_tries(cast, case, episode):
    plan(case, cast.idva, safe_to_call=True)
    with pytest.raises(ValidationError, match="0 of 3 tries"):
        close(episode, cast.idva, "unable_to_contact", {})
    attempts = [tried(episode, cast.idva) for _ in range(3)]
    version = fresh(episode, cast.idva).version
    with pytest.raises(ValidationError, match="1 of 3 tries at different times"):
        close(episode, cast.idva, "unable_to_contact", {}, version)
    with acting_as(cast.idva):
        for days, attempt in enumerate(attempts):
            earlier = attempt.made_at - timedelta(days=days)
            ContactAttempt.objects.filter(pk=attempt.pk).update(made_at=earlier)
    assert close(episode, cast.idva, "unable_to_contact", {}, version).closing_asked_at


def test_stepping_closes_one_and_begins_the_next_in_one_act(cast, case, episode):
    def step(kind, **changes):
        values = {"kind": kind, "is_up": False, "worker": cast.idva, "answers": all_answers(), "version": 1}
        with acting_as(cast.idva_manager):
            return closure.step_episode(episode.pk, actor=cast.idva_manager, **values | changes)

    with pytest.raises(ValidationError, match="another service"):
        step("idva")
    with pytest.raises(ValidationError):
        step("outreach", answers={})
    assert fresh(episode, cast.idva).is_open
    following = step("outreach")
    assert (following.previous_id, following.kind, following.worker) == (episode.pk, "outreach", cast.idva)
    assert fresh(episode, cast.idva).closing_reason == "stepped_down"
    with acting_as(cast.idva):
        assert Headline.objects.get(case=case).worker == cast.idva


def stepped(episode, actor, worker):
    with acting_as(actor):
        return closure.step_episode(
            episode.pk,
            kind="outreach",
            is_up=False,
            worker=worker,
            answers=all_answers(),
            version=1,
            actor=actor,
        )


@pytest.mark.parametrize("is_named_at_once", [True, False])
def test_what_is_still_to_do_goes_along_with_a_step(cast, case, episode, hazel, is_named_at_once):
    plan = plans.planned(case, cast.idva)
    action = plans.added(plan, cast.idva, owner="worker", worker=cast.idva.pk)
    task, done = (todo.added(case, cast.idva, episode=episode.pk) for _ in range(2))
    alone = todo.added(case, cast.idva)
    with acting_as(cast.idva):
        finish_task(done.pk, actor=cast.idva)
    following = stepped(episode, cast.idva_manager, hazel if is_named_at_once else None)
    if not is_named_at_once:
        with acting_as(cast.idva_manager):
            assert Task.objects.get(pk=task.pk).worker == cast.idva
            allocate_episode(following.pk, worker=hazel, version=1, actor=cast.idva_manager)
    with acting_as(cast.idva):
        assert Task.objects.get(pk=task.pk).worker == PlanAction.objects.get(pk=action.pk).worker == hazel
        assert Task.objects.get(pk=task.pk).episode == following
        assert Task.objects.get(pk=done.pk).episode == episode
        assert Task.objects.get(pk=alone.pk).worker == cast.idva
        assert Event.objects.filter(verb="task_given").count() == 1


def test_reopening_names_a_worker_and_refuses_a_second_of_its_kind(cast, case, episode):
    close(episode, cast.idva)
    again = begun(case, cast.idva_manager, cast.idva)
    with acting_as(cast.idva_manager), pytest.raises(ValidationError, match="another episode"):
        closure.reopen_episode(episode.pk, worker=cast.idva, version=2, actor=cast.idva_manager)
    close(again, cast.idva)
    with acting_as(cast.idva_manager):
        opened = closure.reopen_episode(episode.pk, worker=cast.idva, version=2, actor=cast.idva_manager)
        with pytest.raises(ValidationError, match="is open"):
            closure.reopen_episode(episode.pk, worker=cast.idva, version=3, actor=cast.idva_manager)
    assert (opened.is_open, opened.closing_reason) == (True, "")


def test_another_agencys_episode_keeps_the_cases_lead(cast, case, episode):
    other = begun(case, cast.idva_manager, cast.idva_manager, kind="outreach")
    close(episode, cast.idva)
    with acting_as(cast.idva):
        assert Headline.objects.get(case=case).worker == other.worker


@pytest.fixture
def hazel(cast):
    found = Membership.objects.select_related("user", "agency", "team")
    return found.get(user__email="advocacy.hazel@example.org")


def offer(cast, to, *episodes, key=None):
    with acting_as(cast.idva):
        return hand_over.hand_over(
            [one.pk for one in episodes], to=to, submission=key or uuid.uuid4(), actor=cast.idva
        )


def test_handing_over_waits_for_a_name_and_loses_nothing_meanwhile(cast, episode, hazel):
    key = uuid.uuid4()
    offered = offer(cast, hazel, episode, key=key)
    assert offer(cast, hazel, episode, key=key).pk == offered.pk
    assert fresh(episode, cast.idva).worker == cast.idva
    with pytest.raises(ValidationError, match="waits for a colleague"):
        offer(cast, cast.idva_manager, episode)
    with acting_as(cast.idva_manager), pytest.raises(HandOver.DoesNotExist):
        hand_over.accept_hand_over(offered.pk, actor=cast.idva_manager)
    with acting_as(hazel):
        hand_over.accept_hand_over(offered.pk, actor=hazel)
        hand_over.accept_hand_over(offered.pk, actor=hazel)
        with pytest.raises(ValidationError, match="answered"):
            hand_over.decline_hand_over(offered.pk, actor=hazel)
    assert fresh(episode, cast.idva).worker == hazel


def test_declined_it_stays_where_it_was(cast, episode, hazel):
    offered = offer(cast, hazel, episode)
    with acting_as(hazel):
        hand_over.decline_hand_over(offered.pk, actor=hazel)
    now = fresh(episode, cast.idva)
    assert (now.worker, now.hand_over_id) == (cast.idva, None)


def test_the_giver_takes_back_what_nobody_has_answered(cast, episode, hazel):
    offered = offer(cast, hazel, episode)
    with acting_as(cast.idva_manager), pytest.raises(HandOver.DoesNotExist):
        hand_over.decline_hand_over(offered.pk, actor=cast.idva_manager)
    with acting_as(cast.idva), pytest.raises(HandOver.DoesNotExist):
        hand_over.accept_hand_over(offered.pk, actor=cast.idva)
    with acting_as(cast.idva):
        hand_over.decline_hand_over(offered.pk, actor=cast.idva)
    with acting_as(hazel), pytest.raises(ValidationError, match="answered"):
        hand_over.accept_hand_over(offered.pk, actor=hazel)
    assert fresh(episode, cast.idva).worker == cast.idva
    assert offer(cast, cast.idva_manager, episode).pk != offered.pk


def test_what_bars_the_receiver_by_now_can_be_offered_to_somebody_else(cast, case, episode, hazel):
    other = begun(make_case(cast.idva), cast.idva_manager, cast.idva)
    offered = offer(cast, hazel, episode, other)
    with acting_as(cast.idva_manager):
        bar_from_case(case, group=hazel.user.group, reason="x", actor=cast.idva_manager)
    with acting_as(hazel):
        hand_over.accept_hand_over(offered.pk, actor=hazel)
    assert fresh(other, cast.idva).worker == hazel
    assert fresh(episode, cast.idva).worker == cast.idva
    assert offer(cast, cast.idva_manager, episode).pk != offered.pk


def test_a_barred_colleague_is_not_handed_a_case_and_a_manager_may_overtake(cast, case, episode, hazel):
    from referrals.casework.services.episode import allocate_episode

    with acting_as(cast.idva_manager):
        bar_from_case(case, group=cast.barred_colleague.user.group, reason="x", actor=cast.idva_manager)
    with pytest.raises(ValidationError, match="cannot be given"):
        offer(cast, cast.barred_colleague, episode)
    for to, words in ((cast.idva, "a colleague"), (hazel, None)):
        if words:
            with pytest.raises(ValidationError, match=words):
                offer(cast, to, episode)
    offered = offer(cast, hazel, episode)
    with acting_as(cast.idva_manager):
        allocate_episode(episode.pk, worker=cast.idva_manager, version=2, actor=cast.idva_manager)
    with acting_as(hazel):
        hand_over.accept_hand_over(offered.pk, actor=hazel)
    assert fresh(episode, cast.idva).worker == cast.idva_manager
    with pytest.raises(ValidationError, match="at least one"):
        offer(cast, hazel, episode)


def test_cover_is_ones_own_or_a_managers_to_arrange(cast, hazel):
    today = timezone.localdate()
    days = {"from_on": today, "until_on": today + timedelta(days=5), "reason": "leave"}
    with acting_as(hazel), pytest.raises(NotAllowed):
        cover.set_cover(cast.idva, colleague=hazel, actor=hazel, **days)
    with acting_as(cast.idva):
        one, two = (cover.set_cover(cast.idva, colleague=hazel, actor=cast.idva, **days) for _ in "ab")
        assert one.pk == two.pk
        for changes, words in (
            ({"colleague": cast.idva}, "somebody else"),
            ({"until_on": today - timedelta(days=1)}, "before the first"),
            (
                {"from_on": today - timedelta(days=9), "until_on": today - timedelta(days=1)},
                "today or in the",
            ),
            ({"colleague": cast.social_worker}, "Select a colleague"),
        ):
            with pytest.raises(ValidationError, match=words):
                cover.set_cover(cast.idva, actor=cast.idva, **{"colleague": hazel} | days | changes)
    outsider = Membership.objects.get(user__email="advocacy.ivy@example.org")
    with acting_as(outsider), pytest.raises(NotAllowed):
        cover.end_cover(one.pk, actor=outsider)
    with acting_as(hazel):
        cover.end_cover(one.pk, actor=hazel)
        assert not Cover.objects.running().exists()
        assert Episode.objects.count() == 0
