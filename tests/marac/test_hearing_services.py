from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Case, Location, Party, Person
from dacase.cases.services.case import PersonDetails, add_location
from dacase.cases.services.exclusion import bar_from_case
from dacase.cases.services.grant import end_access
from dacase.cases.services.person import add_person
from dacase.walls.context import acting_as
from marac.choices import HearingState, PaperKind
from marac.models import Hearing, HearingGrant, HearingPaper, MaracReferral
from marac.rules import add_months
from marac.selectors.hearing import possible_invitees, seen_by
from marac.services.hearing import change_invitations, list_hearing, move_hearing, take_off_agenda
from marac.services.marac_referral import withdraw_candidate
from marac.services.meeting import close_meeting
from tests.factories import make_case
from tests.marac.factories import (
    agency,
    heard_before,
    list_case,
    make_assessment,
    make_meeting,
    record,
    refer,
    today,
)


def paper(hearing: Hearing, kind: str, actor: Any) -> dict[str, Any]:
    with acting_as(actor):
        return HearingPaper.objects.get(hearing=hearing, kind=kind).body


def order(marac: Any, actor: Any) -> list[Any]:
    with acting_as(actor):
        found = Hearing.objects.filter(meeting=marac.meeting).in_running_order().order_by("number")
        return [(hearing.number, hearing.case_id) for hearing in found]


def test_no_paper_names_a_connected_person(marac: Any, cast: Any) -> None:
    case = make_case(cast.idva, victim="Thirdcase")
    with acting_as(cast.idva):
        add_person(case, details=PersonDetails("Aside", "Gerda"), role="connected", actor=cast.idva)
    hearing = list_case(refer(case, cast.idva), marac.meeting, cast.marac_coordinator, [marac.housing])
    people = paper(hearing, PaperKind.PEOPLE, cast.housing_representative)["people"]
    assert [one["role"] for one in people] == ["victim", "perpetrator", "child"]


def test_papers_hold_an_allow_list_and_nothing_else(marac: Any, cast: Any) -> None:
    hearing = marac.hearings[0]
    reader = cast.housing_representative
    assert paper(hearing, PaperKind.SUMMARY, reader) == {
        "reference": marac.cases[0].reference,
        "criterion": "visible_high_risk",
        "referrer": "Brightwater Advocacy",
        "story": [],
    }
    people = paper(hearing, PaperKind.PEOPLE, reader)["people"]
    assert [(one["name"], one["role"], one["relationship"]) for one in people] == [
        ("Vera Firstcase", "victim", ""),
        ("Percy Firstcase", "perpetrator", "Ex-partner"),
        ("Cleo Firstcase", "child", ""),
    ]
    assert {key for one in people for key in one} == {
        "name",
        "also_known_as",
        "date_of_birth",
        "also_born_on",
        "role",
        "relationship",
    }
    risk = paper(hearing, PaperKind.RISK, reader)
    assert set(risk) == {
        "tool", "assessed_on", "band", "visible_high", "yes_count", "topics", "is_high_by_judgement", "judgement_reason",
    }  # fmt: skip
    assert (risk["band"], risk["yes_count"], risk["visible_high"], len(risk["topics"])) == (
        "high",
        16,
        True,
        16,
    )
    assert paper(marac.hearings[1], PaperKind.RISK, cast.marac_chair) == {}


def test_a_tool_that_asks_how_often_loses_nothing_on_the_way_to_the_papers(
    marac: Any, cast: Any, sign_in: Any
) -> None:
    case = make_case(cast.idva, victim="Daracase")
    answers = {"A01": "often", "A11": "sometimes", "A02": "never", "A03": "dont_know", "A18": "always"}
    judged = {
        "band": "high",
        "judged_band": "high",
        "is_high_by_judgement": True,
        "judgement_reason": "Invented.",
    }
    make_assessment(case, cast.idva, tool="dara", answers=answers, **judged)
    hearing = list_case(refer(case, cast.idva), marac.meeting, cast.marac_coordinator, [marac.housing])
    risk = paper(hearing, PaperKind.RISK, cast.housing_representative)
    assert risk["topics"] == [
        "Decides whom they may see: often",
        "Strangles, chokes or smothers: sometimes",
        "They fear being killed or badly hurt: all the time",
    ]
    assert (risk["yes_count"], risk["visible_high"], risk["band"]) == (None, False, "high")
    page = (
        sign_in(cast.housing_representative).get(reverse("marac:hearing", args=[hearing.pk])).content.decode()
    )
    assert "Strangles, chokes or smothers: sometimes" in page
    assert "yes answer" not in page


