"""The pages of safety and support plans, their place on the case page and on the day."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dacase.agencies.models import Membership
from dacase.cases.panels import draw
from dacase.walls.context import acting_as
from referrals.casework.models import Plan, PlanAction
from referrals.casework.plan_panels import plan_of_case
from referrals.casework.services import plan as services
from referrals.casework.services import plan_action
from tests.casework.episodes import begun
from tests.casework.plans import added, in_days, planned
from tests.factories import make_case, share

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def idva(cast, sign_in):
    return sign_in(cast.idva)


def address(name, row):
    return reverse(f"casework:{name}", args=[row.pk])


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def day_fields(name, day):
    return {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


def answers(**changes):
    return {
        "heading": "housing", "need": "He has a key", "text": "Change the lock", "owner": "victim",
        "worker": "", "other_agency": "", "submission": uuid.uuid4(), **day_fields("due_on", in_days(3)),
    } | changes  # fmt: skip


def panel(case, actor):
    with acting_as(actor):
        return draw(plan_of_case, case, actor)


def test_a_plan_is_written_filled_and_settled_by_its_pages(cast, case, idva):
    page = address("plan", case)
    assert "No plan that you may read yet" in text_of(idva.get(page))
    sent = {"wishes": "To stay in touch.", "submission": uuid.uuid4(), **day_fields("review_on", in_days(20))}
    for _ in range(2):
        assert idva.post(address("plan_create", case), sent).status_code == 302
    with acting_as(cast.idva):
        plan = Plan.objects.get()
    assert "No action yet" in text_of(idva.get(page))
    once = answers(owner="worker", worker=str(cast.idva_manager.pk))
    for _ in range(2):
        assert idva.post(address("plan_action_create", plan), once).status_code == 302
    with acting_as(cast.idva):
        action = PlanAction.objects.get()
    assert action.worker == cast.idva_manager
    shown = text_of(idva.get(page))
    assert shown.index("Housing") < shown.index("Change the lock")
    sent = answers(text="Change both locks", version=1)
    assert idva.post(address("plan_action_change", action), sent).status_code == 302
    settle = address("plan_action_settle", action)
    assert "Change both locks" in text_of(idva.get(settle))
    unsaid = text_of(idva.post(settle, {"state": "not_possible", "reason": "", "version": 2}))
    assert "Say why it is not possible" in unsaid
    assert idva.post(settle, {"state": "not_possible", "reason": "No money", "version": 2}).status_code == 302
    shown = text_of(idva.get(page))
    assert "Settled (1)" in shown
    assert "No money" in shown
    assert idva.post(address("plan_action_put_back", action)).status_code == 302
    assert "Settled (1)" not in text_of(idva.get(page))


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(cast, case, idva):
    plan = planned(case, cast.idva)
    new = address("plan_action_create", plan)
    page = text_of(idva.post(new, {"text": "Change the lock", "owner": "worker"}))
    for words in ("Select heading", "Answer “Which risk or need does it answer?”", "Change the lock"):
        assert words in page
    page = text_of(idva.post(new, answers(owner="worker", worker="")))
    assert "Select one of the colleagues shown" in page
    assert "He has a key" in page
    page = text_of(idva.post(new, answers(owner="other", other_agency="")))
    assert "Enter the name of the agency" in page
    for bad in ({"text": "null\x00byte"}, {"due_on_day": "31", "due_on_month": "2"}, {"worker": "no-uuid"}):
        assert "There is a problem" in text_of(idva.post(new, answers(**bad)))
    past = text_of(idva.post(new, answers(**day_fields("due_on", in_days(-1)))))
    assert "The day must be today or in the future" in past
    with acting_as(cast.idva):
        assert not PlanAction.objects.exists()


def test_a_stale_page_shows_both_versions(cast, case, idva):
    plan = planned(case, cast.idva)
    action = added(plan, cast.idva)
    from tests.casework.plans import step

    with acting_as(cast.idva_manager):
        services.change_plan(
            plan.pk, wishes="Theirs.", review_on=plan.review_on, version=1, actor=cast.idva_manager
        )
        plan_action.change_action(action.pk, step=step(text="Their step"), version=1, actor=cast.idva_manager)
    page = text_of(
        idva.post(
            address("plan_change", plan),
            {"wishes": "Mine.", "version": 1, **day_fields("review_on", plan.review_on)},
        )
    )
    assert "Theirs." in page
    assert "Mine." in page
    page = text_of(idva.post(address("plan_action_change", action), answers(text="My step", version=1)))
    assert "Their step" in page
    assert "My step" in page


def test_a_shared_plan_is_read_by_others_and_changed_by_nobody_else(cast, case, idva, sign_in):
    plan = planned(case, cast.idva)
    action = added(plan, cast.idva)
    other, page = sign_in(cast.social_worker), address("plan", case)
    assert "To sleep at night." not in text_of(other.get(page))
    assert "There is a problem" in text_of(idva.post(address("plan_share", plan), {"reason": ""}))
    assert idva.post(address("plan_share", plan), {"reason": "They plan together"}).status_code == 302
    shown = text_of(other.get(page))
    assert "To sleep at night." in shown
    assert "They plan together" not in shown
    assert address("plan_change", plan) not in shown
    assert address("plan_action_settle", action) not in shown
    assert address("plan_create", case) in shown
    assert other.get(address("plan_action_change", action)).status_code == 404
    assert idva.post(address("plan_unshare", plan)).status_code == 302
    assert "To sleep at night." not in text_of(other.get(page))


def test_what_is_typed_is_kept_as_a_draft(cast, case, idva):
    new = address("plan_create", case)
    idva.post(f"{reverse('cases:draft_save')}?for={new}", {"wishes": "Half a sentence"})
    assert "Half a sentence" in text_of(idva.get(new))


@pytest.mark.parametrize(
    "key", ["idva", "idva_manager", "social_worker", "refuge_worker", "marac_coordinator"]
)
def test_the_plan_takes_as_many_queries_for_one_action_as_for_nine(cast, case, sign_in, key):
    reader = getattr(cast, key)
    if reader.agency not in (cast.idva.agency, cast.social_worker.agency):
        share(case, reader.agency, actor=cast.idva)
    plans = [planned(case, cast.idva), planned(case, cast.social_worker)]
    with acting_as(cast.idva):
        services.share_plan(plans[0].pk, reason="They plan together", actor=cast.idva)
    client, counts = sign_in(reader), []
    client.get(address("plan", case))
    for number in (1, 8):
        for plan, writer in zip(plans, (cast.idva, cast.social_worker), strict=True):
            for _ in range(number):
                added(plan, writer, owner="worker", worker=writer.pk)
        with CaptureQueriesContext(connection) as queries:
            text_of(client.get(address("plan", case)))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_the_panel_asks_who_supports_her_to_write_the_plan(cast, case, django_assert_num_queries):
    assert panel(case, cast.idva).next_actions == []
    begun(case, cast.idva_manager, cast.idva)
    assert [one.text for one in panel(case, cast.idva).next_actions] == ["Write the plan"]
    assert panel(case, cast.social_worker).next_actions == []
    planned(case, cast.idva)
    with acting_as(cast.idva), django_assert_num_queries(1):
        drawn = draw(plan_of_case, case, cast.idva)
    assert drawn.next_actions == []
    with acting_as(cast.commissioner):
        assert draw(plan_of_case, case, cast.commissioner) is None


def test_the_panel_shows_what_is_overdue_first_and_not_what_is_settled(cast, case, sign_in):
    plan = planned(case, cast.idva)
    for number in range(6):
        added(plan, cast.idva, text=f"Step {number}", due_on=in_days(number + 1))
    added(plan, cast.idva, text="Late step", overdue=3)
    gone = added(plan, cast.idva, text="Gone step", overdue=4)
    with acting_as(cast.idva):
        plan_action.settle_action(gone.pk, state="done", version=1, actor=cast.idva)
    drawn = panel(case, cast.idva)
    assert [row[0].text for row in drawn.context["table"].rows] == ["Late step"] + [
        f"Step {n}" for n in range(4)
    ]
    assert drawn.context["more"] == 2
    assert [one.text for one in drawn.next_actions] == ["See to what is overdue in the plan"]
    assert panel(case, cast.social_worker).context["table"] is None
    page = text_of(sign_in(cast.idva).get(reverse("cases:detail", args=[case.pk])))
    assert "Late step" in page
    with acting_as(cast.idva):
        Plan.objects.update(review_on=in_days(-1))
    assert "Look at the plan again: the review is due" in [
        one.text for one in panel(case, cast.idva).next_actions
    ]


def test_what_a_worker_is_to_do_stands_on_her_day(cast, case, idva, sign_in):
    plan = planned(case, cast.idva)
    mine = {"owner": "worker", "worker": cast.idva.pk, "text": "Words of the plan"}
    late, later = (
        added(plan, cast.idva, **mine, overdue=2),
        added(plan, cast.idva, **mine, due_on=in_days(30)),
    )
    hers = added(plan, cast.idva, overdue=2)
    theirs = added(plan, cast.idva, owner="other", other_agency="Invented bank", overdue=2)
    page = text_of(idva.get(reverse("casework:my_day")))
    assert "Late (1)" in page
    assert "Do what the plan says: money" in page
    assert "Words of the plan" not in page
    assert address("plan_action_settle", late) in page
    for other in (later, hers, theirs):
        assert str(other.pk) not in page
    assert str(late.pk) not in text_of(sign_in(cast.idva_manager).get(reverse("casework:my_day")))
    idva.post(address("plan_action_settle", late), {"state": "done", "reason": "", "version": 1})
    assert str(late.pk) not in text_of(idva.get(reverse("casework:my_day")))


def test_what_somebody_who_has_left_was_to_do_stands_on_the_managers_day(cast, case, sign_in):
    action = added(planned(case, cast.idva), cast.idva, owner="worker", worker=cast.idva.pk, overdue=1)
    Membership.objects.filter(pk=cast.idva.pk).update(ends_on=in_days(-1))
    page = text_of(sign_in(cast.idva_manager).get(reverse("casework:my_day")))
    assert address("plan_action_change", action) in page


def test_a_plan_to_be_looked_at_again_stands_on_the_day_of_who_supports_her(cast, case, idva):
    plan = planned(case, cast.idva)
    with acting_as(cast.idva):
        Plan.objects.update(review_on=in_days(-1))
    link = address("plan_change", plan)
    assert link not in text_of(idva.get(reverse("casework:my_day")))
    begun(case, cast.idva_manager, cast.idva)
    assert link in text_of(idva.get(reverse("casework:my_day")))


@pytest.mark.parametrize("key", ["idva", "idva_manager", "social_worker", "refuge_worker"])
def test_the_day_with_plans_takes_at_most_twelve_queries(cast, sign_in, key):
    worker = getattr(cast, key)
    client, counts = sign_in(worker), []
    for _ in range(3):
        case = make_case(cast.idva)
        if worker.agency != cast.idva.agency:
            share(case, worker.agency, actor=cast.idva)
        added(planned(case, worker), worker, owner="worker", worker=worker.pk, overdue=1)
        client.get(reverse("casework:my_day"))
        with CaptureQueriesContext(connection) as queries:
            page = text_of(client.get(reverse("casework:my_day")))
        assert "Do what the plan says" in page
        counts.append(len(queries))
    assert counts[0] == counts[2] <= MOST_QUERIES
