"""The risk assessed again, before the review is due, with licensed wording that the administrator has loaded."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.test_main_path import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]


def load_wording(page: Page, folder: Path) -> None:
    """Load an invented sentence for every topic of the Dash; the first file lacks a row."""
    page.goto("/wording/")
    look(page, "wording-list")
    page.get_by_role("button", name="Load wording").click()
    rows = [
        f"D{number:02},Does the invented moon number {number} sing?,Invented help" for number in range(1, 25)
    ]
    for number, content in enumerate((rows[1:], rows)):
        file = folder / f"wording-{number}.csv"
        file.write_text("\n".join(["code,question,help", *content]), encoding="utf-8")
        page.locator("select[name=tool]").select_option("dash:24 topics, 1")
        page.locator("input[name=file]").set_input_files(file)
        page.fill("textarea[name=licence]", "Invented licence of the moon, all songs reserved")
        press(page, "Check the file")
        if number == 0:
            expect(page.get_by_text("this topic has no row")).to_be_visible()
            look(page, "wording-wrong")
    look(page, "wording-look")
    press(page, "Use this wording")
    expect(page.get_by_text("The wording is used.")).to_be_visible()


def assess(page: Page, case: str, *, yes: int) -> None:
    """Assess with the Dash and `yes` yes answers, for a reason where one is asked."""
    page.goto(f"{case}assessments/new/")
    look(page, "risk-start")
    for reason in page.locator("input[name=early_reason][value=incident]").all():
        reason.check()
    press(page, "Start")
    answered = 0
    while "/sections/" in page.url:
        expect(page.get_by_text("Does the invented moon number").first).to_be_visible()
        if answered == 0:
            look(page, "risk-section")
        for topic in page.locator("fieldset:has(input[value=dont_know])").all():
            topic.locator(f"input[value={'yes' if answered < yes else 'no'}]").check()
            answered += 1
        press(page, "Save and continue")
    look(page, "risk-judgement")


def test_a_risk_is_assessed_again(sign_in_as: Callable[..., Page], tmp_path: Path) -> None:
    load_wording(sign_in_as("Addie Invented"), tmp_path)
    page = sign_in_as("Ida Fictional")
    page.goto("/cases/")
    page.locator("main tbody a").first.click()
    case = page.url
    assess(page, case, yes=2)
    page.get_by_label("No", exact=True).check()
    press(page, "Complete the assessment")
    expect(page.get_by_text("Invented licence of the moon")).to_be_visible()
    look(page, "risk-detail")
    assess(page, case, yes=3)
    expect(page.get_by_role("heading", name="What has changed since")).to_be_visible()
    expect(page.get_by_text("(then: No; now: Yes)")).to_be_visible()
