"""Assessments whose tool, version or topic was taken out of the tables: read all the same, and told to whoever runs it."""

import csv
import io
import shutil
from functools import partial

import pytest
from django.core.checks import Error
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from dacase.walls.context import acting_as
from marac.selectors.marac_referral import criteria_support
from referrals.casework import checks
from referrals.casework.choices import AnswerSource
from referrals.casework.models import ToolWording
from referrals.casework.rules import risk_assessment as rules
from referrals.casework.selectors.risk_assessment import picture_of, readable_assessments, speaking_answers
from referrals.casework.services.risk_assessment import GivenAnswer, complete_assessment, save_answers
from referrals.rules import tables
from tests.casework.builders import answered, assessed
from tests.casework.test_risk_versions import forget

DASH = "24 topics, 1"


@pytest.fixture
def tables_lose(tmp_path, monkeypatch):
    """`tables_lose("tools", lambda row: row["tool"] == "dash")` takes those rows out of the tables."""
    folder = tmp_path / "data"
    shutil.copytree(tables.CASEWORK, folder)
    monkeypatch.setattr(rules, "rows", partial(tables.rows, folder=folder))
    monkeypatch.setattr(rules, "in_force", partial(tables.in_force, folder=folder))

    def lose(name, is_lost):
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(row for row in rows if not is_lost(row))
        tables.rows.cache_clear()
        forget()

    yield lose
    forget()


@pytest.fixture
def without_dash(tables_lose):
    return lambda: tables_lose("tools", lambda row: row["tool"] == "dash")


def kept(one, actor):
    with acting_as(actor):
        return readable_assessments(actor).get(pk=one.pk)


def page(client, name, pk, **more):
    response = client.get(reverse(name, args=[pk, *more.values()]))
    assert response.status_code == 200, name
    return response.content.decode()


def test_a_finished_one_is_read_by_its_codes_and_all_that_was_recorded_holds(
    cast, case, sign_in, without_dash
):
    done = assessed(case, cast.idva, 15)
    client = sign_in(cast.idva)
    before = page(client, "casework:assessment_detail", done.pk)
    assert "This installation has no topics" not in before
    without_dash()
    after = page(client, "casework:assessment_detail", done.pk)
    for words in (
        "This installation has no topics for Dash, 24 topics, 1",
        "D01",
        "D24",
        "<strong>15</strong> yes",
    ):
        assert words in after
    assert (
        after.count('app-quiet">(The victim-survivor)')
        == before.count('app-quiet">(The victim-survivor)')
        == 24
    )
    for name in ("cases:detail", "casework:assessments", "casework:assessment_start", "marac:refer"):
        page(client, name, case.pk)
    found = kept(done, cast.idva)
    assert (found.band, picture_of(found).yes_count, len(speaking_answers(found))) == ("high", 15, 15)
    with acting_as(cast.idva):
        assert criteria_support(case, cast.idva, heard=[])[0].is_met, (
            "MARAC is still told that the count is visible high risk"
        )


def test_one_judged_high_is_never_shown_as_high_by_its_count(cast, case, sign_in, without_dash):
    done = assessed(case, cast.idva, 3, judgement="She knows him best.")
    without_dash()
    text = page(sign_in(cast.idva), "casework:assessment_detail", done.pk)
    assert "Visible high risk" not in text
    assert "She knows him best." in text


def test_without_its_thresholds_a_finished_one_keeps_its_band(cast, case, sign_in, tables_lose):
    done = assessed(case, cast.idva, 11)
    tables_lose("thresholds", lambda row: row["tool"] == "dash")
    client = sign_in(cast.idva)
    for name, pk in (("casework:assessment_detail", done.pk), ("cases:detail", case.pk)):
        assert "Medium risk" in page(client, name, pk)


