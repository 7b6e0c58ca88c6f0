"""Review and exit: assess again, say what has changed, end support, and close the case that it proposes to close."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from dacase.processes import Stack
from tests.browser.conftest import ROOT, look
from tests.browser.test_case_file import open_case
from tests.browser.test_idva_day import accept_one
from tests.browser.test_main_path import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]

NINE_WEEKS_LATER = """
from django.utils import timezone
from django.db import connections, transaction
from dacase.cases.models import Headline
from dacase.demo.relax import sleeping_triggers
from referrals.casework.models import RiskAssessment
then, due = (timezone.localdate() - timezone.timedelta(weeks=weeks) for weeks in (9, 1))
with transaction.atomic("owner"), sleeping_triggers(connections["owner"].cursor()):  # they refuse to change one
    RiskAssessment.objects.using("owner").filter(case_id="{case_id}").update(assessed_on=then, review_due_on=due)
Headline.objects.using("owner").filter(case_id="{case_id}").update(band_set_on=then, review_due_on=due)
"""


def let_nine_weeks_pass(stack: Stack, case: str) -> None:
    """Let the assessment of a case lie nine weeks back, and its review be a week late."""
    code = NINE_WEEKS_LATER.format(case_id=case.rstrip("/").split("/")[-1])
    environment = dict(os.environ, **stack.environment)
    subprocess.run([sys.executable, "manage.py", "shell", "-c", code], cwd=ROOT, env=environment, check=True)


def assess(page: Page, case: str, *, yes: int) -> None:
    """Assess the risk with `yes` yes answers."""
    page.goto(f"{case}assessments/new/")
    for reason in page.locator("input[name=early_reason][value=incident]").all():
        reason.check()
    press(page, "Start")
    answer(page, yes=yes)


def answer(page: Page, *, yes: int) -> None:
    """Answer the topics of the assessment that is begun, and complete it."""
    answer_topics(page, yes=yes)
    page.get_by_label("No", exact=True).check()
    press(page, "Complete the assessment")


def answer_topics(page: Page, *, yes: int) -> None:
    """Answer the topics of the assessment that is begun; its judgement is asked next."""
    answered = 0
    while "/sections/" in page.url:
        for topic in page.locator("fieldset:has(input[value=dont_know])").all():
            topic.locator(f"input[value={'yes' if answered < yes else 'no'}]").check()
            answered += 1
        press(page, "Save and continue")


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
    # Whether another agency supports somebody there too depends on which referral waited first.
    refused = page.get_by_text("still supported in this case")
    expect(page.get_by_text("The case is closed.").or_(refused).first).to_be_visible()


def test_a_review_that_is_due_is_done_from_my_day(sign_in_as: Callable[..., Page], stack: Stack) -> None:
    page, case = open_case(
        sign_in_as,
        family="Reviewtest",
        born=date(1979, 2, 17),
        phone="07700 900705",
        home="10 Invented Terrace, Northmoor",
    )
    entry = page.locator(f"main table a[href='{case}assessments/new/']")
    assess(page, case, yes=2)
    page.goto("/my-day/")
    expect(entry).to_have_count(0)
    let_nine_weeks_pass(stack, case)
    page.goto("/my-day/")
    expect(entry).to_have_text("Assess the risk again")
    look(page, "my-day-review")
    with page.expect_navigation():
        entry.click()
    look(page, "review-start")
    expect(page.get_by_text("The review was due on")).to_be_visible()
    press(page, "Start")
    expect(page.get_by_text("Last time, on").first).to_be_visible()
    look(page, "review-section")
    answer(page, yes=3)
    page.goto("/my-day/")
    expect(entry).to_have_count(0)
