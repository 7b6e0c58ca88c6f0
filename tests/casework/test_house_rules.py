"""Every number that clocks, bands and reminders follow says where it comes from, and managers see it."""

import csv
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from dacase.cases.models import Case
from dacase.cases.panels import draw
from dacase.cases.rules import is_verified
from dacase.cases.services.closing import close_case
from dacase.walls.context import acting_as
from referrals.casework import retention_panels
from referrals.casework.rules.house_rules import RULES
from referrals.casework.rules.risk_assessment import has_verified_thresholds
from referrals.rules.tables import CASEWORK, FRONT_DOOR
from tests.casework.builders import TOOLS, assessed
from tests.factories import make_case

# Dated tables whose digits are no number that anything follows.
NO_NUMBERS = {"wordings"}


def number_tables():
    """The dated tables of the front door and the casework with a column of numbers."""
    for path in [*FRONT_DOOR.glob("*.csv"), *CASEWORK.glob("*.csv")]:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        numbers = {
            name
            for row in rows
            for name, value in row.items()
            if value.replace(".", "").isdigit() and name != "version"
        }
        if "from_date" in rows[0] and numbers:
            yield path.stem


def test_every_table_of_numbers_stands_on_the_page():
    assert set(number_tables()) <= {rule.table for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.table)
def test_every_line_is_dated_explained_and_says_where_it_comes_from(rule):
    assert rule.lines
    for line in rule.lines:
        date.fromisoformat(line["from_date"])
        assert line["meaning"]
        assert line["source"]
        assert set(rule.columns) <= set(line)


def test_what_is_not_sourced_says_so():
    silent = {"assessment_clocks", "supervision", "contact_clocks", "caseload_weights", "access_ending"}
    for rule in RULES:
        if rule.table in silent | {"retention_classes"}:
            assert not any(is_verified(line) for line in rule.lines), rule.table
    today = timezone.localdate()
    assert [code for code in TOOLS if has_verified_thresholds(TOOLS[code], on=today)] == [
        "dash",
        "dash_2009",
        "dara",
    ]


def test_a_manager_finds_them_from_the_team(cast, sign_in):
    client = sign_in(cast.idva_manager)
    url = reverse("casework:house_rules")
    assert url in client.get(reverse("casework:team")).content.decode()
    page = client.get(url).content.decode()
    for words in (
        "Not verified",
        "SafeLives referral criteria",
        "Young people’s Dash",
        "Hospital IDVA",
        *(rule.title for rule in RULES),
    ):
        assert words in page
    door = sign_in(cast.front_door_worker)
    assert url in door.get(reverse("referrals:queue")).content.decode()
    assert "decides on an immediate referral within 1 hour" in door.get(url).content.decode()
    assert sign_in(cast.commissioner).get(url).status_code == 403


def test_an_assessment_with_unverified_thresholds_says_so_and_no_other(cast, case, sign_in):
    client, words = sign_in(cast.idva), "a default of this system that nobody has verified"
    dash = assessed(case, cast.idva, 10)
    assert words not in client.get(reverse("casework:assessment_detail", args=[dash.pk])).content.decode()
    young = client.post(
        reverse("casework:assessment_start", args=[case.pk]),
        {
            "tool": "young_dash",
            "early_reason": "first_here",
            "submission": "6f1c2b5e-0000-4000-8000-000000000001",
            **{
                f"assessed_on_{part}": getattr(timezone.localdate(), part)
                for part in ("day", "month", "year")
            },
        },
    ).url
    judgement = young.replace("sections/1/", "judgement/")
    assert words in client.get(judgement).content.decode()


def test_a_closed_case_says_that_how_long_it_is_kept_is_a_default(cast):
    case = make_case(cast.idva)
    with acting_as(cast.idva):
        close_case(case, reason="ended", actor=cast.idva)
        shown = draw(retention_panels.retention_of_case, Case.objects.get(pk=case.pk), cast.idva)
    assert shown.context["is_verified"] is False
