"""The refuge's pages, through the browser's way: status, words, errors beside the field, double clicks, stale forms."""

from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from dacase.audit.models import Read
from dacase.cases.services.grant import end_access
from dacase.walls.context import acting_as
from refuge.models import Placement, RefugeService, TurnAway, Unit
from refuge.services.placement import TAKEN
from tests.factories import make_case
from tests.refuge.factories import days, household, place, today

# Session, user, membership, opening and closing the context of the transaction.
EVERY_PAGE = 8


def day(name: str, value: Any) -> dict[str, Any]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def browser(refuge: Any, sign_in: Any) -> Any:
    return sign_in(refuge.worker)


def form_data(refuge: Any, **changes: Any) -> dict[str, Any]:
    return {
        "submission": str(uuid4()),
        "parties": [str(party.pk) for party in household(refuge.case, refuge.worker)],
        "unit": str(refuge.unit.pk),
        **day("starts_on", today()),
    } | changes


def test_every_page_opens_within_its_budget(
    refuge: Any, browser: Any, django_assert_max_num_queries: Any
) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker)
    pages = {
        "board": [],
        "services": [],
        "service_create": [],
        "service_edit": [refuge.service.pk],
        "unit_create": [refuge.service.pk],
        "unit_edit": [refuge.unit.pk],
        "place_choose": [],
        "place": [refuge.case.pk],
        "placements": [],
        "placement": [placement.pk],
        "placement_change": [placement.pk],
        "placement_end": [placement.pk],
        "placement_cancel": [placement.pk],
        "turn_aways": [],
        "turn_away_create": [],
    }
    browser.get("/")
    for name, args in pages.items():
        with django_assert_max_num_queries(EVERY_PAGE + 6, info=name):
            response = browser.get(reverse(f"refuge:{name}", args=args))
        assert response.status_code == 200, name
        title = text(response).split("<title>")[1].split("</title>")[0]
        assert not any(word in title for word in ("Placedcase", "Quillfeather", "Vera")), title


def test_a_new_refuge_is_told_how_to_begin(cast: Any, sign_in: Any) -> None:
    browser = sign_in(cast.refuge_worker)
    board = text(browser.get(reverse("refuge:board")))
    assert "No services yet" in board
    assert reverse("refuge:service_create") in board
    added = browser.post(
        reverse("refuge:service_create"),
        {
            "name": "New House",
            "kind": "refuge",
            "address": "1 Nowhere",
            "service_address": "PO Box 1",
            "submission": str(uuid4()),
        },
    )
    with acting_as(cast.refuge_worker):
        service = RefugeService.objects.get()
    assert added.url == reverse("refuge:unit_create", args=[service.pk])
    assert "No units yet" in text(browser.get(reverse("refuge:board")))
    unit = {
        "name": "Room 1",
        "sleeps": "2",
        "has_cot": "yes",
        "is_step_free": "no",
        "is_self_contained": "no",
    }
    assert browser.post(added.url, unit).status_code == 302
    again = browser.post(added.url, unit)
    assert "This service already has a unit of this name" in text(again)
    page = text(browser.get(reverse("refuge:board")))
    assert "Room 1" in page
    assert "Sleeps 2" in page
    assert "Free" in page


def test_the_board_says_every_state_in_words(refuge: Any, browser: Any, cast: Any) -> None:
    place(refuge.case, refuge.unit, refuge.worker, ends_on=days(5))
    page = text(browser.get(reverse("refuge:board")))
    assert "Taken until" in page
    assert refuge.case.reference in page
    assert "Arrives today" in page
    later = browser.get(reverse("refuge:board"), day("on", days(5)))
    assert "A household leaves on this day" in text(later)
    assert "Taken until" not in text(later)
    wrong = browser.get(reverse("refuge:board"), {"on_day": "31", "on_month": "2", "on_year": "2026"})
    assert wrong.status_code == 200
    assert "must be a real date" in text(wrong)


