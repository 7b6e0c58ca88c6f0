from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Agency
from dacase.audit.models import Event
from dacase.cases.choices import Purpose
from dacase.cases.models import Case, Grant
from dacase.walls.context import acting_as
from marac.choices import Criterion
from marac.models import MaracReferral
from marac.rules import add_months
from marac.selectors.marac_referral import (
    candidates,
    case_at_marac,
    criteria_support,
    heard_on_days,
    marac_agency,
)
from marac.services.marac_referral import refer_to_marac, withdraw_candidate
from tests.casework.incidents import recorded
from tests.factories import make_case, share
from tests.marac.factories import REFERRAL, heard_before, make_assessment, record, refer, today


@pytest.fixture
def case(cast: Any) -> Case:
    return make_case(cast.idva, victim="Referredcase")


def test_the_coordinator_may_open_the_case_from_then_on(case: Case, cast: Any) -> None:
    with acting_as(cast.marac_coordinator):
        assert not Case.objects.filter(pk=case.pk).exists()
    referral = refer(case, cast.idva)
    assert (referral.source, referral.to_agency) == ("specialist", cast.marac_coordinator.agency)
    with acting_as(cast.marac_coordinator):
        assert Case.objects.filter(pk=case.pk).exists()
        assert list(candidates(cast.marac_coordinator)) == [referral]
        grant = Grant.objects.get(content_object=case, group=cast.marac_coordinator.agency.group)
        assert (grant.purpose, grant.granted_by_id) == (Purpose.MARAC, cast.idva.pk)
        event = Event.objects.get(verb="case_referred_to_marac")
        assert (event.case_id, event.data["criterion"]) == (case.pk, "visible_high_risk")


def test_a_double_click_refers_once(case: Case, cast: Any) -> None:
    number = uuid4()
    with acting_as(cast.idva):
        one = refer_to_marac(case, submission=number, actor=cast.idva, **REFERRAL)
        two = refer_to_marac(case, submission=number, actor=cast.idva, **REFERRAL)
        assert one == two
        assert MaracReferral.objects.count() == 1


def test_a_case_waits_once(case: Case, cast: Any) -> None:
    refer(case, cast.idva)
    with pytest.raises(ValidationError, match="referred already"):
        refer(case, cast.idva)


def test_a_case_on_an_agenda_waits_for_its_hearing_and_may_come_back_after_it(marac: Any, cast: Any) -> None:
    case = marac.cases[1]
    with pytest.raises(ValidationError, match="referred already"):
        refer(case, cast.idva)
    record(marac.hearings[1], cast.marac_coordinator)
    again = refer(case, cast.idva, criterion=Criterion.REPEAT)
    with acting_as(cast.idva):
        assert case_at_marac(case, cast.idva).waiting == again


def test_a_closed_case_and_a_partnership_without_marac_are_refused(case: Case, cast: Any) -> None:
    with acting_as(cast.idva):
        Case.objects.filter(pk=case.pk).update(closed_at=timezone.now())
    with pytest.raises(ValidationError, match="closed"):
        refer(case, cast.idva)
    Agency.objects.filter(pk=cast.marac_coordinator.agency_id).update(is_active=False)
    assert marac_agency() is None
    with pytest.raises(ValidationError, match="No agency"):
        refer(case, cast.idva)


def test_who_may_refer(case: Case, cast: Any) -> None:
    for actor in (cast.police_officer, cast.marac_coordinator, cast.refuge_worker, cast.commissioner):
        with pytest.raises(NotAllowed):
            refer(case, actor)
    for actor in (cast.social_worker, cast.outsider):  # a role that may, and no grant on the case
        with pytest.raises(Case.DoesNotExist):
            refer(case, actor)


def test_a_candidate_is_withdrawn_by_either_side_once(case: Case, cast: Any) -> None:
    referral = refer(case, cast.idva)
    with acting_as(cast.marac_coordinator):
        gone = withdraw_candidate(referral, reason="Moved away", actor=cast.marac_coordinator)
        assert (gone.withdrawn_reason, gone.withdrawn_at is not None) == ("Moved away", True)
        again = withdraw_candidate(referral, reason="Other", actor=cast.marac_coordinator)
        assert again.withdrawn_reason == "Moved away"
        assert not candidates(cast.marac_coordinator).exists()
    other = refer(case, cast.idva)
    with acting_as(cast.idva_manager):
        assert (
            withdraw_candidate(other, reason="Not needed", actor=cast.idva_manager).withdrawn_at is not None
        )


def test_a_third_agency_withdraws_nothing_and_nobody_what_is_listed(marac: Any, cast: Any) -> None:
    case = make_case(cast.idva, victim="Thirdcase", shared_with=[cast.social_worker.agency])
    referral = refer(case, cast.idva)
    with acting_as(cast.social_worker), pytest.raises(ValidationError, match="Only the agency"):
        withdraw_candidate(referral, reason="No", actor=cast.social_worker)
    with acting_as(cast.housing_representative), pytest.raises(NotAllowed):
        withdraw_candidate(referral, reason="No", actor=cast.housing_representative)
    with acting_as(cast.marac_coordinator), pytest.raises(ValidationError, match="on an agenda"):
        withdraw_candidate(marac.referrals[0], reason="No", actor=cast.marac_coordinator)


