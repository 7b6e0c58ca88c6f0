"""Two ways in without an account: somebody asks for help, and a professional refers; both reach the queue."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import look
from tests.browser.test_main_path import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]
SUBJECT = re.compile(r"abuse|violence|victim|refer|case|domestic", re.IGNORECASE)
NewContext = Callable[..., BrowserContext]


def in_queue(page: Page, words: str) -> None:
    """Open the referral with `words` from the queue; the worker takes it in within seconds."""
    for _ in range(20):
        page.goto("/referrals/queue/?sort=-received")
        row = page.get_by_role("row").filter(has_text=words).filter(has_text="minute")
        rows = page.get_by_role("row").filter(has_text=words)
        found = row if row.count() else rows
        if found.count():
            found.first.get_by_role("link").first.click()
            return
        time.sleep(0.5)
    raise AssertionError(f"{words} did not reach the queue")


def test_somebody_asks_for_help_and_leaves_nothing_behind(
    new_context: NewContext, sign_in_as: Callable[..., Page]
) -> None:
    context = new_context()
    away: list[str] = []
    context.route(
        re.compile("bbc"), lambda route: (away.append(route.request.url), route.fulfill(body="Weather"))
    )
    page = context.new_page()
    page.goto("/hello/")
    look(page, "hello")
    page.fill("#id_phone", "nonsense")
    press(page, "Send")
    expect(page.locator("#id_phone")).to_have_value("nonsense")
    look(page, "hello-error")
    page.fill("#id_phone", "07700 900321")
    page.get_by_label("You may call me").check()
    page.fill("#id_called", "Wrentest")
    page.get_by_label("Somebody to talk to").check()
    page.fill("#id_words", "Invented: I would like to talk.")
    press(page, "Send")
    page.wait_for_url("**/hello/sent/1/")
    look(page, "hello-sent")
    assert not SUBJECT.search(page.title() + page.url)
    assert context.cookies() == []
    kept = page.evaluate("[localStorage.length, sessionStorage.length]")
    assert kept == [0, 0]
    page.go_back()
    page.wait_for_load_state("networkidle")
    assert page.locator("body").inner_text().find("Wrentest") == -1
    assert page.input_value("#id_words") == ""
    page.fill("#id_words", "Invented again")
    page.keyboard.press("Escape")
    page.wait_for_url("**bbc**")
    page.go_back()
    assert "hello" not in page.url or page.input_value("#id_words") == ""
    assert away

    worker = sign_in_as("Fern Made-Up")
    in_queue(worker, "On the public page")
    expect(worker.locator("main")).to_contain_text("The victim-survivor herself")
    look(worker, "hello-triage")


def test_the_way_out_works_without_scripts_and_by_shift_three_times(new_context: NewContext) -> None:
    for scripts in (False, True):
        context = new_context(java_script_enabled=scripts)
        context.route(re.compile("bbc"), lambda route: route.fulfill(body="Weather"))
        page = context.new_page()
        page.goto("/hello/")
        if scripts:
            for _ in range(3):
                page.keyboard.press("Shift")
        else:
            page.get_by_role("button", name="Exit this page").click()
        page.wait_for_url("**bbc**")


def test_a_professional_refers_and_is_called_back_before_anybody_acts(
    new_context: NewContext, sign_in_as: Callable[..., Page]
) -> None:
    page = new_context().new_page()
    page.goto("/partners/refer/")
    page.fill("#id_phone", "07700 900123")
    page.get_by_label("Call", exact=True).check()
    page.fill("#id_what_happened", "Invented: told the practice nurse about threats.")
    page.get_by_label("High: somebody may be in danger now").check()
    page.fill("#id_family_name", "Doortest")
    page.fill("#id_given_name", "Linnet")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Given", exact=True).check()
    page.fill("#id_sender_name", "Gale Invented")
    page.fill("#id_sender_job", "Practice nurse")
    page.fill("#id_organisation", "Highmoor Surgery")
    page.select_option("#id_kind", "primary_care")
    page.fill("#id_sender_phone", "07700 900555")
    look(page, "partners")
    press(page, "Send the referral")
    look(page, "partners-sent")

    worker = sign_in_as("Fern Made-Up")
    in_queue(worker, "Highmoor Surgery")
    press(worker, "Take this referral")
    expect(worker.locator("main")).to_contain_text("Call back the sender first")
    look(worker, "partners-triage")
    worker.get_by_role("link", name="Call back and record it").click()
    look(worker, "call-back")
    worker.fill("#id_number_found", "The practice’s own website")
    worker.get_by_label("who confirmed the referral").check()
    press(worker, "Record the call back")
    expect(worker.get_by_text("The call back is recorded")).to_be_visible()
    press(worker, "Open a case")
    expect(worker.locator("main")).to_contain_text("It is in case")