def test_answers_of_a_section_that_was_closed_again_reach_no_paper(marac: Any, cast: Any) -> None:
    case = make_case(cast.idva, victim="Closedcase")
    answers = {"P01": "yes", "P08": "no", "S01": "yes", "S09": "yes"}
    judged = {"band": "medium", "judged_band": "medium", "judgement_reason": "Invented."}
    make_assessment(case, cast.idva, tool="dash_2009", answers=answers, **judged)
    hearing = list_case(refer(case, cast.idva), marac.meeting, cast.marac_coordinator, [marac.housing])
    risk = paper(hearing, PaperKind.RISK, cast.housing_representative)
    assert risk["topics"] == ["Injury from the latest incident"]


PLACES = {
    "address": "12 Nowhere Lane, Inventville, ZZ1 1ZZ",
    "phone": "07700 900123",
    "email": "vera@example.org",
    "school": "St Made-Up’s School",
    "gp": "Invented Surgery",
}


def test_no_place_reaches_the_papers_not_even_through_free_text(marac: Any, cast: Any) -> None:
    case = make_case(cast.idva, victim="Placecase")
    with acting_as(cast.idva):
        for party in Party.objects.filter(case=case):
            for kind, value in PLACES.items():
                add_location(party, kind=kind, value=value, actor=cast.idva)
        Person.objects.filter(parties__case=case, parties__role="victim").update(
            date_of_birth=add_months(today(), -400)
        )
    reason = "He waits at 12 Nowhere Lane and at St Made-Up's school, and calls 07700 900 123."
    make_assessment(case, cast.idva, is_high_by_judgement=True, judgement_reason=reason)
    hearing = list_case(refer(case, cast.idva), marac.meeting, cast.marac_coordinator, [marac.police])
    with acting_as(cast.marac_chair):
        words = str(list(HearingPaper.objects.filter(hearing=hearing).values_list("body", flat=True)))
        assert not Location.objects.exists()
        assert not Case.objects.exists()
    for value in (*PLACES.values(), "12 Nowhere Lane", "900 123"):
        assert value not in words
    assert "He waits at [place removed]" in words
    assert add_months(today(), -400).isoformat() in words


def test_a_hearing_takes_the_next_number_and_its_case_waits_no_more(marac: Any, cast: Any) -> None:
    assert [number for number, _ in order(marac, cast.marac_coordinator)] == [1, 2]
    again = list_case(marac.referrals[0], marac.meeting, cast.marac_coordinator, [marac.police])
    assert again == marac.hearings[0]
    with acting_as(cast.marac_coordinator):
        assert not MaracReferral.objects.candidates().exists()
        assert Event.objects.filter(verb="hearing_listed").count() == 2
    other = make_meeting(
        cast.marac_coordinator,
        chair=cast.marac_chair,
        agencies=[marac.police],
        on=today() + timedelta(days=14),
    )
    with pytest.raises(ValidationError, match="agenda of another meeting"):
        list_case(marac.referrals[0], other, cast.marac_coordinator, [])


@pytest.mark.parametrize(("days", "repeat"), [(0, True), (-1, False)])
def test_repeat_is_decided_by_the_day_of_the_meeting(marac: Any, cast: Any, days: int, repeat: bool) -> None:
    case = make_case(cast.idva, victim="Repeatcase")
    heard_before(case, cast.idva, add_months(today(), -12) + timedelta(days=days))
    hearing = list_case(refer(case, cast.idva), marac.meeting, cast.marac_coordinator, [])
    assert hearing.is_repeat is repeat


