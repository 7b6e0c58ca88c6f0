"""Safety and support plans: the agency's own until it shares them, every change kept, nothing written over unseen."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from dacase.agencies.access import NotAllowed
from dacase.agencies.roles import verbs
from dacase.audit.models import Event
from dacase.cases.models import Case
from dacase.cases.services.exclusion import bar_from_case
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.models import Plan, PlanAction
from referrals.casework.rules.plan import heading_title, headings
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.plan import actions_of, plans_of
from referrals.casework.services import plan as services
from referrals.casework.services import plan_action as actions
from referrals.casework.services.episode import allocate_episode
from tests.casework.episodes import begun
from tests.casework.plans import added, in_days, planned, step
from tests.factories import share

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(cast, case):
    return planned(case, cast.idva)


def act(service, row, actor, **changes):
    with acting_as(actor):
        return service(row.pk, actor=actor, **changes)


def read_by(case, actor):
    with acting_as(actor):
        return {one.wishes for one in plans_of(case, actor)}, {one.text for one in actions_of(case, actor)}


def test_every_heading_has_its_words_and_a_name_on_paper_that_tells_less():
    assert len(headings()) == len(rows("plan_headings")) == 12
    for heading in headings().values():
        assert heading.title
        assert heading.on_paper
        assert heading.others_need in ("", *verbs())
        assert not {"safety", "legal", "criminal", "substance", "immigration"} & set(
            heading.on_paper.lower().split()
        )
    assert heading_title("taken_out_since") == "taken_out_since"


def test_a_plan_is_its_agencys_until_it_is_shared_with_a_reason(cast, case, plan):
    added(plan, cast.idva)
    whole = ({"To sleep at night."}, {"Open an account of her own"})
    assert read_by(case, cast.idva_manager) == whole
    assert read_by(case, cast.social_worker) == (set(), set())
    with pytest.raises(ValidationError):
        act(services.share_plan, plan, cast.idva, reason=" ")
    act(services.share_plan, plan, cast.idva, reason="They plan together")
    act(services.share_plan, plan, cast.idva, reason="Twice is once")
    assert read_by(case, cast.social_worker) == whole
    assert read_by(case, cast.outsider) == (set(), set())
    act(services.unshare_plan, plan, cast.idva)
    assert read_by(case, cast.social_worker) == (set(), set())
    with acting_as(cast.idva):
        assert Event.objects.filter(verb="plan_shared").count() == 1


def test_what_is_planned_about_immigration_is_shared_with_those_alone_who_may_see_the_status(
    cast, case, plan
):
    added(plan, cast.idva, heading="immigration", text="Ask for the concession")
    act(services.share_plan, plan, cast.idva, reason="They plan together")
    share(case, cast.refuge_worker.agency, actor=cast.idva)
    assert read_by(case, cast.social_worker)[1] == {"Ask for the concession"}
    assert read_by(case, cast.refuge_worker) == ({"To sleep at night."}, set())
    added(planned(case, cast.refuge_worker), cast.refuge_worker, heading="immigration", text="Own words")
    assert read_by(case, cast.refuge_worker)[1] == {"Own words"}


def test_who_reads_a_shared_plan_cannot_change_it_nor_see_its_versions(cast, case, plan):
    action = added(plan, cast.idva)
    act(services.share_plan, plan, cast.idva, reason="They plan together")
    other = cast.social_worker
    with pytest.raises(Plan.DoesNotExist):
        act(services.change_plan, plan, other, wishes="x", review_on=in_days(1), version=2)
    with pytest.raises(Plan.DoesNotExist):
        act(actions.add_action, plan, other, step=step(), submission=uuid.uuid4())
    for service, changes in (
        (actions.change_action, {"step": step(text="x"), "version": 1}),
        (actions.settle_action, {"state": "done", "version": 1}),
        (actions.put_back_action, {}),
    ):
        with pytest.raises(PlanAction.DoesNotExist):
            act(service, action, other, **changes)
    with acting_as(other):
        assert not Plan.history.exists()
        assert not PlanAction.history.exists()
        assert PlanAction.objects.filter(pk=action.pk).update(text="x") == 0
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            PlanAction.objects.create(
                plan=plan, heading="money", need="x", text="x", owner="victim", due_on=in_days(1), written_by=other
            )  # fmt: skip


def test_an_agency_has_one_plan_in_a_case_and_each_its_own(cast, case, plan):
    with acting_as(cast.idva):
        again = services.write_plan(
            case.pk, review_on=in_days(1), submission=plan.submission, actor=cast.idva
        )
    assert again == plan
    with pytest.raises(ValidationError, match="has a plan in this case already"):
        planned(case, cast.idva_manager)
    assert planned(case, cast.social_worker) != plan


def test_who_may_not_write_and_what_is_no_plan_are_refused(cast, case):
    with pytest.raises(ValidationError) as refused:
        planned(case, cast.idva, review_on=in_days(-1))
    assert set(refused.value.message_dict) == {"review_on"}
    with pytest.raises(Case.DoesNotExist):
        planned(case, cast.outsider)
    share(case, cast.front_door_worker.agency, actor=cast.idva)
    with pytest.raises(NotAllowed):
        planned(case, cast.front_door_worker)


def test_a_plan_that_a_colleague_changed_meanwhile_is_not_written_over(cast, plan):
    act(services.change_plan, plan, cast.idva_manager, wishes="Theirs.", review_on=in_days(5), version=1)
    with pytest.raises(StaleVersion) as stale:
        act(services.change_plan, plan, cast.idva, wishes="Mine.", review_on=in_days(5), version=1)
    assert stale.value.current == {"wishes": "Theirs.", "review_on": in_days(5)}
    with acting_as(cast.idva):
        assert "To sleep at night." in Plan.history.values_list("wishes", flat=True)


def test_a_review_day_that_has_passed_stays_but_none_is_set(cast, plan):
    with acting_as(cast.idva):
        Plan.objects.update(review_on=in_days(-3))
    act(services.change_plan, plan, cast.idva, wishes="Late.", review_on=in_days(-3), version=1)
    with pytest.raises(ValidationError):
        act(services.change_plan, plan, cast.idva, wishes="Late.", review_on=in_days(-2), version=2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"heading": "no_such"}, "heading"),
        ({"need": " "}, "need"),
        ({"text": " "}, "text"),
        ({"due_on": in_days(-1)}, "due_on"),
        ({"owner": "worker"}, "worker"),
        ({"owner": "worker", "worker": uuid.uuid4()}, "worker"),
        ({"owner": "other", "other_agency": " "}, "other_agency"),
    ],
)
def test_an_action_says_what_who_and_by_when(cast, plan, changes, field):
    with pytest.raises(ValidationError) as refused:
        added(plan, cast.idva, **changes)
    assert set(refused.value.message_dict) == {field}


def test_an_action_is_given_to_a_colleague_whom_the_case_does_not_bar(cast, case, plan):
    assert (
        added(plan, cast.idva, owner="worker", worker=cast.idva_manager.pk).who == cast.idva_manager.user.name
    )
    assert added(plan, cast.idva, owner="other", other_agency="Invented bank").who == "Invented bank"
    with acting_as(cast.idva_manager):
        bar_from_case(
            case, group=cast.barred_colleague.user.group, reason="Knows him", actor=cast.idva_manager
        )
    for stranger in (cast.barred_colleague, cast.social_worker):
        with pytest.raises(ValidationError):
            added(plan, cast.idva, owner="worker", worker=stranger.pk)


def test_the_same_submission_is_one_action(cast, plan):
    submission = uuid.uuid4()
    for _ in range(2):
        act(actions.add_action, plan, cast.idva, step=step(), submission=submission)
    with acting_as(cast.idva):
        assert PlanAction.objects.count() == 1


def test_an_action_is_changed_with_its_former_words_kept(cast, plan):
    action = added(plan, cast.idva, overdue=2)
    late = {"due_on": in_days(-2)}
    changed = act(
        actions.change_action, action, cast.idva, step=step(text="Ask the bank for paper", **late), version=1
    )
    assert (changed.text, changed.version) == ("Ask the bank for paper", 2)
    with pytest.raises(StaleVersion) as stale:
        act(actions.change_action, action, cast.idva_manager, step=step(text="Mine", **late), version=1)
    assert stale.value.current["text"] == "Ask the bank for paper"
    with acting_as(cast.idva):
        assert "Open an account of her own" in PlanAction.history.values_list("text", flat=True)


def test_an_action_is_settled_once_and_put_back(cast, plan):
    action = added(plan, cast.idva)
    for state in ("not_needed", "not_possible"):
        with pytest.raises(ValidationError) as refused:
            act(actions.settle_action, action, cast.idva, state=state, reason=" ", version=1)
        assert set(refused.value.message_dict) == {"reason"}
    for _ in range(2):
        done = act(actions.settle_action, action, cast.idva, state="done", version=1)
    assert (done.state, done.settled_by, done.version) == ("done", cast.idva, 2)
    with pytest.raises(ValidationError):
        act(actions.settle_action, action, cast.idva, state="not_possible", reason="No", version=2)
    with pytest.raises(ValidationError):
        act(actions.change_action, action, cast.idva, step=step(text="Other"), version=2)
    for _ in range(2):
        back = act(actions.put_back_action, action, cast.idva)
    assert (back.state, back.settled_at, back.settled_by, back.version) == ("to_do", None, None, 3)
    with acting_as(cast.idva):
        verbs = list(Event.objects.filter(subject_id=action.pk).values_list("verb", flat=True))
    assert sorted(verbs) == ["plan_action_added", "plan_action_put_back", "plan_action_settled"]


def test_who_settles_what_a_colleague_has_just_changed_is_told(cast, plan):
    action = added(plan, cast.idva)
    act(actions.change_action, action, cast.idva_manager, step=step(text="Theirs"), version=1)
    with pytest.raises(StaleVersion):
        act(actions.settle_action, action, cast.idva, state="done", version=1)


def test_no_event_tells_what_a_plan_says(cast, plan):
    action = added(plan, cast.idva)
    act(actions.settle_action, action, cast.idva, state="not_possible", reason="He came back", version=1)
    with acting_as(cast.idva):
        for event in Event.objects.filter(verb__startswith="plan"):
            assert event.data == {}


@pytest.mark.parametrize(
    "broken",
    [
        {"owner": "worker"},
        {"owner": "other"},
        {"other_agency": "Invented bank"},
        {"state": "done"},
        {"state": "not_possible"},
    ],
)
def test_the_database_refuses_an_action_without_an_owner_or_half_settled(cast, plan, broken):
    fields = {"owner": "victim"} | broken
    with acting_as(cast.idva), pytest.raises(IntegrityError), transaction.atomic():
        PlanAction.objects.create(
            plan=plan, heading="money", need="x", text="x", due_on=in_days(1), written_by=cast.idva, **fields
        )


def test_what_the_worker_does_goes_with_the_support_to_the_next_one(cast, case):
    episode = begun(case, cast.idva_manager, cast.idva)
    made = planned(case, cast.idva)
    own = added(made, cast.idva, owner="worker", worker=cast.idva.pk)
    hers = added(made, cast.idva)
    with acting_as(cast.idva_manager):
        allocate_episode(
            episode.pk, worker=cast.idva_manager, version=episode.version, actor=cast.idva_manager
        )
        assert PlanAction.objects.get(pk=own.pk).worker == cast.idva_manager
        assert PlanAction.objects.get(pk=hers.pk).worker is None


def test_it_stays_with_whoever_goes_on_with_another_support(cast, case):
    episode = begun(case, cast.idva_manager, cast.idva)
    begun(case, cast.idva_manager, cast.idva, kind="outreach")
    own = added(planned(case, cast.idva), cast.idva, owner="worker", worker=cast.idva.pk)
    with acting_as(cast.idva_manager):
        allocate_episode(
            episode.pk, worker=cast.idva_manager, version=episode.version, actor=cast.idva_manager
        )
        assert PlanAction.objects.get(pk=own.pk).worker == cast.idva
