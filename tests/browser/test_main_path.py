"""The main job from end to end, each step as its own agency's user, through the pages alone."""

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dacase.processes import Stack
from reporting.periods import quarter_of_day
from tests.browser.conftest import ROOT, look

# One process runs all of them, so that one running DACase serves all.
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stack")]
SignIn = Callable[..., Page]
PHONE, HOME = "07700 900123", "1 Invented Row, Northmoor"
TODAY = timezone.localdate()


def fill_date(page: Page, field: str, day: date) -> None:
    for part in ("day", "month", "year"):
        page.fill(f"#id_{field}_{part}", str(getattr(day, part)))


def press(page: Page, name: str) -> None:
    """Press a button and wait until the page that answers has come."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).last.click()


def refer(page: Page, *, family: str, born: date, phone: str = PHONE, home: str = HOME) -> str:
    """Fill in and send a referral with a perpetrator and two children. Returns its reference."""
    page.goto("/referrals/new/")
    page.fill("#id_phone", phone)
    page.get_by_label("Call", exact=True).check()
    page.fill("#id_safe_times", "Weekdays before 2pm")
    page.fill("#id_address", home)
    page.fill("#id_what_happened", "Invented: threats at the door, the third time this month.")
    page.get_by_label("High: somebody may be in danger now").check()
    page.fill("#id_family_name", family)
    page.fill("#id_given_name", "Wren")
    fill_date(page, "date_of_birth", born)
    page.fill("#id_perpetrators-0-family_name", family)
    page.fill("#id_perpetrators-0-given_name", "Rook")
    page.fill("#id_perpetrators-0-relationship", "Ex-partner")
    for row, name in enumerate(["Finch", "Robin"]):
        if row:
            page.get_by_role("button", name="Add another child").click()
        page.fill(f"#id_children-{row}-family_name", family)
        page.fill(f"#id_children-{row}-given_name", name)
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Given", exact=True).check()
    look(page, "referral-new")
    press(page, "Send the referral")
    page.wait_for_url("**/confirmation/")
    look(page, "referral-sent")
    return page.locator(".govuk-panel__body strong").inner_text().strip()


def open_from_queue(page: Page, reference: str) -> None:
    page.goto("/referrals/queue/")
    look(page, "front-door-queue")
    page.get_by_role("link", name=reference).click()
    press(page, "Take this referral")


def open_case_and_route(page: Page, reference: str) -> str:
    """Open a case from a referral and route it to the IDVA service. Returns the case's address."""
    open_from_queue(page, reference)
    press(page, "Open a case")
    page.get_by_label("Brightwater Advocacy").check()
    press(page, "Route")
    expect(page.get_by_text("Routed to Brightwater Advocacy")).to_be_visible()
    look(page, "front-door-triage")
    return str(page.locator("a[href^='/cases/']").filter(has_text="C-").first.get_attribute("href"))


def accept_and_assess(page: Page, reference: str, case: str) -> None:
    page.goto("/referrals/inbox/")
    look(page, "inbox")
    page.get_by_role("link", name=reference).click()
    press(page, "Open the referral")
    look(page, "route")
    press(page, "Accept the referral")
    expect(page.get_by_text("Ida Fictional has accepted this referral")).to_be_visible()
    page.goto(f"{case}assessments/new/")
    press(page, "Start")
    answered = 0
    while "/sections/" in page.url:
        if answered == 0:
            look(page, "dash-section")
        for topic in page.locator("fieldset:has(input[value=dont_know])").all():
            topic.locator(f"input[value={'yes' if answered < 16 else 'no'}]").check()
            answered += 1
        press(page, "Save and continue")
    assert answered == 24
    expect(page.get_by_text("Visible high risk")).to_be_visible()
    page.get_by_label("Yes", exact=True).check()
    page.fill("#id_judgement_reason", "Invented: separation, strangling and threats together.")
    look(page, "dash-judgement")
    press(page, "Complete the assessment")
    expect(page.get_by_text("Visible high risk").first).to_be_visible()
    look(page, "dash-detail")


