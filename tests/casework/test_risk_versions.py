"""Versions of a tool: an assessment reads its own for ever, a new one takes the one in use on its day."""

import csv
import shutil
import uuid
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.audit.models import Event
from dacase.walls.context import acting_as
from referrals.casework.models import RiskAssessment
from referrals.casework.rules import risk_assessment as rules
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.earlier_assessment import changes_since, earlier_answers, earlier_of
from referrals.casework.selectors.risk_assessment import (
    answered_sections,
    picture_of,
    readable_assessments,
)
from referrals.casework.services.risk_assessment import GivenAnswer, save_answers, start_assessment
from referrals.rules import tables
from tests.casework.builders import answered, assessed
from tests.factories import make_case

BEGINS = date(2027, 4, 1)
CACHES = (rules.versions, rules.answers_of, rules.speaking, rules.sections, rules.topics)


@pytest.fixture
def case(cast):
    return make_case(cast.idva, shared_with=[cast.social_worker.agency])


def forget():
    for kept in CACHES:
        kept.cache_clear()


@pytest.fixture
def second_version(tmp_path, monkeypatch):
    """From 1 April 2027 the Dash has no animals, one new topic, one moved, one renamed, and counts from 12."""
    folder = tmp_path / "data"
    shutil.copytree(tables.CASEWORK, folder)
    with (folder / "tools.csv").open("a", encoding="utf-8") as file:
        file.write("dash,second,2027-04-01,count,yes_no,16,,Invented\n")
    changed = []
    for row in rows("dash_topics"):
        ends = row | {"until_version": "24 topics, 1"}
        begins = row | {"from_version": "second"}
        changed += {
            "D19": [ends],
            "D18": [ends, begins | {"section": "Now"}],
            "D01": [ends, begins | {"label": "Invented new words"}],
        }.get(row["code"], [row])
    changed.append(
        dict.fromkeys(row, "")
        | {"code": "D25", "section": "Now", "label": "Invented topic", "from_version": "second"}
    )
    with (folder / "dash_topics.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(changed[0]))
        writer.writeheader()
        writer.writerows(changed)
    with (folder / "thresholds.csv").open("a", encoding="utf-8") as file:
        file.write("dash,standard,0,2027-04-01,\ndash,high,12,2027-04-01,\n")
    monkeypatch.setattr(rules, "rows", partial(tables.rows, folder=folder))
    monkeypatch.setattr(rules, "in_force", partial(tables.in_force, folder=folder))
    forget()
    yield
    forget()


@pytest.fixture
def after_the_change(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *moment: BEGINS + timedelta(days=4))


def kept(assessment, actor):
    with acting_as(actor):
        return readable_assessments(actor).get(pk=assessment.pk)


def start(case, actor, **values):
    with acting_as(actor):
        return start_assessment(case.pk, **{"submission": uuid.uuid4(), "actor": actor} | values)


def fill(assessment, actor, **answers):
    with acting_as(actor):
        version = RiskAssessment.objects.get(pk=assessment.pk).version
        given = {code: GivenAnswer(value) for code, value in answers.items()}
        return save_answers(assessment.pk, answers=given, version=version, actor=actor)


@pytest.mark.parametrize("code", list(rules.versions()))
def test_every_row_belongs_to_a_version_that_exists(code):
    known = [tool.version for tool in rules.versions()[code]]
    assert len(known) == len(set(known))
    assert all(len(version) <= 20 for version in known)
    for table in (f"{code}_topics", f"{code}_sections"):
        for row in rows(table):
            assert {row["from_version"], row["until_version"]} <= {"", *known}
    for tool in rules.versions()[code]:
        asked = [topic.code for section in rules.sections(tool) for topic in section.topics]
        assert len(asked) == len(set(asked))


# What assessments on record were made with. A new version is a new line; no line is ever taken out or changed.
SHIPPED = {("dash", "24 topics, 1"): 24, ("young_dash", "20 topics, 1"): 20, ("dash_2009", "27 topics, 1"): 38, ("dara", "18 topics, 1"): 18}  # fmt: skip


def test_no_version_that_was_ever_shipped_is_gone():
    assert {key: len(rules.topics(rules.tool_of(*key))) for key in SHIPPED} == SHIPPED


def test_a_version_that_never_was_is_said_so():
    with pytest.raises(LookupError, match="must never be taken out"):
        rules.tool_of("dash", "none")


def test_a_past_assessment_keeps_topics_band_and_review_when_a_new_version_begins(
    cast, case, second_version, after_the_change
):
    old = assessed(case, cast.idva, 13, assessed_on=BEGINS - timedelta(days=1))
    found = kept(old, cast.idva)
    shown = {row.topic.code: row.topic.label for part in answered_sections(found) for row in part.rows}
    assert (len(shown), shown["D01"]) == (24, "Injury from the latest incident")
    assert "D19" in shown
    assert "D25" not in shown
    assert (found.band, found.tool_version, picture_of(found).band) == ("medium", "24 topics, 1", "medium")
    assert found.review_due_on == BEGINS - timedelta(days=1) + timedelta(weeks=8)


def test_a_new_assessment_takes_the_version_in_use_on_its_day(cast, case, second_version, after_the_change):
    new = start(case, cast.idva)
    assert new.tool_version == "second"
    topics = rules.topics(new.definition)
    assert len(topics) == 24
    assert topics["D01"].label == "Invented new words"
    assert "D18" in {topic.code for topic in rules.sections(new.definition)[0].topics}
    fill(new, cast.idva, D25="yes")
    with pytest.raises(ValidationError):
        fill(new, cast.idva, D19="yes")
    # A conversation of the day before, written down late, was held with the version of that day.
    assert start(case, cast.idva, assessed_on=BEGINS - timedelta(days=1)).tool_version == "24 topics, 1"


def test_one_begun_with_the_old_version_is_finished_with_it(cast, case, second_version, after_the_change):
    begun = answered(case, cast.idva, 13, assessed_on=BEGINS - timedelta(days=1))
    assert picture_of(kept(begun, cast.idva)).is_whole
    fill(begun, cast.idva, D19="yes")


def test_a_day_before_the_tool_is_refused(cast, case):
    with pytest.raises(ValidationError, match="not in use on that day"):
        start(case, cast.idva, assessed_on=date(2001, 1, 1))


class TestEarly:
    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({}, "early_reason"),
            ({"early_reason": "because"}, "early_reason"),
            ({"early_reason": "other", "early_words": "  "}, "early_words"),
        ],
    )
    def test_before_the_review_is_due_a_reason_is_needed(self, cast, case, values, field):
        assessed(case, cast.idva, 5)
        with pytest.raises(ValidationError) as refusal:
            start(case, cast.idva, **values)
        assert list(refusal.value.message_dict) == [field]
        with acting_as(cast.idva):
            assert RiskAssessment.objects.count() == 1

    def test_the_reason_is_kept_and_shown(self, cast, case, sign_in):
        assessed(case, cast.idva, 5)
        new = start(case, cast.idva, early_reason="other", early_words=" Invented: a letter came. ")
        assert (new.early_reason, new.early_words) == ("other", "Invented: a letter came.")
        page = sign_in(cast.idva).get(reverse("casework:assessment_detail", args=[new.pk])).content.decode()
        assert "Why before the review was due" in page
        assert "Invented: a letter came." in page

    def test_the_same_click_twice_asks_for_no_reason_again(self, cast, case):
        key = uuid.uuid4()
        one = start(case, cast.idva, submission=key)
        assessed(case, cast.idva, 5)
        assert start(case, cast.idva, submission=key) == one

    def test_none_is_asked_when_it_is_due_nor_for_an_earlier_conversation(self, cast, case):
        assessed(case, cast.idva, 5, assessed_on=timezone.localdate() - timedelta(weeks=8))
        assert start(case, cast.idva, early_reason="move").early_reason == ""
        before = timezone.localdate() - timedelta(weeks=9)
        assert start(case, cast.idva, assessed_on=before).early_reason == ""

    def test_another_agency_says_so_too(self, cast, case):
        assessed(case, cast.idva, 5)
        with pytest.raises(ValidationError):
            start(case, cast.social_worker)
        assert start(case, cast.social_worker, early_reason="first_here").early_reason == "first_here"

    def test_the_page_asks_beside_the_question_and_keeps_what_was_typed(self, cast, case, sign_in):
        client, url = sign_in(cast.idva), reverse("casework:assessment_start", args=[case.pk])
        assert "Why do you assess the risk again" not in client.get(url).content.decode()
        done = assessed(case, cast.idva, 5)
        due = f"{done.review_due_on:%-d %B %Y}"
        assert (
            f"The review is due on {due}. Why do you assess the risk again now?"
            in client.get(url).content.decode()
        )
        day = {
            f"assessed_on_{part}": getattr(timezone.localdate(), part) for part in ("day", "month", "year")
        }
        sent = day | {"submission": uuid.uuid4(), "tool": "dash", "early_words": "Half a thought"}
        page = client.post(url, sent).content.decode()
        assert page.count(f"Select why you assess again before the review is due on {due}") == 2
        assert "Half a thought" in page
        assert client.post(url, sent | {"early_reason": "incident"}).status_code == 302
        with acting_as(cast.idva):
            assert Event.objects.filter(verb="assessment_started").count() == 2

    def test_a_late_record_says_which_day_it_is_about(self, cast, case, sign_in):
        assessed(case, cast.idva, 5, assessed_on=timezone.localdate() - timedelta(weeks=10))
        page = sign_in(cast.idva).get(reverse("casework:assessment_start", args=[case.pk])).content.decode()
        assert "If the conversation was before that day: why?" in page


