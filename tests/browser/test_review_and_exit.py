"""Review and exit: assess again, say what has changed, end support, and close the case that it proposes to close."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.test_idva_day import accept_one
from tests.browser.test_main_path import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]


def assess(page: Page, case: str, *, yes: int) -> None:
    """Assess the risk with `yes` yes answers."""
    page.goto(f"{case}assessments/new/")
    for reason in page.locator("input[name=early_reason][value=incident]").all():
        reason.check()
    press(page, "Start")
    answered = 0
    while "/sections/" in page.url:
        for topic in page.locator("fieldset:has(input[value=dont_know])").all():
            topic.locator(f"input[value={'yes' if answered < yes else 'no'}]").check()
            answered += 1
        press(page, "Save and continue")
    page.get_by_label("No", exact=True).check()
    press(page, "Complete the assessment")


def test_review_and_exit(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Ida Fictional")
    accept_one(page)
    case = page.url
    assess(page, case, yes=2)
    page.goto(case)
    page.get_by_role("link", name="IDVA", exact=True).first.click()
    page.get_by_role("link", name="End this support").click()
    page.locator("input[name=reason][value=needs_met]").check()
    look(page, "episode-close")
    press(page, "End it")
    expect(page.get_by_text("“Not asked” is one").first).to_be_visible()
    look(page, "episode-close-missing")
    for item, answer in {"abuse": "less", "risk_reduced": "moderate", "quality_worker": "better"}.items():
        page.locator(f"input[name={item}][value={answer}]").check()
    for item in ("feels_safer", "quality_client", "optimism", "confidence"):
        page.locator(f"input[name={item}][value=not_asked]").check()
    press(page, "End it")
    expect(page.get_by_text("This support has ended.")).to_be_visible()
    look(page, "case-support-ended")
    for link in page.get_by_role(
        "link", name="All support has ended: close the case, or begin another"
    ).all()[:1]:
        link.click()
    page.goto(f"{case}close/")
    page.locator("input[name=reason][value=ended]").check()
    press(page, "Close the case")
    expect(page.get_by_text("The case is closed.").first).to_be_visible()