def refer_to_marac_and_share(page: Page, case: str) -> None:
    page.goto(f"{case}marac/")
    page.get_by_label("Visible high risk").check()
    page.fill("#id_reason", "Invented: sixteen yes answers, and it is getting worse.")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Given", exact=True).check()
    look(page, "marac-refer")
    press(page, "Refer to MARAC")
    page.goto(f"{case}access/share/")
    page.select_option("#id_agency", label="Harbour Refuge")
    page.get_by_label("The whole file").check()
    page.get_by_label("To find or provide safe accommodation").check()
    page.get_by_label("Public task").check()
    page.fill("#id_reason", "Invented: needs a place tonight.")
    look(page, "case-share")
    press(page, "Share")
    look(page, "case-access")
    page.goto(case)
    look(page, "case")


def put_on_agenda(page: Page, case_reference: str) -> str:
    """Put the case on the next meeting's agenda. Returns the hearing's address."""
    page.goto("/marac/")
    look(page, "marac-meetings")
    page.locator("tr").filter(has_text=case_reference).get_by_role("link", name="Put on the agenda").click()
    look(page, "marac-list-hearing")
    press(page, "Put on the agenda")
    look(page, "marac-meeting")
    hearing = page.locator("a[href*='/marac/hearings/']").filter(has_text=case_reference).first
    return str(hearing.get_attribute("href"))


def record_hearing(page: Page, hearing: str) -> None:
    page.goto(f"{hearing}record/")
    page.fill("#id_outcome", "Invented: risk shared, plan agreed.")
    for row, owner in enumerate(["Northmoor Housing", "Northmoor Police"]):
        page.fill(f"#id_actions-{row}-task", f"Invented task {row + 1}")
        page.select_option(f"#id_actions-{row}-owner", label=owner)
        fill_date(page, f"actions-{row}-due_on", TODAY + timedelta(days=40))
    look(page, "hearing-record")
    press(page, "Record the outcome")
    look(page, "marac-meeting-held")
    page.goto(hearing)
    expect(page.get_by_text("Invented task 2")).to_be_visible()
    look(page, "hearing")


def place(page: Page, case: str) -> str:
    """Place the household in the first free unit with a bed for each. Returns the unit's words."""
    page.goto("/refuge/")
    look(page, "refuge-board")
    page.goto(f"/refuge/place/{case.split('/')[2]}/")
    for label in ("Wren", "Finch", "Robin"):
        page.get_by_label(label).check()
    fill_date(page, "starts_on", TODAY)
    free = page.locator("label").filter(has_text=re.compile(r"sleeps ([3-9]|\d\d).*Free")).first
    words = free.inner_text()
    free.click()
    look(page, "refuge-place")
    press(page, "Place the household")
    page.wait_for_url("**/refuge/placements/*/")
    look(page, "refuge-placement")
    return words.split(":")[0]


def count_quarter(page: Page, folder: Path) -> tuple[dict[str, str], str]:
    """Ask for this quarter's return, wait for it, download it. Returns the CSV's figures and the period."""
    period = quarter_of_day(TODAY).code
    page.goto("/returns/new/")
    page.select_option("#id_period", period)
    look(page, "return-request")
    press(page, "Count the return")
    done = page.get_by_role("link", name="See the figures").or_(
        page.get_by_role("button", name="See the figures")
    )
    done.or_(page.get_by_role("button", name="Download as CSV")).first.wait_for(timeout=60_000)
    page.goto(page.url)
    look(page, "return")
    figures = {}
    for ending in ("CSV", "XLSX"):
        with page.expect_download() as download:
            page.get_by_role("button", name=ending).click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        if ending == "CSV":
            text = path.read_text(encoding="utf-8-sig")
            figures = {
                f"{row['measure']}/{row['breakdown']}": row["value"]
                for row in csv.DictReader(io.StringIO(text))
            }
        else:
            with zipfile.ZipFile(path) as parts:
                everything = b"".join(parts.read(name) for name in parts.namelist())
            assert b"Journey" not in everything
    return figures, period


