"""Somebody recorded twice: found again, compared, merged, and made two again, through the pages alone."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.test_main_path import SignIn, open_case_and_route, open_from_queue, press, refer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]


def open_second_case(page: Page, reference: str) -> str:
    """Open a new case although everybody is known, as happens in a hurry. Returns its address."""
    open_from_queue(page, reference)
    page.get_by_role("button", name="Open a new case").click()
    expect(page.get_by_role("button", name="Open the case")).to_be_visible()  # `all` waits for nothing
    for answer in page.get_by_label("Somebody new").all():
        answer.check()
    press(page, "Open the case")
    return str(page.locator("a[href^='/cases/']").filter(has_text="C-").first.get_attribute("href"))


def test_somebody_recorded_twice_becomes_one_and_two_again(sign_in_as: SignIn) -> None:
    police, front_door = sign_in_as("Petra Invented"), sign_in_as("Fern Made-Up")
    # A number of their own: by that of another journey they would be found already.
    somebody = {
        "family": "Mergetest",
        "born": date(1986, 10, 8),
        "phone": "07700 900702",
        "home": "8 Invented Mews",
    }
    first = open_case_and_route(front_door, refer(police, **somebody))
    second = open_second_case(front_door, refer(police, **somebody))
    assert first != second

    front_door.goto(f"{second}people/")
    look(front_door, "case-people")
    front_door.get_by_role("link", name="Known already?").first.click()
    expect(front_door.get_by_text("Same date of birth")).to_be_visible()
    expect(front_door.get_by_text("Same phone number")).to_be_visible()
    look(front_door, "merge-matches")
    front_door.get_by_role("link", name="Compare").first.click()
    front_door.get_by_label("One referral was recorded twice").check()
    look(front_door, "merge-compare")
    press(front_door, "Merge the two records")
    expect(front_door.get_by_text("The two records are one now")).to_be_visible()
    look(front_door, "merge-done")
    merge = front_door.url
    front_door.goto(f"{second}timeline/")
    expect(front_door.get_by_text("Two records of one person merged")).to_be_visible()

    front_door.goto(merge)
    front_door.get_by_role("button", name="Undo this merge").click()
    look(front_door, "merge-undo")
    press(front_door, "Undo the merge")
    expect(front_door.get_by_text("They are two records again")).to_be_visible()
    look(front_door, "merge-undone")
    front_door.goto(f"{first}timeline/")
    expect(front_door.get_by_text("Merge of two records undone")).to_be_visible()


def test_a_child_recorded_twice_in_one_case_is_shown_once(sign_in_as: SignIn) -> None:
    police, front_door = sign_in_as("Petra Invented"), sign_in_as("Fern Made-Up")
    case = open_case_and_route(
        front_door,
        refer(
            police, family="Doubletest", born=date(1985, 2, 1), phone="07700 900704", home="9 Invented Mews"
        ),
    )
    front_door.goto(f"{case}people/add/")
    front_door.get_by_label("Child", exact=True).check()
    front_door.fill("#id_family_name", "Doubletest")
    front_door.fill("#id_given_name", "Little F")
    front_door.get_by_label("Not asked", exact=True).check()
    press(front_door, "Add to the case")
    child = front_door.get_by_role("link", name="Look whether Finch Doubletest")
    assert front_door.get_by_role("link", name="Known already?").count() == 5

    child.click()
    look(front_door, "double-matches")
    front_door.get_by_role("link", name="Little F Doubletest").first.click()
    front_door.get_by_label("One referral was recorded twice").check()
    look(front_door, "double-compare")
    press(front_door, "Merge the two records")
    look(front_door, "double-done")
    merge = front_door.url
    front_door.goto(f"{case}people/")
    assert front_door.get_by_role("link", name="Known already?").count() == 4
    look(front_door, "double-people")

    front_door.goto(merge)
    front_door.get_by_role("button", name="Undo this merge").click()
    press(front_door, "Undo the merge")
    look(front_door, "double-undone")
    front_door.goto(f"{case}people/")
    assert front_door.get_by_role("link", name="Known already?").count() == 5
