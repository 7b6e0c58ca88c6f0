"""A plan on paper: only where writing to her is safe, confirmed, recorded, and with nothing on it that tells."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.audit.models import Event, Read
from dacase.cases.models import Party
from dacase.cases.services.case import add_location
from dacase.cases.services.safe_contact import ContactRefusedError
from dacase.walls.context import acting_as
from referrals.casework.models import PlanPrint
from referrals.casework.services import plan as plans
from referrals.casework.services import plan_print as services
from refuge.models import RefugeService
from tests.casework.episodes import plan as safe_contact
from tests.casework.plans import added, in_days, planned
from tests.casework.test_letter_services import HOME, write
from tests.casework.test_letter_services import plan as letter_plan
from tests.factories import make_case, share

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    """A case whose victim-survivor may be written to, with an address, and a school of the child."""
    case = make_case(cast.idva)
    with acting_as(cast.idva):
        victim = Party.objects.get(case=case, role="victim")
        child = Party.objects.get(case=case, role="child")
        add_location(victim, kind="address", value=f"{HOME}, ZZ9 9ZZ", actor=cast.idva)
        add_location(child, kind="school", value="Quillback School", actor=cast.idva)
    safe_contact(case, cast.idva, safe_to_write=True)
    return case


@pytest.fixture
def plan(cast, case):
    return planned(case, cast.idva)


def printed(plan, actor, **changes):
    values = {"is_safe_to_give": True, "submission": uuid.uuid4()} | changes
    with acting_as(actor):
        return services.print_plan(plan.pk, actor=actor, **values)


def again(one, actor):
    with acting_as(actor):
        return services.paper_again(one.pk, actor=actor)


def test_it_is_printed_when_writing_is_safe_and_somebody_says_so(cast, plan):
    with pytest.raises(ValidationError) as refused:
        printed(plan, cast.idva, is_safe_to_give=False)
    assert set(refused.value.message_dict) == {"is_safe_to_give"}
    submission = uuid.uuid4()
    first = printed(plan, cast.idva, submission=submission)
    assert printed(plan, cast.idva, submission=submission) == first
    assert first.printed_by == cast.idva
    with acting_as(cast.idva):
        assert PlanPrint.objects.count() == Event.objects.filter(verb="plan_printed").count() == 1
        assert Read.objects.filter(page="cases:locations_read", purpose="safety").exists()


@pytest.mark.parametrize("ways", [{}, {"safe_to_call": True}, {"safe_to_write": True, "days_old": 4000}])
def test_it_is_not_printed_against_the_safe_contact_plan(cast, ways):
    case = make_case(cast.idva)
    plan = planned(case, cast.idva)
    with pytest.raises(ContactRefusedError):
        printed(plan, cast.idva)
    safe_contact(case, cast.idva, **ways)
    with pytest.raises(ContactRefusedError):
        printed(plan, cast.idva)
    with acting_as(cast.idva):
        assert not PlanPrint.objects.exists()


def test_a_paper_is_not_shown_again_once_writing_is_not_safe_any_more(cast, case, plan):
    one = printed(plan, cast.idva)
    assert again(one, cast.idva).wishes == "To sleep at night."
    letter_plan(case, cast.idva, version=1)
    with pytest.raises(ContactRefusedError):
        again(one, cast.idva)


def test_a_paper_is_not_shown_again_to_another_on_another_day_or_once_the_plan_says_more(cast, plan):
    one = printed(plan, cast.idva)
    with pytest.raises(ValidationError, match="Print it again"):
        again(one, cast.idva_manager)
    with acting_as(cast.idva):
        PlanPrint.objects.update(printed_at=timezone.now() - timedelta(days=1))
    with pytest.raises(ValidationError, match="Print it again"):
        again(one, cast.idva)
    other = printed(plan, cast.idva)
    added(plan, cast.idva)
    with pytest.raises(ValidationError, match="Print it again"):
        again(other, cast.idva)


@pytest.mark.parametrize(
    "words",
    [
        f"Leave {HOME} by the back door",
        "Pack a bag at 4 invented street",
        "The house in Invented Street is watched",
        "Ask the neighbour at zz99zz",
        "Any other postcode, AB1 2CD",
        "Talk to quillback school",
        "Ask Northmoor Domestic Abuse Advocacy",
    ],
)
def test_words_that_name_a_place_or_the_agency_are_not_printed(cast, case, plan, words):
    agency = cast.idva.agency.name
    added(plan, cast.idva, text=words.replace("Northmoor Domestic Abuse Advocacy", agency))
    with pytest.raises(ValidationError, match="Take it out before you print") as refused:
        printed(plan, cast.idva)
    assert "Money" in refused.value.messages[0]
    with acting_as(cast.idva):
        plans.change_plan(plan.pk, wishes=words.replace("Northmoor Domestic Abuse Advocacy", agency), review_on=plan.review_on, version=1, actor=cast.idva)  # fmt: skip
    with pytest.raises(ValidationError, match="“Wishes”"):
        printed(plan, cast.idva)


def test_a_refuge_does_not_print_where_it_is(cast, case):
    worker = cast.refuge_worker
    share(case, worker.agency, actor=cast.idva)
    with acting_as(worker):
        RefugeService.objects.create(
            agency=worker.agency, name="Thornback House", kind="refuge",
            address="77 Thornback Yard, Inventville", service_address="PO Box 0",
        )  # fmt: skip
    plan = planned(case, worker)
    assert printed(plan, worker)
    for words in ("Come to thornback house", "A taxi to 77 Thornback Yard"):
        action = added(plan, worker, text=words)
        with pytest.raises(ValidationError, match="names a place"):
            printed(plan, worker)
        with acting_as(worker):
            type(action).objects.filter(pk=action.pk).update(text="Call a taxi")


def test_an_empty_plan_is_not_printed(cast, case):
    with pytest.raises(ValidationError, match="nothing to print"):
        printed(planned(case, cast.idva, wishes=""), cast.idva)


def test_the_paper_says_what_to_do_and_nothing_that_tells(cast, case, plan, sign_in):
    """No product, agency, surname, risk, need or settled action; nothing of who is signed in."""
    added(plan, cast.idva, heading="substance_use", text="See the nurse", owner="worker", worker=cast.idva.pk)
    added(
        plan,
        cast.idva,
        heading="immigration",
        text="Copy the visa",
        owner="other",
        other_agency="Thistle Law",
    )
    gone = added(plan, cast.idva, text="Forget this")
    with acting_as(cast.idva):
        type(gone).objects.filter(pk=gone.pk).update(
            state="done", settled_at=timezone.now(), settled_by=cast.idva
        )
    client = sign_in(cast.idva)
    page = reverse("casework:plan_print", args=[plan.pk])
    assert "See the nurse" in client.get(page).content.decode()
    unconfirmed = client.post(page, {"submission": uuid.uuid4()})
    assert "Confirm that they can keep it without danger" in unconfirmed.content.decode()
    response = client.post(page, {"submission": uuid.uuid4(), "is_safe_to_give": "on"})
    paper = client.get(response["Location"]).content.decode()
    assert "<title>List</title>" in paper
    for words in (
        "My list",
        "To sleep at night.",
        "See the nurse",
        "Copy the visa",
        "Papers and appointments",
    ):
        assert words in paper
    telling = ["DACase", cast.idva.agency.name, cast.idva.user.name, cast.idva.user.name.split()[-1], "Thistle",
               "Substance", "Immigration", "bank statements", "Forget this", "Testcase", "Sign out", "recorded",
               case.reference, str(case.pk) + "/people", HOME]  # fmt: skip
    assert [words for words in telling if words in paper] == []
    shown = client.get(reverse("casework:plan", args=[case.pk])).content.decode()
    assert "Printed to give" in shown


def test_a_letter_on_paper_says_nothing_of_where_it_comes_from(cast, case, sign_in):
    letter = write(case, cast.idva, way="letter")
    client = sign_in(cast.idva)
    response = client.post(reverse("casework:letter_print", args=[letter.pk]))
    paper = client.get(response["Location"]).content.decode()
    assert "<title>Letter</title>" in paper
    assert HOME in paper
    telling = ["DACase", cast.idva.agency.name, cast.idva.user.name, "Sign out", "recorded", case.reference]
    assert [words for words in telling if words in paper] == []
    assert "app-no-print" in paper


def test_a_paper_that_may_not_go_any_more_leads_back_to_the_plan_and_says_why(cast, case, plan, sign_in):
    one = printed(plan, cast.idva)
    letter_plan(case, cast.idva, version=1)
    page = sign_in(cast.idva).get(reverse("casework:plan_paper", args=[one.pk]), follow=True).content.decode()
    assert "writing is not safe" in page


def test_the_page_before_says_why_it_is_not_printed(cast, sign_in):
    case = make_case(cast.idva)
    plan = planned(case, cast.idva, review_on=in_days(3))
    page = sign_in(cast.idva).post(
        reverse("casework:plan_print", args=[plan.pk]), {"submission": uuid.uuid4(), "is_safe_to_give": "on"}
    )
    assert "There is a problem" in page.content.decode()
    assert "Nobody has recorded how contact can be made" in page.content.decode()
