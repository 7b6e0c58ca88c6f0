"""A referral taken down from a phone call: by keyboard alone, in time, and with no word lost when the session ends."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from dacase.processes import Stack
from tests.browser.conftest import ROOT, look

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]
SignIn = Callable[..., Page]
LONGEST_SECONDS = 4 * 60
# 60 words a minute of five letters and a space each; and a second to read what the next field asks.
SECONDS_A_KEY, SECONDS_A_FIELD = 60 / (60 * 6), 1.0
# A little longer than the page waits before it saves what is typed.
AUTOSAVE_MS = 3_000
STORY = (
    "Invented: on Friday night he broke the door of the flat and shouted that he would find her wherever she "
    "goes. She has left with both children and stays with somebody for two nights. He has her phone bill and "
    "sees who calls. It is the third time this month, and each time was worse than the one before."
)
TYPED = {
    "phone": "07700 900123",
    "safe_times": "Weekdays before 2pm",
    "who_else_sees": "He reads the phone bill",
    "code_word": "Kestrel",
    "what_happened": STORY,
    "family_name": "Keyboardtest",
    "given_name": "Wren",
    "date_of_birth_day": "4",
    "date_of_birth_month": "3",
    "date_of_birth_year": "1991",
    "perpetrators-0-family_name": "Keyboardtest",
    "perpetrators-0-given_name": "Rook",
    "perpetrators-0-relationship": "Ex-partner",
    "children-0-family_name": "Keyboardtest",
    "children-0-given_name": "Finch",
    "children-0-relationship": "Daughter",
}
EXPIRE = """
from importlib import import_module
from django.conf import settings
from django.contrib.sessions.models import Session
engine = import_module(settings.SESSION_ENGINE)
for row in Session.objects.all():
    store = engine.SessionStore(row.session_key)
    if "session_seen_at" in store:
        store["session_seen_at"] -= 86_400
        store.save()
"""


@dataclass
class Hands:
    """Somebody at a keyboard, and how long she takes."""

    page: Page
    seconds: float = 0.0

    def key(self, name: str) -> None:
        self.page.keyboard.press(name)
        self.seconds += SECONDS_A_KEY

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.seconds += SECONDS_A_KEY * len(words)

    def here(self) -> str:
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.innerText"))

    def reach(self, name: str, *, within: int = 12) -> None:
        """Press Tab until the focus is on the field of this name, or the button of these words."""
        for _ in range(within):
            self.key("Tab")
            if self.here().strip() == name:
                self.seconds += SECONDS_A_FIELD
                return
        raise AssertionError(f"{name} is not within {within} Tabs; the focus is on {self.here()!r}")

    def fill(self, name: str) -> None:
        self.reach(name)
        self.type(TYPED[name])

    def pick(self, name: str, value: str) -> None:
        """Choose one answer: Space takes the first, arrows go on from there."""
        self.reach(name)
        self.key("Space")
        for _ in range(10):
            if self.page.locator(f"input[name='{name}'][value='{value}']").is_checked():
                return
            self.key("ArrowDown")
        raise AssertionError(f"{value} cannot be chosen with the keyboard")


def first_half(hands: Hands) -> None:
    """From the top of the page, past what stands before the form, to the story that was told on the phone."""
    hands.key("Tab")
    hands.key("Enter")  # “Skip to main content”
    hands.fill("phone")
    hands.reach("ways")
    hands.key("Space")
    for name in ("safe_times", "who_else_sees", "code_word", "what_happened"):
        hands.fill(name)


def second_half(hands: Hands) -> None:
    """How urgent it is, who the people are, awareness and consent."""
    hands.pick("priority", "high")
    for name in [name for name in TYPED if name.startswith(("family", "given", "date_of_birth_"))]:
        hands.fill(name)
    for name in [name for name in TYPED if name.startswith(("perpetrators", "children"))]:
        hands.fill(name)
    hands.pick("victim_aware", "yes")
    hands.pick("consent", "given")


def test_a_phone_call_is_taken_down_in_time_and_nothing_is_lost(sign_in_as: SignIn, stack: Stack) -> None:
    page = sign_in_as("Petra Invented")
    page.goto("/referrals/new/")
    hands = Hands(page)
    first_half(hands)
    page.wait_for_timeout(AUTOSAVE_MS)
    environment = dict(os.environ, **stack.environment)
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", EXPIRE], cwd=ROOT, env=environment, check=True
    )
    # The page saves what is typed, and hears there that the session has ended.
    hands.pick("priority", "high")
    page.wait_for_url("**/accounts/login/**")
    expect(page.get_by_text("We kept what you typed")).to_be_visible()
    look(page, "intake-session-ended")
    page.get_by_role("button", name="Sign in as Petra Invented").click()
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/referrals/new/")
    for name in ("phone", "safe_times", "who_else_sees", "code_word", "what_happened"):
        expect(page.locator(f"[name='{name}']")).to_have_value(TYPED[name])
    expect(page.locator("input[name='ways']").first).to_be_checked()
    expect(page.locator("input[name='priority'][value='high']")).to_be_checked()
    look(page, "intake-restored")

    page.locator("[name='what_happened']").focus()
    second_half(hands)
    for name, words in TYPED.items():
        expect(page.locator(f"[name='{name}']")).to_have_value(words)
    look(page, "intake-filled")
    page.locator("input[name='consent']:checked").focus()
    hands.reach("Send the referral")
    with page.expect_navigation(url="**/confirmation/"):
        hands.key("Enter")
    print(f"\nForm time: {hands.seconds:.0f} seconds")
    assert hands.seconds < LONGEST_SECONDS