def words(case: Case, actor: Any) -> dict[str, tuple[bool | None, str]]:
    with acting_as(actor):
        heard = case_at_marac(case, actor).heard
        return {one.criterion: (one.is_met, one.words) for one in criteria_support(case, actor, heard=heard)}


def test_support_without_any_record(case: Case, cast: Any) -> None:
    known = words(case, cast.idva)
    assert known["visible_high_risk"] == (False, "No risk assessment has been completed in this case.")
    assert known["repeat"][0] is False
    assert known["potential_escalation"][0] is None
    assert known["professional_judgement"][0] is None


def test_support_by_the_incidents_of_the_last_months(case: Case, cast: Any) -> None:
    for number in range(3):
        met, text = words(case, cast.idva)["potential_escalation"]
        assert met is None
        assert f"{number or 'no'} incident" in text
        assert "3 meet the criterion" in text
        recorded(case, cast.idva)
    met, text = words(case, cast.idva)["potential_escalation"]
    assert met is True
    assert text == "3 incidents recorded in the last 12 months: this meets potential escalation."


def test_support_by_the_latest_assessment(case: Case, cast: Any) -> None:
    make_assessment(case, cast.idva, yes=["D01"], assessed_on=add_months(today(), -1))
    make_assessment(case, cast.idva, is_high_by_judgement=True, judgement_reason="The threats name a day.")
    known = words(case, cast.idva)
    assert known["visible_high_risk"][0] is True
    assert known["visible_high_risk"][1].startswith("16 yes answers in the Dash of")
    assert known["professional_judgement"][0] is True
    assert "The threats name a day." in known["professional_judgement"][1]


def test_one_yes_answer_is_not_visible_high_risk(case: Case, cast: Any) -> None:
    make_assessment(case, cast.idva, yes=["D01"])
    met, text = words(case, cast.idva)["visible_high_risk"]
    assert met is False
    assert text.startswith("1 yes answer in the Dash")
    assert text.endswith("fewer than the number for visible high risk.")


JUDGED = {"tool": "dara", "band": "medium", "judged_band": "medium", "judgement_reason": "Invented."}


def test_a_tool_without_a_total_is_never_held_against_a_number(case: Case, cast: Any) -> None:
    often = {f"A{number:02}": "often" for number in range(1, 19)}
    make_assessment(case, cast.idva, answers=often, **JUDGED)
    met, text = words(case, cast.idva)["visible_high_risk"]
    assert met is None
    assert "has no total: the risk was judged medium." in text
    assert "No number of yes answers decides here." in text
    assert "fewer than the number" not in text


def test_a_later_judgement_with_another_tool_hides_no_count(case: Case, cast: Any) -> None:
    make_assessment(case, cast.idva, assessed_on=add_months(today(), -1))
    make_assessment(case, cast.idva, answers={"A01": "never"}, **JUDGED)
    met, text = words(case, cast.idva)["visible_high_risk"]
    assert met is True
    assert text.startswith("16 yes answers in the Dash of")
    assert text.endswith("has no total: the risk was judged medium.")


@pytest.mark.parametrize(
    ("months", "met", "end"), [(-11, True, "The repeat window ends"), (-13, False, "The repeat window ended")]
)
def test_support_by_an_earlier_hearing(case: Case, cast: Any, months: int, met: bool, end: str) -> None:
    heard = add_months(today(), months)
    heard_before(case, cast.idva, heard)
    is_met, text = words(case, cast.idva)["repeat"]
    assert is_met is met
    assert f"{end} {add_months(heard, 12):%d/%m/%Y}" in text


def test_when_a_case_was_heard_is_known_to_who_holds_it_and_to_nobody_else(marac: Any, cast: Any) -> None:
    case = marac.cases[1]
    record(marac.hearings[1], cast.marac_chair)
    for actor, days in (
        (cast.idva, [today()]),
        (cast.marac_coordinator, [today()]),
        (cast.marac_chair, []),
        (cast.outsider, []),
    ):
        with acting_as(actor):
            assert heard_on_days(case.pk, actor) == days


def test_a_hearing_whose_event_names_no_referral_is_known_by_its_day(case: Case, cast: Any) -> None:
    referral = refer(case, cast.idva)
    with acting_as(cast.marac_coordinator):
        MaracReferral.objects.filter(pk=referral.pk).update(listed_at=timezone.now())
    with acting_as(cast.idva):
        assert case_at_marac(case, cast.idva).waiting == referral
    heard_before(case, cast.idva, today())
    with acting_as(cast.idva):
        state = case_at_marac(case, cast.idva)
        assert (state.waiting, state.heard, state.repeat_until) == (None, [today()], add_months(today(), 12))


def test_candidates_are_seen_with_their_case(case: Case, cast: Any) -> None:
    share(case, cast.social_worker.agency, actor=cast.idva)
    referral = refer(case, cast.idva)
    for membership in cast.all():
        expected = membership.agency_id in (
            cast.idva.agency_id,
            cast.marac_coordinator.agency_id,
            cast.social_worker.agency_id,
        )
        with acting_as(membership):
            assert set(MaracReferral.objects.all()) == ({referral} if expected else set()), membership
            assert set(MaracReferral.objects.visible_to(membership)) == ({referral} if expected else set())