def test_a_household_is_placed_from_the_board(refuge: Any, browser: Any) -> None:
    choose = browser.get(reverse("refuge:place_choose"), {"unit": str(refuge.unit.pk)})
    link = f"{reverse('refuge:place', args=[refuge.case.pk])}?unit={refuge.unit.pk}"
    assert link in text(choose)
    assert f'value="{refuge.unit.pk}" id="id_unit_1" checked' in text(browser.get(link)) or "checked" in text(
        browser.get(link)
    )
    data = form_data(refuge, **day("ends_on", days(10)))
    url = reverse("refuge:place", args=[refuge.case.pk])
    first, second = browser.post(url, data), browser.post(url, data)
    with acting_as(refuge.worker):
        placement = Placement.objects.get()
    assert first.url == second.url == reverse("refuge:placement", args=[placement.pk])
    page = text(browser.get(first.url))
    for words in ("Marmalade Room", "9 Nowhere Zigzag", "Vera Placedcase", refuge.case.reference):
        assert words in page
    with acting_as(refuge.worker):
        assert Read.objects.filter(page="refuge:placement", object_id=placement.pk, was_allowed=True).exists()


def test_a_search_leaves_no_name_in_the_address(refuge: Any, browser: Any, cast: Any) -> None:
    make_case(cast.idva, victim="Elsewhere", shared_with=[refuge.worker.agency])
    answer = browser.post(reverse("refuge:place_choose"), {"words": "Placed"})
    assert "Placed" not in answer.url
    page = text(browser.get(answer.url))
    assert refuge.case.reference in page
    assert "Vera Elsewhere" not in page
    nothing = browser.post(reverse("refuge:place_choose"), {"words": "Zzz\0"})
    assert "No case fits" in text(browser.get(nothing.url))
    assert (
        browser.post(reverse("refuge:place_choose"), {"words": " "}).url
        == reverse("refuge:place_choose") + "?"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts_on_day": "31", "starts_on_month": "2"}, "First night must be a real date"),
        ({"starts_on_day": "1\0"}, "First night must be a real date"),
        ({"starts_on_day": "", "starts_on_month": "", "starts_on_year": ""}, "Enter first night"),
        ({"parties": []}, "Answer “Who is placed?”"),
        ({"parties": ["x" * 1_000_000]}, "select one of the answers"),
        ({"unit": "not-a-unit"}, "select one of the answers"),
        ({"submission": "no"}, "Part of this page was missing"),
    ],
)
def test_bad_input_is_answered_beside_its_field(refuge: Any, browser: Any, changes: Any, words: str) -> None:
    response = browser.post(reverse("refuge:place", args=[refuge.case.pk]), form_data(refuge, **changes))
    assert response.status_code == 200
    assert words in text(response)
    with acting_as(refuge.worker):
        assert not Placement.objects.exists()


def test_a_taken_unit_is_told_beside_the_unit(refuge: Any, browser: Any, cast: Any) -> None:
    place(refuge.case, refuge.unit, refuge.worker)
    page = browser.post(reverse("refuge:place", args=[refuge.case.pk]), form_data(refuge))
    assert page.context["form"].errors == {"unit": [TAKEN]}
    assert "is in place already" in text(browser.get(reverse("refuge:place", args=[refuge.case.pk])))
    small = browser.post(
        reverse("refuge:place", args=[refuge.case.pk]), form_data(refuge, unit=str(refuge.other_unit.pk))
    )
    assert "sleeps 1 and the household needs 2 beds" in text(small)
    accepted = form_data(refuge, unit=str(refuge.other_unit.pk), is_small_accepted="on")
    assert browser.post(reverse("refuge:place", args=[refuge.case.pk]), accepted).status_code == 302


def test_a_stay_from_dates_to_leaving(refuge: Any, browser: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-1))
    change = reverse("refuge:placement_change", args=[placement.pk])
    new = {"version": "1", **day("starts_on", days(-1)), **day("ends_on", days(4))}
    assert browser.post(change, new).status_code == 302
    stale = browser.post(change, {**new, **day("ends_on", days(6))})
    assert "saved this" in text(stale)
    assert "What is saved now" in text(stale)
    end = reverse("refuge:placement_end", args=[placement.pk])
    late = browser.post(end, {"version": "2", "leaving_reason": "planned", **day("ends_on", days(1))})
    assert "must be today or in the past" in text(late)
    done = browser.post(
        end, {"version": "2", "leaving_reason": "planned", **day("ends_on", today())}, follow=True
    )
    assert "ended after 1 night." in text(done)
    assert "Planned move" in text(done)


def test_a_household_that_does_not_come_is_cancelled(refuge: Any, browser: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker)
    url = reverse("refuge:placement_cancel", args=[placement.pk])
    assert "Cancel this placement?" in text(browser.get(url))
    done = browser.post(url, follow=True)
    assert "The unit is free again" in text(done)
    assert "Cancelled before arrival" in text(done)


