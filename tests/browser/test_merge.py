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
