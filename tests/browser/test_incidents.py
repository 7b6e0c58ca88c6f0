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


def fill(page: Page, case: str, *, days: int, kind: str) -> None:
    """Fill in the form for an incident of some days ago."""
    page.goto(f"{case}incidents/new/")
    page.locator("input[name=precision][value=exact]").check()
    fill_date(page, "happened_on", TODAY - timedelta(days=days))
    page.get_by_label(kind, exact=True).check()
    page.get_by_label("What happened?").fill("Invented words about what happened.")
    page.locator("input[name=perpetrator]").first.check()
    for name, answer in (("children_present", "no"), ("reported_by", "victim"), ("police_told", "no")):
        page.locator(f"input[name={name}][value={answer}]").check()


def record(page: Page, case: str, *, days: int, kind: str) -> None:
    """Record an incident of some days ago."""
    fill(page, case, days=days, kind=kind)
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


def test_what_is_recorded_twice_is_asked_about_and_counted_once(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Ida Fictional")
    accept_one(page)
    case = page.url
    record(page, case, days=2, kind="Physical abuse")
    fill(page, case, days=2, kind="Stalking or harassment")
    press(page, "Record the incident")
    expect(page.get_by_role("link", name="Say whether this is the same incident")).to_be_visible()
    look(page, "incident-same-asked")
    page.get_by_role("radio", name="Physical abuse").check()
    press(page, "Record the incident")
    expect(page.get_by_text("1 incident recorded in the last 12 months")).to_be_visible()
    look(page, "incidents-counted-once")
    page.get_by_role("link", name="Recorded twice?").first.click()
    look(page, "incident-same")
    page.get_by_role("radio", name="No, it is an incident by itself").check()
    press(page, "Save")
    expect(page.get_by_text("2 incidents recorded in the last 12 months")).to_be_visible()


def rate(page: Page, case: str, severity: str) -> None:
    """Record a grid in which every type is as severe as told, and less so than before."""
    page.goto(f"{case}severity/new/")
    page.locator("input[name=stage][value=review]").check()
    for code in ("physical", "sexual", "stalking", "controlling"):
        page.locator(f"input[name={code}_severity][value={severity}]").check()
        for change in ("severity_change", "frequency_change"):
            page.locator(f"input[name={code}_{change}][value=reduced]").check()


def test_severity_is_recorded_and_compared_without_javascript(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Ida Fictional", java_script_enabled=False)
    page.goto("/cases/")
    page.locator("main tbody a").first.click()
    page.wait_for_url("**/cases/*/")
    case = page.url
    page.get_by_role("link", name="See how the abuse has changed").click()
    page.goto(f"{case}severity/new/")
    press(page, "Save the record")
    expect(page.get_by_text("“Not asked” is an answer").first).to_be_visible()
    for severity in ("high", "moderate"):
        rate(page, case, severity)
        press(page, "Save the record")
        expect(page.get_by_text("It stands beside the earlier ones.").first).to_be_visible()
    expect(page.get_by_text("Less severe").first).to_be_visible()


def test_severity_on_a_phone_and_on_a_screen(sign_in_as: Callable[..., Page]) -> None:
    page = sign_in_as("Ida Fictional")
    page.goto("/cases/")
    page.locator("main tbody a").first.click()
    page.wait_for_url("**/cases/*/")
    case = page.url
    rate(page, case, "high")
    look(page, "severity-create")
    page.locator("input[name=sexual_severity][value=not_asked]").check()
    fill_date(page, "assessed_on", TODAY - timedelta(days=30))
    press(page, "Save the record")
    rate(page, case, "standard")
    press(page, "Save the record")
    look(page, "severity")
