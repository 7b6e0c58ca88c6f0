"""A manager stands behind a judgement and a plan, or sends one back; then she talks the support through."""

import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from dacase.processes import Stack
from tests.browser.conftest import ROOT, look
from tests.browser.test_case_file import follow, open_case
from tests.browser.test_main_path import SignIn, fill_date, press
from tests.browser.test_plan import add_action
from tests.browser.test_review_and_exit import answer_topics

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]
TODAY = timezone.localdate()
JUDGEMENT, PLAN = "judgement of risk", "safety and support plan"
LOCKS, NUMBER, DOG = "Change the locks of the house", "Change the number", "Find a home for the dog"
CHANGED = "Changed since it was signed off"

TEN_WEEKS_EARLIER = """
from django.utils import timezone
from referrals.casework.models import Episode
then = timezone.now() - timezone.timedelta(weeks=10)
Episode.objects.using("owner").filter(case_id="{case_id}").update(opened_at=then)
"""


def let_support_begin_earlier(stack: Stack, case: str) -> None:
    """Let the support in a case have begun ten weeks ago, so that its first supervision is late."""
    code = TEN_WEEKS_EARLIER.format(case_id=case.rstrip("/").split("/")[-1])
    environment = dict(os.environ, **stack.environment)
    subprocess.run([sys.executable, "manage.py", "shell", "-c", code], cwd=ROOT, env=environment, check=True)


def judge(page: Page, case: str) -> str:
    """Judge the risk to be high at two yes answers. Returns the address of the assessment."""
    page.goto(f"{case}assessments/new/")
    press(page, "Start")
    answer_topics(page, yes=2)
    page.get_by_label("Yes", exact=True).check()
    page.fill("#id_judgement_reason", "Invented: he waits at the gate every day.")
    press(page, "Complete the assessment")
    return page.url


def ask(page: Page, address: str, link: str, words: str) -> None:
    """Ask a manager, from the page of what she is to stand behind."""
    page.goto(address)
    follow(page, link)
    page.fill("#id_words", words)
    look(page, "sign-off-ask")
    press(page, "Ask")
    expect(page.get_by_text("The managers of your agency are asked.")).to_be_visible()


def entry(page: Page, reference: str, words: str) -> Locator:
    """What My day says of a case, in words that it begins with."""
    row = page.locator("main tbody tr", has_text=reference)
    return row.get_by_role("link", name=words)


def send_back(page: Page, reference: str) -> None:
    """From My day: read the judgement, and send it back, which needs words."""
    page.goto("/my-day/")
    look(page, "sign-off-day")
    with page.expect_navigation():
        entry(page, reference, f"Sign off or send back: {JUDGEMENT}").click()
    for words in ("he waits at the gate every day", "2 yes answers", "Is this too high?"):
        expect(page.get_by_text(words).first).to_be_visible()
    look(page, "sign-off-judgement")
    page.get_by_label("Not yet, send it back").check()
    press(page, "Answer")
    expect(page.locator(".govuk-error-summary")).to_contain_text("Say what needs to be looked at again")
    look(page, "sign-off-without-words")
    page.fill("#id_answer", "Ask the school what it has seen.")
    press(page, "Answer")
    expect(page.get_by_text("Sent back to whoever asked.")).to_be_visible()


def open_plan(page: Page, reference: str) -> None:
    """From the team’s page: read the plan that waits, and begin to answer."""
    page.goto("/team/")
    look(page, "team-sign-offs")
    waiting = page.locator("section[aria-labelledby=sign-offs] tr", has_text=reference)
    with page.expect_navigation():
        waiting.get_by_role("link").click()
    expect(page.get_by_text(LOCKS)).to_be_visible()
    look(page, "sign-off-waits")
    with page.expect_navigation():
        page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text(LOCKS)).to_be_visible()


def sign_what_changed(page: Page) -> None:
    """The plan has changed under the page: it is read again as it is now, and then signed."""
    page.get_by_label("Yes, sign it off").check()
    page.fill("#id_answer", "Well planned.")
    press(page, "Answer")
    expect(page.get_by_text("The plan was changed after you opened this page.").first).to_be_visible()
    expect(page.get_by_text(NUMBER)).to_be_visible()
    look(page, "sign-off-changed")
    press(page, "Answer")
    expect(page.get_by_text("Signed off.")).to_be_visible()
    expect(page.get_by_text("Well planned.")).to_be_visible()
    look(page, "sign-off-signed")


