"""The front door’s day: a question and its answer, every kind of decision, and what waits too long."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dacase.processes import Stack
from tests.browser.conftest import ROOT, look

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]
SignIn = Callable[..., Page]
AGE = """
from django.utils import timezone
from referrals.models import Referral, Route
from referrals.services.escalation import escalate_late
late = timezone.now() - timezone.timedelta(minutes=5)
{model}.objects.using("owner").filter({key}reference="{reference}").update(due_at=late)
escalate_late()
"""


def press(page: Page, name: str) -> None:
    """Press a button and wait until the page that answers has come."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()


def refer(page: Page, *, family: str, safe: bool = True) -> str:
    """Send a high-priority referral. Returns its reference."""
    page.goto("/referrals/new/")
    page.fill("#id_phone", "07700 900456")
    page.get_by_label("Call", exact=True).set_checked(safe)
    page.fill("#id_what_happened", "Invented: threats at the door.")
    page.get_by_label("High: somebody may be in danger now").check()
    page.fill("#id_family_name", family)
    page.fill("#id_given_name", "Wren")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Given", exact=True).check()
    press(page, "Send the referral")
    page.wait_for_url("**/confirmation/")
    return page.locator(".govuk-panel__body strong").inner_text().strip()


def run_late(stack: Stack, model: str, key: str, reference: str) -> None:
    """Let the limit of a referral, or of its route, have passed, and the clockwork have its turn."""
    code = AGE.format(model=model, key=key, reference=reference)
    environment = dict(os.environ, **stack.environment)
    subprocess.run([sys.executable, "manage.py", "shell", "-c", code], cwd=ROOT, env=environment, check=True)


def open_at_front_door(page: Page, reference: str) -> None:
    page.goto("/referrals/queue/")
    page.get_by_role("link", name=reference).click()


def decide(page: Page, reference: str, link: str, reason: str, button: str) -> None:
    """Take a referral and decide on it with a reason of the list."""
    open_at_front_door(page, reference)
    page.get_by_role("link", name=link).click()
    page.get_by_label(reason).check()
    look(page, f"decide-{button.split(maxsplit=1)[0].lower()}")
    press(page, button)


def test_a_question_is_answered_and_every_decision_reaches_the_sender(sign_in_as: SignIn) -> None:
    police, front_door = sign_in_as("Petra Invented"), sign_in_as("Fern Made-Up")
    reference = refer(police, family="Questiontest", safe=False)
    expect(police.get_by_text("It is back with you for an answer")).to_be_visible()
    look(police, "sent-without-a-way")
    front_door.goto("/referrals/queue/?state=returned")
    expect(front_door.get_by_text(reference)).to_be_visible()
    look(front_door, "queue-with-sender")
    police.goto("/")
    look(police, "home-question")
    follow(police, "questions", reference)
    look(police, "question-safe-contact")
    police.get_by_label("Send a text message").check()
    press(police, "Send the answer")
    expect(police.get_by_text("Your answer is with the front door")).to_be_visible()
    look(police, "question-answered")

    decide(
        front_door, reference, "Return it with a question", "Who are the people named?", "Return the referral"
    )
    expect(front_door.get_by_text("Its clock runs on")).to_be_visible()
    open_at_front_door(front_door, reference)
    look(front_door, "triage-with-sender")
    police.goto("/referrals/sent/")
    police.get_by_role("link", name=reference).click()
    press_link(police, "Answer the question")
    police.fill("#id_answer", "Born in May; the rest is not known.")
    look(police, "question-free")
    press(police, "Send the answer")

    decide(front_door, reference, "Decline it", "Lives outside the area", "Decline the referral")
    other = refer(police, family="Nofurthertest")
    decide(
        front_door,
        other,
        "Record no further action",
        "Kept as information",
        "Record no further action",
    )
    for sent, words in ((reference, "Lives outside the area"), (other, "Kept as information")):
        police.goto("/referrals/sent/")
        police.get_by_role("link", name=sent).click()
        expect(police.get_by_text(words)).to_be_visible()
    look(police, "feedback")


def follow(page: Page, to: str, reference: str) -> None:
    """The row of a panel on “My work”: what is most urgent for everybody stands above it."""
    with page.expect_navigation():
        page.locator(f"td a[href*='/{to}/'], th a[href*='/{to}/']").filter(has_text=reference).first.click()


def press_link(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.click()


def test_what_waits_too_long_reaches_a_second_person(sign_in_as: SignIn, stack: Stack) -> None:
    police, colleague = sign_in_as("Petra Invented"), sign_in_as("Fern Made-Up")
    reference = refer(police, family="Escalationtest")
    run_late(stack, "Referral", "", reference)
    colleague.goto("/")
    look(colleague, "home-escalation")
    follow(colleague, "escalations", reference)
    look(colleague, "escalation-front-door")
    press(colleague, "I am on it")
    expect(colleague.get_by_text("Fern Made-Up is on it")).to_be_visible()
    press(colleague, "Take this referral")
    press(colleague, "Open a case")
    colleague.get_by_label("Brightwater Advocacy").check()
    press(colleague, "Route")

    run_late(stack, "Route", "referral__", reference)
    manager = sign_in_as("Manda Fictional")
    manager.goto("/")
    follow(manager, "escalations", reference)
    look(manager, "escalation-service")
    press(manager, "I am on it")
    press(manager, "Open the referral")
    press(manager, "Accept the referral")
    police.goto("/referrals/sent/")
    sent = police.locator("tr").filter(has_text=reference)
    expect(sent.get_by_text("accepted by Manda Fictional")).to_be_visible()