def test_a_barred_agency_is_never_invited(marac: Any, cast: Any) -> None:
    case = make_case(cast.idva, victim="Barredcase")
    with acting_as(cast.idva_manager):
        bar_from_case(case, group=marac.housing.group, reason="He works there", actor=cast.idva_manager)
    referral = refer(case, cast.idva)
    coordinator = cast.marac_coordinator
    with acting_as(coordinator):
        offered = {one.agency: one.is_barred for one in possible_invitees(marac.meeting, case_id=case.pk)}
    assert offered == {marac.police: False, marac.housing: True, marac.advocacy: False}
    hearing = list_case(referral, marac.meeting, coordinator, [marac.police, marac.housing])
    with acting_as(coordinator):
        assert seen_by(Hearing.objects.get(pk=hearing.pk)) == sorted(
            [coordinator.agency, marac.police], key=lambda a: a.name
        )
        with pytest.raises(ValidationError) as refusal:
            change_invitations(hearing, invited=[marac.police, marac.housing], actor=coordinator)
        assert refusal.value.message_dict == {
            "agencies": ["Cannot be invited to this hearing: Northmoor Housing"]
        }
    with acting_as(cast.housing_representative):
        assert hearing not in Hearing.objects.all()


def test_an_agency_barred_after_the_listing_sees_nothing_any_more(marac: Any, cast: Any) -> None:
    with acting_as(cast.idva_manager):
        bar_from_case(
            marac.cases[0], group=marac.housing.group, reason="He works there", actor=cast.idva_manager
        )
    with acting_as(cast.housing_representative):
        assert not Hearing.objects.exists()
        assert not HearingPaper.objects.exists()


def test_a_barred_person_is_named_beside_her_agency(marac: Any, cast: Any) -> None:
    with acting_as(cast.idva_manager):
        bar_from_case(
            marac.cases[0],
            group=cast.housing_representative.user.group,
            reason="A cousin",
            actor=cast.idva_manager,
        )
    with acting_as(cast.marac_coordinator):
        offered = possible_invitees(
            marac.meeting, case_id=marac.cases[0].pk, others=[marac.housing, agency("Mental Health")]
        )
    assert [(one.agency.name, one.is_core, one.some_barred) for one in offered] == [
        ("Brightwater Advocacy", True, False),
        ("Northmoor Housing", True, True),
        ("Northmoor Police", True, False),
        ("Northmoor Mental Health", False, False),
    ]


