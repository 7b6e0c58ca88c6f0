"""A manager stands behind a plan as she has read it: kept as it was, and never for what is planned later."""

import re
import uuid
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from dacase.walls.context import acting_as
from referrals.casework.models import Plan, SignOffRequest
from referrals.casework.rules.sign_off import PlanAsRead
from referrals.casework.selectors.sign_off import plan_now, sign_offs_waiting
from referrals.casework.services import plan as plans
from referrals.casework.services import plan_action, sign_off
from tests.casework.plans import added, in_days, planned

pytestmark = pytest.mark.django_db
CHANGED = "Changed since it was signed off"
READ_AGAIN = "The plan was changed after you opened this page"


@pytest.fixture
def plan(cast, case):
    """With one action."""
    made = planned(case, cast.idva, wishes="To keep the dog")
    added(made, cast.idva, text="Change the locks")
    return made


@pytest.fixture
def asked(cast, plan):
    with acting_as(cast.idva):
        return sign_off.ask_plan_sign_off(plan.pk, submission=uuid.uuid4(), actor=cast.idva)


def now(plan, member):
    with acting_as(member):
        return plan_now(Plan.objects.get(pk=plan.pk), member)


def act(service, request, actor, **changes):
    """The manager answers to the plan as it is."""
    values = {"version": 1, "plan_read": now(request.plan, actor).digest} | changes
    with acting_as(actor):
        return service(request.pk, actor=actor, **values)


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def page_of(request):
    return reverse("casework:sign_off", args=[request.pk])


def answer_of(request):
    return reverse("casework:sign_off_answer", args=[request.pk])


def digest_on(page):
    return re.search(r'name="plan_read" value="(\w*)"', page)[1]


def test_it_is_answered_by_somebody_who_did_not_write_it(cast, case, plan, asked, sign_in):
    with acting_as(cast.idva_manager):
        assert list(sign_offs_waiting(cast.idva_manager)) == [asked]
        assert (
            sign_off.ask_plan_sign_off(plan.pk, submission=uuid.uuid4(), actor=cast.idva_manager) == asked
        ), "one waits at a time"
        Plan.objects.filter(pk=plan.pk).update(written_by=cast.idva_manager)
        assert not sign_offs_waiting(cast.idva_manager)
    with pytest.raises(ValidationError, match="Somebody else"):
        act(sign_off.sign_off, asked, cast.idva_manager)


def test_it_is_read_and_sent_back_on_its_pages(cast, case, plan, asked, sign_in):
    page, new = (
        reverse("casework:plan", args=[case.pk]),
        reverse("casework:sign_off_ask_plan", args=[plan.pk]),
    )
    worker, manager = sign_in(cast.idva), sign_in(cast.idva_manager)
    assert "Waiting for a manager" in text_of(worker.get(page))
    assert new not in text_of(worker.get(page))
    day = text_of(manager.get(reverse("casework:my_day")))
    assert "Sign off or send back: safety and support plan" in day
    form = text_of(manager.get(answer_of(asked)))
    for words in ("The plan as it is now", "To keep the dog", "Change the locks"):
        assert words in form, "what is to be stood behind is on the page"
    sent = {
        "decision": "no",
        "answer": "Say who does what",
        "version": 1,
        "plan_read": digest_on(form),
    }
    for _ in range(2):
        assert manager.post(answer_of(asked), sent).status_code == 302
    found = text_of(worker.get(page_of(asked)))
    assert "Say who does what" in found
    assert "The plan as it was on" in found
    assert CHANGED not in text_of(worker.get(page))
    assert worker.post(new, {"submission": uuid.uuid4()}).status_code == 302


def test_another_agencys_plan_is_not_asked_about(cast, case, plan):
    with acting_as(cast.idva):
        plans.share_plan(plan.pk, reason="Invented", actor=cast.idva)
    with pytest.raises(Plan.DoesNotExist), acting_as(cast.social_worker):
        sign_off.ask_plan_sign_off(plan.pk, submission=uuid.uuid4(), actor=cast.social_worker)