def test_one_that_was_begun_is_kept_and_not_gone_on_with(cast, case, sign_in, without_dash):
    begun = answered(case, cast.idva, 15)
    without_dash()
    client, detail = sign_in(cast.idva), reverse("casework:assessment_detail", args=[begun.pk])
    for name, more in (("casework:assessment_section", [1]), ("casework:assessment_judgement", [])):
        assert client.get(reverse(name, args=[begun.pk, *more])).url == detail
    assert "Go on with it" not in client.get(detail).content.decode()
    for act in (
        partial(save_answers, answers={"D01": GivenAnswer("no", AnswerSource.VICTIM)}),
        partial(complete_assessment, is_high_by_judgement=True, judgement_reason="x"),
    ):
        with acting_as(cast.idva), pytest.raises(ValidationError, match="Start a new assessment"):
            act(begun.pk, version=begun.version, actor=cast.idva)


def test_a_topic_that_was_taken_out_hides_no_answer(cast, case, sign_in, tables_lose):
    done = assessed(case, cast.idva, 16)
    begun = answered(case, cast.idva, 16)
    tables_lose("dash_topics", lambda row: row["code"] == "D15")
    client = sign_in(cast.idva)
    text = page(client, "casework:assessment_detail", done.pk)
    assert "This installation has no topics" not in text
    assert rules.LACKING in text
    assert ">D15" in text
    assert picture_of(kept(done, cast.idva)).yes_count == 16
    # What is asked now goes on as before.
    text = page(client, "casework:assessment_judgement", begun.pk)
    assert rules.LACKING not in text
    page(client, "casework:assessment_section", begun.pk, number=1)


def test_a_version_that_was_taken_out_leaves_the_others_as_they_are(tables_lose, monkeypatch):
    old = rules.tool_of("dash", DASH)
    assert "D19" in rules.topics(old)
    later = rules.Tool("dash", "second", "2027-04-01", rules.COUNT, "yes_no", 16, None)
    monkeypatch.setattr(rules, "versions", lambda: {"dash": (later,)})
    whole = rules.rows("dash_topics")
    ended = [row | {"until_version": DASH} if row["code"] == "D19" else row for row in whole]
    read = rules.rows
    monkeypatch.setattr(rules, "rows", lambda name: ended if name == "dash_topics" else read(name))
    assert set(rules.topics(later)) == {row["code"] for row in whole} - {"D19"}


def faults(actor):
    with acting_as(actor):
        return checks.faults("default")


def test_the_check_says_what_is_on_record_and_in_no_table(cast, case, tables_lose, without_dash):
    assessed(case, cast.idva, 3)
    ToolWording.objects.create(
        tool="dara", tool_version="18 topics, 1", licence="x", sha256="0" * 64, agency=cast.idva.agency,
        loaded_by=cast.administrator,
    )  # fmt: skip
    assert faults(cast.idva) == []
    tables_lose("dash_topics", lambda row: row["code"] in ("D04", "D15"))
    assert faults(cast.idva) == [
        "data/dash_topics.csv has no D04, D15 in “24 topics, 1”, answered on record."
    ]
    without_dash()
    tables_lose("tools", lambda row: row["tool"] == "dara")
    assert faults(cast.idva) == [
        "data/tools.csv has no version “18 topics, 1” of dara, which is on record.",
        "data/tools.csv has no version “24 topics, 1” of dash, which is on record.",
    ]


def test_every_page_of_wording_is_read_without_the_version(cast, sign_in, without_dash):
    one = ToolWording.objects.create(
        tool="dash", tool_version=DASH, licence="Invented", sha256="0" * 64, agency=cast.administrator.agency,
        loaded_by=cast.administrator,
    )  # fmt: skip
    one.topics.create(code="D01", question="Invented question")
    without_dash()
    client = sign_in(cast.administrator)
    assert "Invented question" in page(client, "casework:wording", one.pk)
    assert client.get(reverse("casework:wordings")).status_code == 200


def test_prepare_database_says_it_and_only_the_owner_is_asked(committed, monkeypatch):
    assert checks.tools_on_record(databases=["default"]) == checks.tools_on_record() == []
    assert checks.tools_on_record(databases=["owner"]) == []
    monkeypatch.setattr(checks, "faults", lambda using: [f"{using}: a line is missing."])
    (said,) = checks.tools_on_record(databases=["owner"])
    assert isinstance(said, Error)
    told = io.StringIO()
    call_command("prepare_database", verbosity=0, stderr=told)
    assert "owner: a line is missing." in told.getvalue()
    assert "Put the lines back" in told.getvalue()