def test_hearings_move_up_and_down_and_stop_at_the_ends(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    first, second = (hearing.case_id for hearing in marac.hearings)
    with acting_as(coordinator):
        move_hearing(marac.hearings[1], up=True, actor=coordinator)
    assert order(marac, coordinator) == [(1, second), (2, first)]
    with acting_as(coordinator):
        move_hearing(marac.hearings[1], up=True, actor=coordinator)
        move_hearing(marac.hearings[1], up=False, actor=coordinator)
        move_hearing(marac.hearings[1], up=False, actor=coordinator)
    assert order(marac, coordinator) == [(1, first), (2, second)]


def test_a_deferred_case_waits_again_and_can_come_back(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    with acting_as(coordinator):
        gone = take_off_agenda(
            marac.hearings[0], withdraw=False, reason="The IDVA is away", actor=coordinator
        )
        assert (gone.state, gone.outcome) == (HearingState.DEFERRED, "The IDVA is away")
        assert (
            take_off_agenda(marac.hearings[0], withdraw=False, reason="x", actor=coordinator).outcome
            == "The IDVA is away"
        )
        assert list(MaracReferral.objects.candidates()) == [marac.referrals[0]]
    assert order(marac, coordinator) == [(1, marac.cases[1].pk)]
    with acting_as(cast.housing_representative):
        assert not Hearing.objects.exists()
    back = list_case(marac.referrals[0], marac.meeting, coordinator, [marac.housing])
    assert (back.number, back.pk != marac.hearings[0].pk) == (2, True)


def test_a_withdrawn_case_leaves_marac(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    with acting_as(coordinator):
        take_off_agenda(marac.hearings[0], withdraw=True, reason="Moved to another area", actor=coordinator)
        referral = MaracReferral.objects.get(pk=marac.referrals[0].pk)
        assert (referral.withdrawn_reason, referral.withdrawn_at is not None) == (
            "Moved to another area",
            True,
        )
    with pytest.raises(ValidationError, match="another meeting"):
        list_case(marac.referrals[0], marac.meeting, coordinator, [])
    third = refer(marac.cases[0], cast.idva)
    with acting_as(coordinator):
        withdraw_candidate(third, reason="No", actor=coordinator)
    with pytest.raises(ValidationError, match="has been withdrawn"):
        list_case(third, marac.meeting, coordinator, [])


def test_what_was_heard_stays_and_a_closed_meeting_takes_nothing(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    for hearing in marac.hearings:
        record(hearing, coordinator)
    with acting_as(coordinator), pytest.raises(ValidationError, match="has been heard"):
        take_off_agenda(marac.hearings[0], withdraw=False, reason="x", actor=coordinator)
    again = refer(marac.cases[0], cast.idva)
    with pytest.raises(ValidationError, match="heard at this meeting"):
        list_case(again, marac.meeting, coordinator, [])
    with acting_as(coordinator):
        close_meeting(marac.meeting, actor=coordinator)
    with pytest.raises(ValidationError, match="closed"):
        list_case(again, marac.meeting, coordinator, [])
    with acting_as(coordinator), pytest.raises(ValidationError, match="closed"):
        change_invitations(marac.hearings[0], invited=[], actor=coordinator)


def test_invitations_change_and_take_the_papers_with_them(marac: Any, cast: Any) -> None:
    coordinator, hearing = cast.marac_coordinator, marac.hearings[0]
    with acting_as(coordinator):
        change_invitations(hearing, invited=[marac.police, marac.advocacy], actor=coordinator)
        change_invitations(hearing, invited=[marac.police, marac.advocacy], actor=coordinator)
        (event,) = Event.objects.filter(verb="hearing_agencies_changed")
        assert event.data == {"invited": [str(marac.advocacy.pk)], "uninvited": [str(marac.housing.pk)]}
        assert HearingGrant.objects.filter(content_object=hearing).count() == 3
    with acting_as(cast.housing_representative):
        assert not HearingPaper.objects.exists()
    with acting_as(cast.idva):
        assert set(HearingPaper.objects.values_list("hearing_id", flat=True)) == {hearing.pk}


def test_without_the_file_nobody_is_invited_and_nothing_put_back(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    with acting_as(cast.idva):
        end_access(marac.cases[0], agency=coordinator.agency, actor=cast.idva)
    with acting_as(coordinator):
        with pytest.raises(ValidationError, match="share it again"):
            change_invitations(marac.hearings[0], invited=[marac.police], actor=coordinator)
        with pytest.raises(ValidationError, match="share it again"):
            take_off_agenda(marac.hearings[0], withdraw=False, reason="x", actor=coordinator)


def test_only_the_coordinator_works_on_the_agenda(marac: Any, cast: Any) -> None:
    hearing = marac.hearings[0]
    for actor in (cast.idva, cast.marac_chair, cast.housing_representative, cast.outsider, cast.commissioner):
        with acting_as(actor):
            for act in (
                lambda actor=actor: move_hearing(hearing, up=True, actor=actor),
                lambda actor=actor: take_off_agenda(hearing, withdraw=True, reason="x", actor=actor),
                lambda actor=actor: change_invitations(hearing, invited=[], actor=actor),
                lambda actor=actor: list_hearing(
                    marac.referrals[0], meeting=marac.meeting, invited=[], actor=actor
                ),
            ):
                with pytest.raises(NotAllowed):
                    act()


def test_a_number_that_a_barred_coordinator_does_not_see_is_not_given_twice(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    with acting_as(cast.idva_manager):
        bar_from_case(
            marac.cases[1], group=coordinator.user.group, reason="A neighbour", actor=cast.idva_manager
        )
    case = make_case(cast.idva, victim="Thirdcase")
    hearing = list_case(refer(case, cast.idva), marac.meeting, coordinator, [])
    assert hearing.number == 3
    assert [number for number, _ in order(marac, coordinator)] == [1, 3]
    assert [number for number, _ in order(marac, cast.marac_aster)] == [1, 2, 3]


def test_a_full_agenda_says_so(marac: Any, cast: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("marac.services.hearing.LONGEST_AGENDA", 3)
    case = make_case(cast.idva, victim="Fullcase")
    with pytest.raises(ValidationError, match="agenda is full"):
        list_case(refer(case, cast.idva), marac.meeting, cast.marac_coordinator, [])
