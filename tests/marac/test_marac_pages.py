"""MARAC's pages, through the browser's way."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from dacase.agencies.models import Agency
from dacase.audit.models import Read
from dacase.cases.services.exclusion import bar_from_case
from dacase.walls.context import acting_as
from marac.models import ActionPoint, Hearing, MaracReferral, Meeting
from marac.rules import add_months
from tests.factories import make_case
from tests.marac.factories import heard_before, make_meeting, points_of, record, refer, today

# Session, user, membership, opening and closing the context of the transaction.
EVERY_PAGE = 8


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def day(name: str, value: Any) -> dict[str, Any]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def url(name: str, *args: Any) -> str:
    return reverse(f"marac:{name}", args=args)


@pytest.fixture
def coordinator(cast: Any, sign_in: Any) -> Any:
    return sign_in(cast.marac_coordinator)


def rows(*actions: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    """The management form and fields of rows of action points."""
    data: dict[str, Any] = {"actions-TOTAL_FORMS": len(actions), "actions-INITIAL_FORMS": initial}
    for number, action in enumerate(actions):
        data |= {f"actions-{number}-{name}": value for name, value in action.items()}
    return data


def action(owner: Any, task: str = "Change the locks", **fields: Any) -> dict[str, Any]:
    return {"task": task, "owner": str(owner.pk), **day("due_on", today()), **fields}


def test_every_page_opens_within_its_budget(
    marac: Any, cast: Any, coordinator: Any, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    waiting = refer(make_case(cast.idva, victim="Waitingcase"), cast.idva)
    record(marac.hearings[0], cast.marac_coordinator, marac.police, marac.housing)
    point = points_of(marac.hearings[0], cast.marac_coordinator)[1]
    listed = marac.hearings[1].pk
    pages = [
        url("meetings"), url("meeting_create"), url("meeting", marac.meeting.pk), url("meeting_edit", marac.meeting.pk),
        url("meeting_close", marac.meeting.pk), url("list_hearing", marac.meeting.pk, waiting.pk),
        url("candidate_withdraw", waiting.pk), url("hearing", listed), url("hearing_take_off", listed),
        url("hearing_agencies", listed), url("hearing_record", listed), url("action_points"),
        url("action_point", point.pk), url("action_point_reopen", point.pk),
    ]  # fmt: skip
    invited = [
        url("meetings"),
        url("meeting", marac.meeting.pk),
        url("hearing", marac.hearings[0].pk),
        url("action_points"),
        url("action_point", point.pk),
    ]
    refers = [url("refer", waiting.case_id)]
    for browser, addresses in (
        (coordinator, pages),
        (sign_in(cast.housing_representative), invited),
        (sign_in(cast.idva), refers),
    ):
        browser.get("/")
        for address in addresses:
            with django_assert_max_num_queries(EVERY_PAGE + 8, info=address):
                response = browser.get(address)
            assert response.status_code == 200, address
            title = text(response).split("<title>")[1].split("</title>")[0]
            assert not any(word in title for word in ("Vera", "Firstcase", "Waitingcase", "abuse")), title


@pytest.mark.parametrize("many", [1, 3])
def test_an_agenda_asks_as_often_for_one_hearing_as_for_three(
    marac: Any, cast: Any, coordinator: Any, many: int, django_assert_num_queries: Any
) -> None:
    from tests.marac.factories import list_case

    for number in range(many):
        referral = refer(make_case(cast.idva, victim=f"More{number}"), cast.idva)
        list_case(referral, marac.meeting, cast.marac_coordinator, [marac.police])
    coordinator.get("/")
    with django_assert_num_queries(EVERY_PAGE + 5):
        assert text(coordinator.get(url("meeting", marac.meeting.pk))).count("On the agenda") == many + 2


def test_a_case_is_referred_from_its_page(cast: Any, sign_in: Any) -> None:
    case = make_case(cast.idva, victim="Pagecase")
    browser = sign_in(cast.idva)
    address = url("refer", case.pk)
    assert "No risk assessment has been completed" in text(browser.get(address))
    data = {
        "submission": str(uuid4()),
        "criterion": "professional_judgement",
        "reason": "Growing threats",
        "victim_aware": "yes",
        "consent": "refused",
    }
    assert "Select" in text(browser.post(address, {**data, "criterion": ""})) or "Answer" in text(
        browser.post(address, {**data, "criterion": ""})
    )
    assert "must be 5000 characters or fewer" in text(
        browser.post(address, {**data, "reason": "x" * 1_000_000})
    )
    assert "cannot be stored" in text(browser.post(address, {**data, "reason": "a\0b"}))
    with acting_as(cast.idva):
        assert not MaracReferral.objects.exists()
    assert [browser.post(address, data).url for _ in range(2)] == [
        reverse("cases:detail", args=[case.pk])
    ] * 2
    with acting_as(cast.idva):
        assert MaracReferral.objects.count() == 1
    assert "waits for an agenda" in text(browser.get(address))
    again = browser.post(address, {**data, "submission": str(uuid4())})
    assert "has been referred already" in text(again)
    assert "Waits for MARAC" in text(browser.get(reverse("cases:detail", args=[case.pk])))


def test_the_next_fortnight_is_proposed_and_made_once(cast: Any, coordinator: Any) -> None:
    page = text(coordinator.get(url("meeting_create")))
    assert 'value="09:30"' in page
    assert (
        page.count("checked") == Agency.objects.count() - 2
    )  # all but the commissioner's and the coordinator's own
    make_meeting(cast.marac_coordinator, chair=cast.marac_chair, agencies=[cast.marac_chair.agency])
    page = text(coordinator.get(url("meeting_create")))
    fortnight = today() + timedelta(days=14)
    assert f'name="held_on_day" type="text" inputmode="numeric" value="{fortnight.day}"' in page
    data = {
        "submission": str(uuid4()), "starts_at": "9:30am", "chair": str(cast.marac_chair.pk),
        "agencies": [str(cast.idva.agency_id), str(cast.marac_chair.agency_id)], **day("held_on", fortnight),
    }  # fmt: skip
    for changes, words in (
        ({"starts_at": "25:00"}, "must be a time"),
        ({"held_on_day": "31", "held_on_month": "2"}, "must be a real date"),
        ({"agencies": []}, "Select core agencies"),
        ({"chair": str(cast.idva.pk)}, "select one of the answers"),
        (day("held_on", today()), "You already have a meeting on this day"),
    ):
        assert words in text(coordinator.post(url("meeting_create"), {**data, **changes})), words
    answers = [coordinator.post(url("meeting_create"), data) for _ in range(2)]
    assert answers[0].url == answers[1].url
    assert Meeting.objects.filter(held_on=fortnight).count() == 1


def test_a_candidate_goes_on_the_agenda_with_the_agencies_ticked(
    marac: Any, cast: Any, coordinator: Any
) -> None:
    case = make_case(cast.idva, victim="Candidatecase")
    with acting_as(cast.idva_manager):
        bar_from_case(case, group=marac.housing.group, reason="He works there", actor=cast.idva_manager)
    referral = refer(case, cast.idva, criterion="potential_escalation")
    address = url("list_hearing", marac.meeting.pk, referral.pk)
    assert address in text(coordinator.get(url("meeting", marac.meeting.pk)))
    page = text(coordinator.get(address))
    assert "Left out, because they are barred from this case" in page
    assert "Northmoor Housing" in page
    assert f'value="{marac.housing.pk}"' not in page
    tampered = coordinator.post(address, {"agencies": [str(marac.housing.pk)]})
    assert "select one of the answers" in text(tampered)
    for _ in range(2):
        done = coordinator.post(address, {"agencies": [str(marac.police.pk)]}, follow=True)
        assert "is on the agenda as item 3" in text(done)
    with acting_as(cast.marac_coordinator):
        assert Hearing.objects.filter(case=case).count() == 1


@pytest.mark.parametrize(
    ("months", "words"),
    [(-11, "Yes. Last heard on"), (-13, "No. Last heard on"), (None, "No. It has not been heard before.")],
)
def test_before_listing_one_reads_whether_it_is_a_repeat(
    marac: Any, cast: Any, coordinator: Any, months: int | None, words: str
) -> None:
    case = make_case(cast.idva, victim="Repeatcase")
    if months is not None:
        heard_before(case, cast.idva, add_months(today(), months))
    referral = refer(case, cast.idva)
    assert words in text(coordinator.get(url("list_hearing", marac.meeting.pk, referral.pk)))


def test_the_agenda_is_ordered_and_cases_come_off_it(marac: Any, cast: Any, coordinator: Any) -> None:
    first, second = marac.hearings
    page = coordinator.post(url("hearing_move", second.pk), {"way": "up"}, follow=True)
    assert text(page).index(marac.cases[1].reference) < text(page).index(marac.cases[0].reference)
    off = url("hearing_take_off", first.pk)
    assert "Answer “What happens to this case?”" in text(coordinator.post(off, {"reason": "x"}))
    assert "is off the agenda" in text(
        coordinator.post(off, {"what": "defer", "reason": "Away"}, follow=True)
    )
    assert "Why it was taken off" in text(coordinator.get(url("hearing", first.pk)))
    withdraw = url("candidate_withdraw", marac.referrals[0].pk)
    assert "Enter why is this case" in text(coordinator.post(withdraw, {"reason": ""})) or "Answer" in text(
        coordinator.post(withdraw, {"reason": ""})
    )
    assert "is withdrawn from MARAC" in text(coordinator.post(withdraw, {"reason": "Moved"}, follow=True))


def test_invited_agencies_read_the_papers_and_it_is_logged(marac: Any, cast: Any, sign_in: Any) -> None:
    browser = sign_in(cast.housing_representative)
    agenda = text(browser.get(url("meeting", marac.meeting.pk)))
    assert marac.cases[0].reference in agenda
    assert marac.cases[1].reference not in agenda
    assert "Take off" not in agenda
    page = text(browser.get(url("hearing", marac.hearings[0].pk)))
    for words in ("Vera Firstcase", "Percy Firstcase", "Ex-partner", "16 yes answers", "Northmoor Police"):
        assert words in page
    for word in ("Record the outcome", "Change who is invited", "Open the file"):
        assert word not in page
    for hidden in (marac.hearings[1].pk, uuid4()):
        assert browser.get(url("hearing", hidden)).status_code == 404
    with acting_as(cast.housing_representative):
        reads = Read.objects.filter(page="marac:hearing").values_list("object_id", "was_allowed")
        assert set(reads) >= {(marac.hearings[0].pk, True), (marac.hearings[1].pk, False)}


def test_an_agency_is_invited_and_taken_out_again(
    marac: Any, cast: Any, coordinator: Any, sign_in: Any
) -> None:
    hearing, browser = marac.hearings[1], sign_in(cast.housing_representative)
    address = url("hearing_agencies", hearing.pk)
    coordinator.post(address, {"agencies": [str(marac.police.pk), str(marac.housing.pk)]})
    assert browser.get(url("hearing", hearing.pk)).status_code == 200
    coordinator.post(address, {"agencies": [str(marac.police.pk)]})
    assert browser.get(url("hearing", hearing.pk)).status_code == 404


def test_the_outcome_is_recorded_with_two_action_points_without_scripts(
    marac: Any, cast: Any, coordinator: Any
) -> None:
    hearing = marac.hearings[0]
    address = url("hearing_record", hearing.pk)
    page = text(coordinator.get(address))
    assert page.count("Action point ") >= 2
    empty = rows({}, {})
    data = {"version": "1", "submission": str(uuid4()), "outcome": "A plan was agreed."}
    more = coordinator.post(address, {**data, **rows(action(marac.police), {}), "add": "1"})
    assert re.findall(r"Action point (\d+)<", text(more)) == ["1", "2", "3"]
    assert "Change the locks" in text(more)
    assert "There is a problem" not in text(more)
    assert "Enter outcome" in text(coordinator.post(address, {**data, **empty, "outcome": ""}))
    wrong = rows({**action(marac.police), **day("due_on", today()), "due_on_day": "31", "due_on_month": "2"})
    assert "Due by must be a real date" in text(coordinator.post(address, {**data, **wrong}))
    uninvited = rows(action(marac.advocacy))
    assert "select one of the answers" in text(coordinator.post(address, {**data, **uninvited}))
    early = rows({**action(marac.police), **day("due_on", today() - timedelta(days=1))})
    assert "cannot be due before the meeting" in text(coordinator.post(address, {**data, **early}))
    with acting_as(cast.marac_coordinator):
        assert not ActionPoint.objects.exists()
    good = {**data, **rows(action(marac.police), action(marac.housing, "Find a home"), {})}
    for _ in range(2):
        assert coordinator.post(address, good).status_code == 302
    assert len(points_of(hearing, cast.marac_coordinator)) == 2
    shown = text(coordinator.get(url("hearing", hearing.pk)))
    assert "A plan was agreed." in shown
    assert "Find a home" in shown


def test_a_broken_management_form_is_told_and_no_error(marac: Any, coordinator: Any) -> None:
    address = url("hearing_record", marac.hearings[0].pk)
    data = {"version": "1", "submission": str(uuid4()), "outcome": "x"}
    for broken in ({}, {"actions-TOTAL_FORMS": "zz", "actions-INITIAL_FORMS": "0"}):
        assert coordinator.post(address, {**data, **broken}).status_code == 200
        assert coordinator.post(address, {**data, **broken, "add": "1"}).status_code == 200


def test_an_open_action_point_is_changed_in_its_own_row(marac: Any, cast: Any, coordinator: Any) -> None:
    hearing = record(marac.hearings[0], cast.marac_coordinator, marac.police, marac.housing)
    one, two = points_of(hearing, cast.marac_coordinator)
    address = url("hearing_record", hearing.pk)
    assert "Take this action point off" in text(coordinator.get(address))
    # The rows come back in another order than the list has: what counts is the key in each row.
    data = {"version": "2", "submission": str(uuid4()), "outcome": "Changed"} | rows(
        action(marac.housing, "Second", action_point=str(two.pk)),
        action(marac.police, "First", action_point=str(one.pk), take_off="on"),
        initial=2,
    )
    assert coordinator.post(address, data).status_code == 302
    after = {point.pk: (point.task, point.state) for point in points_of(hearing, cast.marac_coordinator)}
    assert after == {one.pk: ("First", "cancelled"), two.pk: ("Second", "open")}


def test_the_second_recorder_sees_both_versions(
    marac: Any, cast: Any, coordinator: Any, sign_in: Any
) -> None:
    address = url("hearing_record", marac.hearings[0].pk)
    data = {"version": "1", "outcome": "The chair’s words", **rows({})}
    sign_in(cast.marac_chair).post(address, {**data, "submission": str(uuid4())})
    stale = coordinator.post(
        address, {**data, "outcome": "The coordinator’s words", "submission": str(uuid4())}
    )
    page = text(stale)
    assert "Chaz Invented saved this" in page
    assert "The chair’s words" in page
    assert "The coordinator’s words" in page
    assert 'name="version" value="2"' in page


def test_before_its_day_a_hearing_is_prepared_and_not_recorded(
    marac: Any, cast: Any, coordinator: Any
) -> None:
    Meeting.objects.filter(pk=marac.meeting.pk).update(held_on=today() + timedelta(days=3))
    address = url("hearing_record", marac.hearings[0].pk)
    assert "has not been held yet" in text(coordinator.get(address))
    early = coordinator.post(
        address, {"version": "1", "submission": str(uuid4()), "outcome": "x", **rows({})}
    )
    assert "Record its hearings on that day or later" in text(early)
    assert "The outcome can be recorded from" in text(coordinator.get(url("hearing", marac.hearings[0].pk)))


def test_a_meeting_is_closed_when_all_is_recorded(
    marac: Any, cast: Any, coordinator: Any, sign_in: Any
) -> None:
    address = url("meeting_close", marac.meeting.pk)
    assert "Record the outcome of every hearing first" in text(coordinator.post(address))
    record(marac.hearings[0], cast.marac_coordinator, marac.housing)
    record(marac.hearings[1], cast.marac_coordinator, marac.police)
    assert "Close the meeting" in text(coordinator.get(url("meeting", marac.meeting.pk)))
    assert "The meeting is closed" in text(coordinator.post(address, follow=True))
    closed = text(coordinator.get(url("hearing", marac.hearings[0].pk)))
    assert "Agencies that were invited" in closed
    assert "Northmoor Housing" in closed
    browser = sign_in(cast.housing_representative)
    assert browser.get(url("hearing", marac.hearings[0].pk)).status_code == 404
    mine = text(browser.get(url("action_points")))
    assert marac.cases[0].reference in mine
    assert "Task of Northmoor Housing" in mine


def test_two_people_change_a_meeting(marac: Any, cast: Any, coordinator: Any, sign_in: Any) -> None:
    address = url("meeting_edit", marac.meeting.pk)
    data = {
        "version": "1", "starts_at": "10:00", "chair": str(cast.marac_chair.pk), "agencies": [str(marac.police.pk)],
        **day("held_on", today() + timedelta(days=7)),
    }  # fmt: skip
    assert sign_in(cast.marac_aster).post(address, data).status_code == 302
    stale = text(coordinator.post(address, {**data, "agencies": [str(marac.housing.pk)]}))
    assert "Aster Fictional saved this" in stale
    assert "Northmoor Police" in stale
    assert (
        coordinator.post(address, {**data, "version": "2", "agencies": [str(marac.housing.pk)]}).status_code
        == 302
    )


def test_an_action_point_is_reported_and_opened_again(
    marac: Any, cast: Any, coordinator: Any, sign_in: Any
) -> None:
    hearing = record(marac.hearings[0], cast.marac_coordinator, marac.housing)
    (point,) = points_of(hearing, cast.marac_coordinator)
    address, browser = url("action_point", point.pk), sign_in(cast.housing_representative)
    assert "Say why it is not possible" in text(
        browser.post(address, {"version": "1", "state": "not_possible"})
    )
    data = {"version": "1", "state": "not_possible", "outcome": "The landlord refused"}
    assert "Your report is recorded" in text(browser.post(address, data, follow=True))
    assert "ask the coordinator to open it again" in text(browser.get(address))
    assert "No action points are open" in text(browser.get(url("action_points")))
    assert "Not possible" in text(browser.get(url("action_points"), {"state": "not_possible"}))
    assert "Nothing matches these filters" in text(browser.get(url("action_points"), {"state": "done"}))
    reopen = url("action_point_reopen", point.pk)
    assert browser.get(reopen).status_code == 403
    assert "is open again" in text(coordinator.post(reopen, follow=True))
    stale = text(browser.post(address, {**data, "state": "done"}))
    assert "What is saved now" in stale
    assert sign_in(cast.outsider).get(address).status_code == 404
    assert "reports on this action point" in text(sign_in(cast.marac_chair).get(address))


def test_who_may_not_come_here_is_told_why(marac: Any, cast: Any, sign_in: Any) -> None:
    denied = {
        cast.police_officer: [url("meetings"), url("hearing", marac.hearings[0].pk)],
        cast.commissioner: [url("meetings"), url("action_points"), url("hearing", marac.hearings[0].pk)],
        cast.housing_representative: [
            url("meeting_create"),
            url("hearing_record", marac.hearings[0].pk),
            url("refer", marac.cases[0].pk),
        ],
        cast.marac_chair: [
            url("meeting_edit", marac.meeting.pk),
            url("hearing_agencies", marac.hearings[0].pk),
        ],
    }
    for membership, addresses in denied.items():
        browser = sign_in(membership)
        for address in addresses:
            assert browser.get(address).status_code == 403, (membership, address)
    outsider = sign_in(cast.outsider)
    for address in (
        url("meeting", marac.meeting.pk),
        url("hearing", marac.hearings[0].pk),
        url("refer", marac.cases[0].pk),
    ):
        assert outsider.get(address).status_code == 404, address
    assert outsider.get(url("meetings")).status_code == 200


def test_a_partnership_that_begins_is_told_how(cast: Any, coordinator: Any, sign_in: Any) -> None:
    page = text(coordinator.get(url("meetings")))
    assert "No meetings yet" in page
    assert url("meeting_create") in page
    refer(make_case(cast.idva, victim="Earlycase"), cast.idva)
    assert "No meeting is planned" in text(coordinator.get(url("meetings")))
    assert "The coordinator has not set one up yet" in text(sign_in(cast.idva).get(url("meetings")))