def test_from_referral_to_return(sign_in_as: SignIn, stack: Stack, tmp_path: Path) -> None:
    police, front_door, idva = (
        sign_in_as(name) for name in ("Petra Invented", "Fern Made-Up", "Ida Fictional")
    )
    reference = refer(police, family="Journeytest", born=date(1991, 3, 4))
    case = open_case_and_route(front_door, reference)
    accept_and_assess(idva, reference, case)
    police.goto("/referrals/sent/")
    expect(police.get_by_text("accepted by Ida Fictional").first).to_be_visible()
    refer_to_marac_and_share(idva, case)
    case_reference = idva.locator("text=/C-[A-Z0-9]{4}-[A-Z0-9]{4}/").first.inner_text().split()[-1]

    coordinator, housing = sign_in_as("Cora Imagined"), sign_in_as("Hollis Supposed")
    hearing = put_on_agenda(coordinator, case_reference)
    housing.goto(hearing)
    expect(housing.get_by_text("Wren Journeytest")).to_be_visible()
    look(housing, "hearing-invited")
    assert housing.goto(case).status in (403, 404)
    assert PHONE not in housing.content()
    record_hearing(coordinator, hearing)
    housing.goto("/marac/actions/")
    expect(housing.get_by_text("Invented task 1")).to_be_visible()

    refuge = sign_in_as("Reva Fictional")
    unit = place(refuge, case)
    for page in (idva, coordinator, front_door, housing, police):
        for address in (
            case,
            f"{case}timeline/",
            f"{case}people/",
            f"{case}access/",
            hearing,
            "/",
            "/cases/",
        ):
            page.goto(address)
            assert unit not in page.content(), f"{address} tells where the household is"
    refuge.goto(f"/refuge/place/{case.split('/')[2]}/")
    assert f"{unit}:" not in refuge.locator("label").filter(has_text="Free").all_inner_texts()

    commissioner = sign_in_as("Connie Pretend")
    figures, period = count_quarter(commissioner, tmp_path)
    assert "Journey" not in commissioner.content()
    assert same_from_command(stack, period, tmp_path) == figures


def same_from_command(stack: Stack, period: str, folder: Path) -> dict[str, str]:
    """The same quarter counted by `manage.py make_return`."""
    output = folder / "command.csv"
    command = [sys.executable, "manage.py", "make_return", "quarterly", "--period", period, "--format", "csv"]
    environment = dict(os.environ, **stack.environment)
    subprocess.run([*command, "--output", str(output)], cwd=ROOT, env=environment, check=True)
    with output.open(encoding="utf-8-sig", newline="") as file:
        return {f"{row['measure']}/{row['breakdown']}": row["value"] for row in csv.DictReader(file)}


def test_a_person_known_already_is_suggested(sign_in_as: SignIn) -> None:
    police, front_door = sign_in_as("Petra Invented"), sign_in_as("Fern Made-Up")
    somebody = {
        "family": "Matchtest",
        "born": date(1987, 11, 9),
        "phone": "07700 900701",
        "home": "7 Invented Close",
    }
    case = open_case_and_route(front_door, refer(police, **somebody))
    open_from_queue(front_door, refer(police, **somebody))
    look(front_door, "front-door-match")
    expect(front_door.get_by_text("Wren Matchtest").first).to_be_visible()
    front_door.get_by_role("link", name="Compare with case").first.click()
    look(front_door, "front-door-join")
    for row in front_door.locator("fieldset:has(input[type=radio])").all():
        asked = row.locator("legend").inner_text()
        name = next(name for name in ("Wren", "Rook", "Finch", "Robin") if name in asked)
        row.locator("label").filter(has_text=name).first.click()
    press(front_door, "Put the referral into this case")
    assert front_door.locator(f"a[href='{case}']").count()