def read_what_was_signed(page: Page, case: str) -> None:
    """The plan says that it has changed since, and leads to what was signed."""
    page.goto(f"{case}plan/")
    expect(page.get_by_text(CHANGED)).to_have_count(0)
    look(page, "plan-signed")
    add_action(page, DOG)
    page.goto(f"{case}plan/")
    expect(page.get_by_text(CHANGED)).to_be_visible()
    look(page, "plan-changed-since")
    follow(page, "Signed off")
    expect(page.get_by_text(NUMBER)).to_be_visible()
    expect(page.get_by_text(DOG)).to_have_count(0)
    look(page, "sign-off-as-it-was")
    follow(page, "Read the plan as it is now")
    expect(page.get_by_text(DOG, exact=True)).to_be_visible()


def read_why(page: Page, reference: str) -> None:
    """From My day: why the judgement came back; read, it is off the day."""
    page.goto("/my-day/")
    why = entry(page, reference, f"Read why it was sent back: {JUDGEMENT}")
    expect(entry(page, reference, f"Read why it was sent back: {PLAN}")).to_have_count(0)
    with page.expect_navigation():
        why.click()
    expect(page.get_by_text("Ask the school what it has seen.")).to_be_visible()
    look(page, "sign-off-sent-back")
    press(page, "I have read it")
    expect(page.get_by_text("It is off your day.")).to_be_visible()
    page.goto("/my-day/")
    expect(why).to_have_count(0)


def test_a_manager_signs_off_and_sends_back(sign_in_as: SignIn) -> None:
    page, case = open_case(
        sign_in_as,
        family="Signofftest",
        born=date(1984, 9, 3),
        phone="07700 900706",
        home="11 Invented Terrace, Northmoor",
    )
    judged = judge(page, case)
    reference = page.locator(".govuk-caption-l").inner_text().removeprefix("Case ")
    link = "Ask a manager to sign off this judgement"
    ask(page, judged, link, "Is this too high?")
    page.goto(judged)
    expect(page.get_by_role("link", name=link)).to_have_count(0)
    page.goto(f"{case}plan/new/")
    fill_date(page, "review_on", TODAY + timedelta(days=3))
    press(page, "Save the plan")
    add_action(page, LOCKS)
    ask(page, f"{case}plan/", "Ask a manager to sign off this plan", "Is the order right?")
    manager = sign_in_as("Manda Fictional")
    send_back(manager, reference)
    open_plan(manager, reference)
    page.goto(f"{case}plan/")
    add_action(page, NUMBER)
    sign_what_changed(manager)
    read_why(page, reference)
    read_what_was_signed(page, case)
    ask(page, judged, link, "The school has seen it too.")
    page.goto(judged)
    expect(page.get_by_role("link", name="Waiting for a manager")).to_be_visible()
    expect(page.get_by_role("link", name="Sent back")).to_be_visible()
    look(page, "risk-with-sign-offs")
    manager.goto("/my-day/")
    expect(entry(manager, reference, f"Sign off or send back: {JUDGEMENT}")).to_be_visible()
    expect(entry(manager, reference, f"Sign off or send back: {PLAN}")).to_have_count(0)


def test_a_manager_talks_a_support_through(sign_in_as: SignIn, stack: Stack) -> None:
    page, case = open_case(
        sign_in_as,
        family="Supervisiontest",
        born=date(1991, 4, 12),
        phone="07700 900707",
        home="12 Invented Terrace, Northmoor",
    )
    let_support_begin_earlier(stack, case)
    manager = sign_in_as("Manda Fictional")
    manager.goto("/team/")
    look(manager, "team-supervision")
    due = manager.locator("section[aria-labelledby=supervision]").get_by_role("link", name="Supervisiontest")
    with manager.expect_navigation():
        due.click()
    look(manager, "supervision-none")
    with manager.expect_navigation():
        manager.get_by_role("button", name="Record a supervision").click()
    manager.fill("#id_discussed", "Invented: how the calls go.")
    press(manager, "Save")
    expect(manager.locator(".govuk-error-summary")).to_be_visible()
    expect(manager.locator("#id_discussed")).to_have_value("Invented: how the calls go.")
    look(manager, "supervision-form")
    manager.fill("#id_decisions", "Invented: ring in the morning.")
    fill_date(manager, "next_due_on", TODAY + timedelta(days=5))
    press(manager, "Save")
    expect(manager.get_by_text("The supervision is recorded.")).to_be_visible()
    look(manager, "supervision-recorded")
    manager.goto("/team/")
    expect(due).to_have_count(0)
    manager.goto("/my-day/")
    row = manager.locator("main tbody tr", has_text="Supervisiontest")
    expect(row.get_by_role("link", name="Talk this through with Ida Fictional")).to_be_visible()
    page.goto("/my-day/")
    row = page.locator("main tbody tr", has_text="Supervisiontest")
    with page.expect_navigation():
        row.get_by_role("link", name="Arrange supervision of this support").click()
    expect(page.get_by_text("Invented: ring in the morning.")).to_be_visible()
    expect(page.get_by_role("button", name="Record a supervision")).to_have_count(0)
    expect(page.get_by_role("link", name="Change")).to_have_count(0)
