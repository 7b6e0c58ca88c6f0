"""A safety and support plan: written, filled, settled, and printed once the safe-contact plan lets paper go."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.test_idva_day import accept_one
from tests.browser.test_main_path import fill_date, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]
SOON = timezone.localdate() + timedelta(days=3)


def add_action(page: Page, text: str) -> None:
    page.get_by_role("link", name="Add an action").click()
    page.select_option("#id_heading", label="Digital safety")
    page.fill("#id_need", "He reads her messages")
    page.fill("#id_text", text)
    page.locator("input[name=owner][value=worker]").check()
    page.select_option("#id_worker", label="Ida Fictional")
    fill_date(page, "due_on", SOON)
    look(page, "plan-action-form")
    press(page, "Save")


def let_paper_go(page: Page) -> None:
    """Record that writing to her is safe in the case that is open."""
    page.get_by_role("link", name="safe-contact plan").first.click()
    for field in ("safe_to_call", "safe_to_text", "safe_to_leave_message", "safe_to_write"):
        page.locator(f"input[name={field}][value=yes]").check()
    press(page, "Save")


def test_a_plan_is_written_and_printed(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Ida Fictional")
    accept_one(page)
    case = page.url
    let_paper_go(page)
    page.goto(f"{case}plan/")
    look(page, "plan-empty")
    page.get_by_role("button", name="Write the plan").click()
    page.fill("#id_wishes", "To keep the dog.")
    fill_date(page, "review_on", SOON)
    look(page, "plan-form")
    press(page, "Save the plan")
    for text in ("Change the password", "Turn off the tracking of the phone"):
        add_action(page, text)
    look(page, "plan")
    page.get_by_role("link", name="Say what became of it").first.click()
    look(page, "plan-settle")
    page.get_by_label("Done", exact=True).check()
    press(page, "Save")
    page.get_by_text("Settled (1)").click()
    look(page, "plan-settled")
    page.get_by_role("button", name="Put back").click()
    expect(page.get_by_text("The action is to do again.")).to_be_visible()
    page.goto(case)
    look(page, "case-with-plan")
    page.goto("/my-day/")
    expect(page.get_by_text("Do what the plan says: digital safety").first).to_be_visible()
    page.goto(f"{case}plan/")
    page.get_by_role("link", name="Print it to give").click()
    press(page, "Print")
    expect(page.get_by_text("Confirm that they can keep it without danger").first).to_be_visible()
    look(page, "plan-print")
    page.locator("#id_is_safe_to_give").check()
    press(page, "Print")
    expect(page).to_have_title("List")
    look(page, "plan-paper")
    page.emulate_media(media="print")
    assert page.locator("body").inner_text().split()[:2] == ["My", "list"]
    expect(page.get_by_role("link", name="Back to the plan")).to_be_hidden()
