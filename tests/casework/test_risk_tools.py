"""Several tools as data: what each asks, how it is scored, and what its answers say."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.cases.choices import Band
from dacase.walls.context import acting_as
from referrals.casework.choices import Answer, RiskTool
from referrals.casework.models import RiskAssessment
from referrals.casework.rules import risk_assessment as rules
from referrals.casework.rules.tables import rows
from referrals.casework.selectors.risk_assessment import picture_of, readable_assessments
from referrals.casework.services.risk_assessment import (
    GivenAnswer,
    complete_assessment,
    save_answers,
    start_assessment,
)
from tests.factories import make_case

pytestmark = pytest.mark.django_db
TOOLS = list(rules.tools())


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


def start(case, actor, tool):
    with acting_as(actor):
        return start_assessment(case.pk, submission=uuid.uuid4(), tool=tool, actor=actor)


def answer(assessment, actor, answers):
    with acting_as(actor):
        version = RiskAssessment.objects.get(pk=assessment.pk).version
        given = {code: GivenAnswer(value) for code, value in answers.items()}
        return save_answers(assessment.pk, answers=given, version=version, actor=actor)


def complete(assessment, actor, **judgement):
    with acting_as(actor):
        version = RiskAssessment.objects.get(pk=assessment.pk).version
        return complete_assessment(assessment.pk, version=version, actor=actor, **judgement)


def picture(assessment, actor):
    with acting_as(actor):
        return picture_of(readable_assessments(actor).get(pk=assessment.pk))


def test_the_tools_are_those_of_the_code_list():
    assert list(RiskTool.values) == TOOLS
    assert {row["code"] for row in rows("answers")} == set(Answer.values)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_is_whole(tool):
    found = rules.tools()[tool]
    assert found.version
    assert found.scoring in (rules.COUNT, rules.JUDGEMENT)
    assert rules.speaking(tool) < set(rules.answers_of(tool))
    assert {"dont_know", "refused"} <= set(rules.answers_of(tool)) - rules.speaking(tool)
    topics = rules.topics(tool)
    assert len(topics) == len(rows(f"{tool}_topics"))
    assert any(topic.is_critical for topic in topics.values())
    for section in rules.sections(tool):
        assert section.topics
        assert not section.only_if or section.only_if in topics
    for row in rows("combinations"):
        if row["tool"] == tool:
            assert set(row["all_of"].split()) | set(row["any_of"].split()) <= set(topics)
    for band in Band.values:
        assert rules.review_due_on(tool, band, on=timezone.localdate()) > timezone.localdate()
    thresholds = [row for row in rows("thresholds") if row["tool"] == tool]
    assert bool(thresholds) is found.is_counted


@pytest.mark.parametrize(
    ("tool", "age", "fits"),
    [("dash", 15, False), ("dash", 16, True), ("young_dash", 12, False), ("young_dash", 13, True),
     ("young_dash", 17, True), ("young_dash", 18, False), ("dara", None, True)],
)  # fmt: skip
def test_a_tool_is_for_an_age(tool, age, fits):
    assert rules.fits_age(tool, age) is fits


def test_refused_and_unknown_stay_apart_and_score_nothing(cast, case):
    one = start(case, cast.idva, "dash")
    codes = list(rules.topics("dash"))
    answer(one, cast.idva, dict.fromkeys(codes[:3], "refused") | dict.fromkeys(codes[3:5], "dont_know"))
    found = picture(one, cast.idva)
    assert (found.refused_count, found.dont_know_count, found.yes_count) == (3, 2, 0)


@pytest.mark.parametrize("tool", ["dash_2009", "dara"])
def test_a_judged_tool_takes_its_band_from_judgement_with_its_reason(cast, case, tool):
    one = start(case, cast.idva, tool)
    harmless = "no" if tool == "dash_2009" else "never"
    codes = [topic.code for section in rules.open_sections(tool, {}) for topic in section.topics]
    answer(one, cast.idva, dict.fromkeys(codes, harmless))
    assert picture(one, cast.idva).band == ""
    for judgement in ({}, {"judged_band": "none"}, {"judged_band": "medium", "judgement_reason": "  "}):
        with pytest.raises(ValidationError):
            complete(one, cast.idva, **judgement)
    done = complete(one, cast.idva, judged_band="medium", judgement_reason="Invented: it is getting worse.")
    assert (done.band, done.judged_band, done.is_high_by_judgement) == ("medium", "medium", False)
    assert not rules.is_visible_high_risk(tool, 27, on=done.assessed_on)


def test_a_judgement_of_high_shows_as_one(cast, case):
    one = start(case, cast.idva, "dara")
    answer(one, cast.idva, dict.fromkeys(rules.topics("dara"), "often"))
    found = picture(one, cast.idva)
    assert len(found.critical) == sum(topic.is_critical for topic in rules.topics("dara").values())
    assert found.combination
    done = complete(one, cast.idva, judged_band="high", judgement_reason="Invented.")
    assert (done.band, done.is_high_by_judgement) == ("high", True)


def test_a_counted_tool_counts_by_its_own_thresholds(cast, case):
    one = start(case, cast.idva, "young_dash")
    codes = list(rules.topics("young_dash"))
    answer(one, cast.idva, dict.fromkeys(codes[:12], "yes") | dict.fromkeys(codes[12:], "no"))
    assert complete(one, cast.idva).band == "high"


def test_a_yes_opens_what_hangs_on_it(cast, case):
    one = start(case, cast.idva, "dash_2009")
    codes = [topic.code for section in rules.open_sections("dash_2009", {}) for topic in section.topics]
    assert len(codes) == 27
    answer(one, cast.idva, dict.fromkeys(codes, "no") | {"P08": "yes"})
    assert len(picture(one, cast.idva).unanswered) == 11
    answer(one, cast.idva, {"P08": "no"})
    assert picture(one, cast.idva).is_whole


def test_an_answer_of_another_tool_is_refused(cast, case):
    one = start(case, cast.idva, "dara")
    for answers in ({"A01": "yes"}, {"D01": "often"}):
        with pytest.raises(ValidationError):
            answer(one, cast.idva, answers)


def test_the_pages_walk_through_a_judged_tool(cast, case, sign_in):
    client = sign_in(cast.idva)
    today = timezone.localdate()
    day = {f"assessed_on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    response = client.post(
        reverse("casework:assessment_start", args=[case.pk]),
        day | {"tool": "dara", "submission": uuid.uuid4()},
    )
    for number in (1, 2, 3):
        page = client.get(response["Location"]).content.decode()
        assert "All the time" in page
        assert "DARA risk assessment" in page
        with acting_as(cast.idva):
            one = RiskAssessment.objects.get()
        section = rules.sections("dara")[number - 1]
        answers = {f"{topic.code}_answer": "sometimes" for topic in section.topics}
        response = client.post(response["Location"], answers | {"version": one.version})
    judgement = client.get(response["Location"]).content.decode()
    assert "your judgement is the band" in judgement
    assert "Look closely before you decide" in judgement
    with acting_as(cast.idva):
        one = RiskAssessment.objects.get()
    page = client.post(
        response["Location"], {"version": one.version, "judged_band": "medium"}
    ).content.decode()
    assert "There is a problem" in page
    response = client.post(
        response["Location"],
        {"version": one.version, "judged_band": "medium", "judgement_reason": "Invented."},
    )
    page = client.get(response["Location"]).content.decode()
    assert "Medium risk" in page
    assert "yes answer" not in page


def test_the_page_of_risk_over_time_shows_every_tool(cast, case, sign_in, django_assert_max_num_queries):
    client, url = sign_in(cast.idva), reverse("casework:assessments", args=[case.pk])
    assert "has not been assessed yet" in client.get(url).content.decode()
    codes = list(rules.topics("young_dash"))
    for yes in (12, 4):
        one = start(case, cast.idva, "young_dash")
        answer(one, cast.idva, dict.fromkeys(codes[:yes], "yes") | dict.fromkeys(codes[yes:], "no"))
        complete(one, cast.idva)
    with django_assert_max_num_queries(12):
        page = client.get(url).content.decode()
    assert "Yes answers over time" in page
    assert "do not mean that there is no danger" in page
    assert page.count("Young people’s Dash") >= 2
