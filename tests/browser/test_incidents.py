"""What has happened, and how it changes: three incidents meet potential escalation; the severity, type by type."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.test_idva_day import accept_one
from tests.browser.test_main_path import fill_date, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]
TODAY = timezone.localdate()


def record(page: Page, case: str, *, days: int, kind: str) -> None:
    """Record an incident of some days ago."""
    page.goto(f"{case}incidents/new/")
    page.locator("input[name=precision][value=exact]").check()
    fill_date(page, "happened_on", TODAY - timedelta(days=days))
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("What happened?").fill("Invented words about what happened.")
    page.locator("input[name=perpetrator]").first.check()
    for name, answer in (("children_present", "no"), ("reported_by", "victim"), ("police_told", "no")):
        page.locator(f"input[name={name}][value={answer}]").check()
    press(page, "Record the incident")
    expect(page.get_by_text("The incident is recorded.").first).to_be_visible()


def test_three_incidents_lead_to_marac(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Ida Fictional")
    accept_one(page)
    case = page.url
    page.get_by_role("link", name="Record an incident").first.click()
    page.locator("input[name=precision][value=month]").check()
    look(page, "incident-create")
    press(page, "Record the incident")
    look(page, "incident-create-missing")
    for days, kind in ((90, "Economic abuse"), (30, "Stalking or harassment"), (1, "Physical abuse")):
        record(page, case, days=days, kind=kind)
    look(page, "incidents")
    page.goto(case)
    expect(page.get_by_text("this meets potential escalation").first).to_be_visible()
    look(page, "case-with-escalation")
    page.locator("a[href*='criterion=potential_escalation']").first.click()
    expect(page.locator("input[name=criterion][value=potential_escalation]")).to_be_checked()
    look(page, "refer-for-escalation")