def test_an_overdue_stay_asks_for_an_answer(refuge: Any, browser: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-9), ends_on=days(-2))
    assert "Should have left on" in text(browser.get(reverse("refuge:board")))
    assert "The household should have left" in text(
        browser.get(reverse("refuge:placement", args=[placement.pk]))
    )
    assert "Record whether the household in Marmalade Room has left" in text(browser.get("/"))


def test_a_turn_away_goes_from_who_decided_to_why(refuge: Any, browser: Any) -> None:
    url = reverse("refuge:turn_away_create")
    data = {
        "submission": str(uuid4()),
        "service": str(refuge.service.pk),
        "decided_by": "survivor",
        "survivor_cause": "too_far",
        "adults": "1",
        "children": "2",
        "reference": refuge.case.reference.lower(),
        **day("happened_on", today()),
    }
    assert "Select why" in text(
        browser.post(url, {**data, "survivor_cause": "", "service_cause": "no_capacity"})
    )
    assert "No case with this reference" in text(browser.post(url, {**data, "reference": "C-2222-2222"}))
    assert "must be today or in the past" in text(browser.post(url, {**data, **day("happened_on", days(1))}))
    assert "greater than or equal to 1" in text(browser.post(url, {**data, "adults": "0"}))
    assert [browser.post(url, data).status_code for _ in range(2)] == [302, 302]
    with acting_as(refuge.worker):
        assert TurnAway.objects.get().case_id == refuge.case.pk
    page = text(browser.get(reverse("refuge:turn_aways")))
    assert "Too far away" in page
    assert refuge.case.reference in page
    assert "Nothing matches" in text(browser.get(reverse("refuge:turn_aways"), {"decided_by": "referrer"}))


def test_a_unit_and_a_service_are_changed_and_told_when_stale(refuge: Any, browser: Any) -> None:
    url = reverse("refuge:unit_edit", args=[refuge.unit.pk])
    data = {
        "version": "1", "name": "Marmalade Room", "sleeps": "4", "has_cot": "yes", "is_step_free": "yes",
        "is_self_contained": "no", "is_available": "no",
    }  # fmt: skip
    assert browser.post(url, data).status_code == 302
    assert "What is saved now" in text(browser.post(url, {**data, "sleeps": "2"}))
    assert "Out of use" in text(browser.get(reverse("refuge:board")))
    service = reverse("refuge:service_edit", args=[refuge.service.pk])
    changed = {"version": "1", "name": "A" * 121, "kind": "refuge", "address": "1", "service_address": "2"}
    assert "must be 120 characters or fewer" in text(browser.post(service, changed))
    assert browser.post(service, {**changed, "name": "Other House"}).status_code == 302
    with acting_as(refuge.worker):
        assert Unit.objects.get(pk=refuge.unit.pk).service.name == "Other House"


def test_a_lost_case_is_not_named_on_its_placement(refuge: Any, browser: Any, cast: Any) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker)
    with acting_as(cast.idva):
        end_access(refuge.case, agency=refuge.worker.agency, actor=cast.idva)
    for url in (
        reverse("refuge:placement", args=[placement.pk]),
        reverse("refuge:placements"),
        reverse("refuge:board"),
    ):
        page = text(browser.get(url))
        assert "Marmalade Room" in page
        assert refuge.case.reference not in page
        assert "Placedcase" not in page


def test_other_roles_are_told_why_and_other_agencies_find_nothing(
    refuge: Any, cast: Any, sign_in: Any
) -> None:
    placement = place(refuge.case, refuge.unit, refuge.worker)
    paths = [reverse("refuge:board"), reverse("refuge:placement", args=[placement.pk])]
    for membership in (cast.idva, cast.marac_coordinator, cast.commissioner, cast.police_officer):
        browser = sign_in(membership)
        assert {browser.get(path).status_code for path in paths} == {403}


def test_an_absent_and_a_forbidden_object_look_alike(refuge: Any, browser: Any, cast: Any) -> None:
    hidden = make_case(cast.idva, victim="Hiddencase")
    for name in (
        "placement",
        "placement_change",
        "placement_end",
        "placement_cancel",
        "unit_edit",
        "service_edit",
        "unit_create",
    ):
        assert browser.get(reverse(f"refuge:{name}", args=[uuid4()])).status_code == 404
    for pk in (hidden.pk, uuid4()):
        assert browser.get(reverse("refuge:place", args=[pk])).status_code == 404
    with acting_as(refuge.worker):
        assert Read.objects.filter(page="refuge:placement", was_allowed=False).exists()
