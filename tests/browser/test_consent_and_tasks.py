"""Consent that is refused and gone on without, then withdrawn; a task; supervision: looked at at both widths."""

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


def record(page: Page, purpose: str, answer: str) -> None:
    """Open the form and fill in what every answer needs."""
    page.get_by_role("button", name="Record consent").click()
    page.locator("input[name=party]").first.check()
    page.select_option("#id_purpose", label=purpose)
    page.locator(f"input[name=answer][value={answer}]").check()
    page.locator("input[name=way][value=phone]").check()
    page.locator("input[name=is_informed][value=yes]").check()


def test_consent_is_recorded_gone_on_without_and_withdrawn(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Ida Fictional")
    accept_one(page)
    case = page.url
    page.goto(f"{case}consent/")
    look(page, "consent-empty")
    record(page, "Contact with the GP", "given")
    press(page, "Save")
    record(page, "Being discussed at MARAC", "refused")
    page.locator("input[name=goes_on][value=yes]").check()
    look(page, "consent-form")
    press(page, "Save")
    expect(page.get_by_text("Say in your own words why it is necessary").first).to_be_visible()
    page.locator("input[name=lawful_basis][value=vital_interests]").check()
    page.fill("#id_necessity", "Invented need.")
    page.fill("#id_proportionality", "Invented measure.")
    page.select_option("#id_decided_by", index=1)
    press(page, "Save")
    expect(page.get_by_text("Goes on without consent").first).to_be_visible()
    page.get_by_role("link", name="Withdrawn").first.click()
    page.locator("input[name=way][value=in_person]").check()
    page.locator("input[name=is_informed][value=yes]").check()
    look(page, "consent-withdraw")
    press(page, "Save")
    look(page, "consent")
    page.goto(case)
    look(page, "case-with-consent")


def test_a_task_is_added_and_done(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Ida Fictional")
    accept_one(page)
    page.goto(f"{page.url}tasks/")
    look(page, "tasks-empty")
    page.get_by_role("button", name="Add a task").click()
    page.fill("#id_title", "Ring the housing office")
    fill_date(page, "due_on", SOON)
    look(page, "task-form")
    press(page, "Add it")
    look(page, "tasks")
    page.get_by_role("link", name="Ring the housing office").first.click()
    look(page, "task")
    press(page, "It is done")
    expect(page.get_by_role("button", name="Put it back")).to_be_visible()
    look(page, "task-done")