def test_it_stays_as_it_was_signed_and_the_plan_says_that_it_has_changed(cast, case, plan, asked, sign_in):
    signed, before = act(sign_off.sign_off, asked, cast.idva_manager), now(plan, cast.idva)
    assert signed.plan_answered == before
    worker, page = sign_in(cast.idva), reverse("casework:plan", args=[case.pk])
    assert CHANGED not in text_of(worker.get(page))
    assert "It has changed since then" not in text_of(worker.get(page_of(asked)))
    added(plan, cast.idva, text="Change the number")
    with acting_as(cast.idva):
        plans.change_plan(
            plan.pk, wishes="To move", review_on=plan.review_on, version=plan.version, actor=cast.idva
        )
    assert CHANGED in text_of(worker.get(page))
    then = text_of(worker.get(page_of(asked)))
    assert "It has changed since then" in then
    assert "To keep the dog" in then
    assert "Change the locks" in then
    assert "To move" not in then
    assert "Change the number" not in then
    with acting_as(cast.idva):
        plans.share_plan(plan.pk, reason="Invented", actor=cast.idva)
    other = text_of(sign_in(cast.social_worker).get(page))
    assert "To move" in other
    assert "igned off" not in other


def test_what_is_done_changes_no_plan_and_what_is_dropped_does(cast, plan):
    other = added(plan, cast.idva, text="Change the number", due_on=in_days(9))
    before = now(plan, cast.idva).digest
    with acting_as(cast.idva):
        plan_action.settle_action(other.pk, state="done", version=1, actor=cast.idva)
    assert now(plan, cast.idva).digest == before
    assert [one.became for one in now(plan, cast.idva).actions] == ["", "Done"]
    with acting_as(cast.idva):
        plan_action.put_back_action(other.pk, actor=cast.idva)
        plan_action.settle_action(
            other.pk, state="not_needed", reason="They moved", version=3, actor=cast.idva
        )
    dropped = now(plan, cast.idva)
    assert dropped.digest != before
    assert "No longer needed: They moved" in [one.became for one in dropped.actions]


@pytest.mark.parametrize(
    "change",
    [{"wishes": "Other"}, {"review_on": in_days(3)}],
    ids=lambda change: next(iter(change)),
)
def test_every_word_of_it_counts(cast, plan, change):
    before = now(plan, cast.idva)
    assert replace(before, **change).digest != before.digest


@pytest.mark.parametrize("name", ["heading", "need", "text", "who", "due_on", "is_dropped"])
def test_every_word_of_an_action_counts(cast, plan, name):
    before = now(plan, cast.idva)
    value = {"due_on": in_days(99), "is_dropped": True}.get(name, "Other")
    changed = replace(before, actions=(replace(before.actions[0], **{name: value}),))
    assert changed.digest != before.digest


def test_it_is_kept_as_it_is_read(cast, plan):
    added(plan, cast.idva, heading="housing", text="Second")
    before = now(plan, cast.idva)
    assert PlanAsRead.of_kept(before.kept()) == before
    assert replace(before, actions=before.actions[::-1]).digest == before.digest


def test_who_has_not_read_it_as_it_is_signs_nothing(cast, plan, asked):
    read = now(plan, cast.idva_manager).digest
    added(plan, cast.idva, text="Change the number")
    for service in (sign_off.sign_off, sign_off.send_back):
        for plan_read in (read, ""):
            with pytest.raises(ValidationError, match=READ_AGAIN):
                act(service, asked, cast.idva_manager, plan_read=plan_read, answer="Invented")
    with acting_as(cast.idva):
        assert SignOffRequest.objects.get().state == "open"
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as(cast.idva):
        SignOffRequest.objects.update(state="signed_off")


def test_a_plan_that_changes_under_the_page_is_read_again_and_no_word_is_lost(cast, plan, asked, sign_in):
    manager = sign_in(cast.idva_manager)
    sent = {"decision": "yes", "answer": "Typed words", "version": 1}
    sent["plan_read"] = digest_on(text_of(manager.get(answer_of(asked))))
    added(plan, cast.idva, text="Change the number")
    again = text_of(manager.post(answer_of(asked), sent))
    for words in (READ_AGAIN, "Change the number", "Typed words"):
        assert words in again
    assert digest_on(again) == now(plan, cast.idva).digest
    assert manager.post(answer_of(asked), sent | {"plan_read": digest_on(again)}).status_code == 302
    assert "Change the number" in text_of(manager.get(page_of(asked)))


def test_its_pages_cost_the_same_for_any_number_of_actions(
    cast, plan, asked, sign_in, django_assert_max_num_queries
):
    client = sign_in(cast.idva_manager)
    for number in range(5):
        added(plan, cast.idva, text=f"Action {number}")
    for address in (page_of(asked), answer_of(asked)):
        client.get(address)
        with django_assert_max_num_queries(12):
            assert "Action 4" in text_of(client.get(address))
