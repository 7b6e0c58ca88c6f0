"""An IDVA's day: what is late, a call that the plan refuses, one that it allows, the next try."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.test_main_path import fill_date, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]
TODAY = timezone.localdate()


def accept_one(page: Page) -> None:
    """Accept the first referral that waits for the service."""
    page.goto("/my-day/")
    look(page, "my-day")
    page.goto("/referrals/inbox/")
    page.locator("main tbody a").first.click()
    if page.get_by_role("button", name="Open the referral").count():
        press(page, "Open the referral")
    press(page, "Accept the referral")
    page.get_by_role("button", name="Open the case").click()
    page.wait_for_url("**/cases/*/")


def set_plan(page: Page, *, call: bool) -> None:
    """Record the safe-contact plan of the case that is open: texting is fine, calling as told."""
    with page.expect_navigation():  # else its end may be taken for the end of what Save does
        page.get_by_role("link", name="safe-contact plan").first.click()
    for field, answer in (("safe_to_call", call), ("safe_to_text", True), ("safe_to_leave_message", False), ("safe_to_write", False)):  # fmt: skip
        page.locator(f"input[name={field}][value={'yes' if answer else 'no'}]").check()
    press(page, "Save")


def record(page: Page, method: str, outcome: str) -> None:
    page.get_by_label("We made contact, or tried to").check()
    page.locator(f"input[name=method][value={method}]").last.check()
    page.get_by_label(outcome, exact=True).check()
    page.locator("input[name=with_whom][value=nobody]").check()
    page.locator("input[name=was_safe][value=not_known]").check()
    page.fill("#id_made_time", "00:01")
    fill_date(page, "next_on", TODAY + timedelta(days=1))
    page.fill("#id_next_time", "2:30pm")
    press(page, "Record the contact")


def test_an_idvas_day(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Ida Fictional")
    accept_one(page)
    case = page.url
    set_plan(page, call=False)
    page.goto(case)
    expect(page.get_by_text("Make the first contact").first).to_be_visible()
    look(page, "case-with-support")
    page.locator("a[href*='/episodes/'][href$='/contact/']").first.click()
    look(page, "contact")
    record(page, "phone", "No answer")
    expect(page.get_by_text("calling is not safe").first).to_be_visible()
    look(page, "contact-refused")
    page.locator("input[name=method][value=text]").first.check()
    press(page, "Show the number or address")
    expect(
        page.get_by_text("Use this, and nothing else").or_(page.get_by_text("Nothing is recorded"))
    ).to_be_visible()
    look(page, "contact-number")
    record(page, "text", "Sent, no answer yet")
    expect(page.get_by_text("The contact is recorded.")).to_be_visible()
    look(page, "episode")
    page.goto("/my-day/")
    expect(page.get_by_text("Make contact again").first).to_be_visible()
    look(page, "my-day-after")


def test_a_managers_team(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Manda Fictional")
    page.goto("/team/")
    look(page, "team")
    for address in [
        link.get_attribute("href") for link in page.locator("main tbody a[href^='/team/']").all()
    ]:
        page.goto(str(address))
        if page.locator("input[name=episodes]").count():
            break
    look(page, "team-worker")
    page.locator("input[name=episodes]").first.check()
    page.select_option("#id_worker", label="Hazel Fictional, IDVA")
    press(page, "Give to this colleague")
    expect(page.get_by_text("1 given to Hazel Fictional.")).to_be_visible()