class TestEarlier:
    def before(self, case, actor, *, days=60, **answers):
        """A completed Dash some days ago: 3 yes (D01 to D03), the rest no."""
        return assessed(case, actor, 3, assessed_on=timezone.localdate() - timedelta(days=days))

    def test_each_topic_shows_what_was_answered_before_and_when(
        self, cast, case, sign_in, django_assert_max_num_queries
    ):
        done = self.before(case, cast.idva)
        new = start(case, cast.idva)
        client, url = sign_in(cast.idva), reverse("casework:assessment_section", args=[new.pk, 1])
        client.get(url)
        with django_assert_max_num_queries(13):
            page = client.get(url).content.decode()
        day = f"{done.assessed_on:%-d %B %Y}"
        assert page.count(f"{day}: Yes") == 3
        assert page.count(f"{day}: No") == 2

    def test_only_a_completed_one_of_the_same_tool_and_not_a_later_one_is_shown(self, cast, case):
        answered(case, cast.idva, 3)
        new = start(case, cast.idva, assessed_on=timezone.localdate() - timedelta(days=30))
        with acting_as(cast.idva):
            assert not earlier_of(earlier_answers(kept(new, cast.idva), cast.idva)).answers
        assessed(case, cast.idva, 3)
        with acting_as(cast.idva):
            assert not earlier_of(earlier_answers(kept(new, cast.idva), cast.idva)).answers
        self.before(case, cast.idva, days=40)
        other = start(case, cast.idva, tool="dara", early_reason="incident")
        with acting_as(cast.idva):
            assert earlier_of(earlier_answers(kept(new, cast.idva), cast.idva)).answers["D01"].answer == "yes"
            assert not earlier_of(earlier_answers(kept(other, cast.idva), cast.idva)).answers

    def test_what_changed_is_said_before_the_judgement(
        self, cast, case, sign_in, django_assert_max_num_queries
    ):
        self.before(case, cast.idva)
        new = start(case, cast.idva)
        fill(new, cast.idva, D01="yes", D02="refused", D03="no", D15="yes", D16="no", D17="no")
        with acting_as(cast.idva):
            found = kept(new, cast.idva)
            changes = changes_since(earlier_of(earlier_answers(found, cast.idva)), found)
        assert [(one.label, one.before, one.now) for one in changes.began] == [
            ("Strangling, choking or drowning", "No", "Yes")
        ]
        assert [(one.label, one.now) for one in changes.ended] == [
            ("Very frightened", "Would rather not say"),
            ("What is feared, and for whom", "No"),
        ]
        # What is still to be answered has not changed.
        assert changes.shifted == []
        client, url = sign_in(cast.idva), reverse("casework:assessment_judgement", args=[new.pk])
        client.get(url)
        with django_assert_max_num_queries(13):
            page = client.get(url).content.decode()
        assert "What has changed since" in page
        assert "That does not mean that it has stopped." in page
        assert "(then: Yes; now: Would rather not say)" in page

    def test_the_first_assessment_has_nothing_beside_it(self, cast, case, sign_in):
        new = start(case, cast.idva)
        page = (
            sign_in(cast.idva).get(reverse("casework:assessment_judgement", args=[new.pk])).content.decode()
        )
        assert "What has changed since" not in page

    def test_versions_are_compared_by_code(self, cast, case, second_version, after_the_change):
        assessed(case, cast.idva, 24, assessed_on=BEGINS - timedelta(days=1))
        new = start(case, cast.idva, early_reason="incident")
        fill(new, cast.idva, D01="yes", D25="yes")
        with acting_as(cast.idva):
            found = kept(new, cast.idva)
            changes = changes_since(earlier_of(earlier_answers(found, cast.idva)), found)
        assert [(one.label, one.before) for one in changes.began] == [("Invented topic", "")]
        assert [(one.label, one.now) for one in changes.ended] == [("Cruelty to animals or pets", "")]
