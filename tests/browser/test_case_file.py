"""The file of one case: who is who, notes, the story, and a letter that the safe-contact plan first holds back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.conftest import look
from tests.browser.test_idva_day import set_plan
from tests.browser.test_main_path import SignIn, fill_date, open_case_and_route, press, refer

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]
TODAY = timezone.localdate()
HOME = "9 Invented Terrace, Northmoor"


def open_case(sign_in_as: SignIn, *, family: str, born: date, phone: str, home: str) -> tuple[Page, str]:
    """The IDVA with a case of people of its own, just accepted. Returns her page and the case's address."""
    police, front_door = sign_in_as("Petra Invented"), sign_in_as("Fern Made-Up")
    reference = refer(police, family=family, born=born, phone=phone, home=home)
    case = open_case_and_route(front_door, reference)
    page = sign_in_as("Ida Fictional")
    page.goto("/referrals/inbox/")
    page.get_by_role("link", name=reference).click()
    press(page, "Open the referral")
    press(page, "Accept the referral")
    return page, case


def follow(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("link", name=name).first.click()


def relate(page: Page, case: str) -> None:
    """Say that Robin and Finch are siblings, then take it back."""
    page.goto(f"{case}people/")
    look(page, "file-people")
    follow(page, "Add a relationship of Robin Filetest")
    press(page, "Save")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    look(page, "file-relationship-missing")
    page.select_option("#id_kind", label="Brother or sister of")
    page.locator("label").filter(has_text="Finch Filetest").click()
    press(page, "Save")
    expect(page.get_by_text("The relationship is recorded.")).to_be_visible()
    look(page, "file-people-related")
    with page.expect_navigation():
        page.get_by_role("button", name="Take back").first.click()
    expect(page.get_by_text("The relationship is taken back.")).to_be_visible()


def say_facts(page: Page, case: str) -> None:
    """Her pregnancy, what she says of herself, her leave to stay."""
    page.goto(f"{case}people/")
    follow(page, "Language, health and needs of Wren Filetest")
    page.locator("input[name=pregnant][value=yes]").check()
    fill_date(page, "due_on", TODAY + timedelta(days=90))
    look(page, "file-needs")
    press(page, "Save")
    follow(page, "Equality monitoring of Wren Filetest")
    page.locator("input[name=religion]").first.check()
    look(page, "file-equality")
    press(page, "Save")
    follow(page, "Immigration of Wren Filetest")
    page.locator("input[name=status]").first.check()
    page.locator("input[name=no_recourse][value=yes]").check()
    look(page, "file-immigration")
    press(page, "Save")
    expect(page.get_by_text("The answers are saved.")).to_be_visible()
    expect(page.get_by_text("Pregnant").first).to_be_visible()
    look(page, "file-people-known")


def write_notes(page: Page, case: str) -> None:
    """Write two notes; share one, strike the other out."""
    for text in ("Invented words that stay.", "Invented words of another case."):
        page.goto(f"{case}notes/")
        with page.expect_navigation():
            page.locator("a[href$='/notes/new/']").first.click()
        page.fill("#id_text", text)
        look(page, "file-note")
        press(page, "Save the note")
    look(page, "file-notes")
    with page.expect_navigation():
        page.locator("a[href$='/strike-out/']").first.click()
    look(page, "file-note-strike")
    page.fill("#id_reason", "Written into the wrong case")
    press(page, "Strike out this note")
    expect(page.get_by_text("The note is struck out.")).to_be_visible()
    expect(page.get_by_text("Invented words of another case.")).to_have_count(0)
    with page.expect_navigation():
        page.locator("a[href$='/share/'][href^='/notes/']").first.click()
    look(page, "file-note-share")
    page.fill("#id_reason", "Invented: the refuge must know")
    press(page, "Share this note")
    expect(page.get_by_text("The note is shared.")).to_be_visible()
    look(page, "file-notes-after")


def write_story(page: Page, case: str) -> None:
    """Write what she wants, so that nobody asks her again."""
    page.goto(f"{case}story/")
    look(page, "file-story-empty")
    with page.expect_navigation():
        page.locator("a[href$='/story/wishes/']").first.click()
    page.fill("#id_text", "Invented: to keep the flat, and the dog.")
    look(page, "file-story-part")
    press(page, "Save")
    expect(page.get_by_text("Invented: to keep the flat, and the dog.")).to_be_visible()
    look(page, "file-story")


def choose_letter(page: Page, case: str) -> None:
    page.goto(f"{case}letters/new/")
    page.locator("input[name=to][value=victim]").check()
    page.locator("input[name=to_victim][value=please_call]").check()
    page.locator("input[name=way][value=letter]").check()
    press(page, "Continue")


def write_letter(page: Page, case: str) -> None:
    """Refused while writing is not safe; printed when it is. The address stands on the paper alone."""
    page.goto(case)
    set_plan(page, call=True)
    page.goto(f"{case}letters/")
    look(page, "file-letters-empty")
    choose_letter(page, case)
    expect(page.get_by_text("writing is not safe").first).to_be_visible()
    look(page, "file-letter-refused")
    page.goto(case)
    follow(page, "safe-contact plan")
    page.locator("input[name=safe_to_write][value=yes]").check()
    press(page, "Save")
    choose_letter(page, case)
    expect(page.get_by_role("heading", name="Ask to be called")).to_be_visible()
    assert HOME not in page.content()
    look(page, "file-letter")
    press(page, "Print the letter")
    expect(page).to_have_title("Letter")
    expect(page.get_by_text(HOME)).to_be_visible()
    look(page, "file-letter-paper")
    page.goto(f"{case}letters/")
    expect(page.get_by_text("Printed", exact=True)).to_be_visible()
    assert HOME not in page.content()
    look(page, "file-letters")


def test_the_file_of_a_case(sign_in_as: SignIn) -> None:
    page, case = open_case(
        sign_in_as, family="Filetest", born=date(1988, 5, 6), phone="07700 900704", home=HOME
    )
    relate(page, case)
    say_facts(page, case)
    write_notes(page, case)
    write_story(page, case)
    write_letter(page, case)
