"""Several tools as data: what each asks, how it is scored, and what its answers say."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.cases.choices import Band
from dacase.cases.models import Person
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
from tests.casework.builders import TOOLS
from tests.factories import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


def start(case, actor, tool):
    with acting_as(actor):
        return start_assessment(
            case.pk, submission=uuid.uuid4(), tool=tool, early_reason="incident", actor=actor
        )


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
    assert list(RiskTool.values) == list(rules.versions())
    assert {row["code"] for row in rows("answers")} == set(Answer.values)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_is_whole(tool):
    found = TOOLS[tool]
    assert found.version
    assert found.scoring in (rules.COUNT, rules.JUDGEMENT)
    assert rules.speaking(TOOLS[tool]) < set(rules.answers_of(TOOLS[tool]))
    assert {"dont_know", "refused"} <= set(rules.answers_of(TOOLS[tool])) - rules.speaking(TOOLS[tool])
    topics = rules.topics(TOOLS[tool])
    assert len(topics) == len(rows(f"{tool}_topics"))
    assert any(topic.is_critical for topic in topics.values())
    for section in rules.sections(TOOLS[tool]):
        assert section.topics
        assert not section.only_if or section.only_if in topics
    for row in rows("combinations"):
        if row["tool"] == tool:
            assert set(row["all_of"].split()) | set(row["any_of"].split()) <= set(topics)
    for band in Band.values:
        assert rules.review_due_on(TOOLS[tool], band, on=timezone.localdate()) > timezone.localdate()
    thresholds = [row for row in rows("thresholds") if row["tool"] == tool]
    assert bool(thresholds) is found.is_counted


@pytest.mark.parametrize(
    ("tool", "age", "fits"),
    [("dash", 15, False), ("dash", 16, True), ("young_dash", 12, False), ("young_dash", 13, True),
     ("young_dash", 17, True), ("young_dash", 18, False), ("dara", None, True)],
)  # fmt: skip
def test_a_tool_is_for_an_age(tool, age, fits):
    assert rules.fits_age(TOOLS[tool], age) is fits


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [((2010, 6, 1), (2026, 5, 31), 15), ((2010, 6, 1), (2026, 6, 1), 16), ((2008, 2, 29), (2026, 2, 28), 17)],
)
def test_an_age_is_counted_in_whole_years(born, day, age):
    assert rules.age_on(date(*born), date(*day)) == age


@pytest.mark.parametrize(
    ("tool", "words"),
    [("dash", "ages 16 and over"), ("young_dash", "ages 13 to 17"), ("dara", "ages 16 and over")],
)
def test_the_ages_of_a_tool_in_words(tool, words):
    assert rules.ages_of(TOOLS[tool]) == words


def born(case, actor, years):
    """The victim-survivor of the case was born on this day, so many years ago."""
    with acting_as(actor):
        birthday = timezone.localdate().replace(day=1, year=timezone.localdate().year - years)
        Person.objects.filter(parties__case=case, parties__role="victim").update(date_of_birth=birthday)


def begin(client, case, **values):
    today = timezone.localdate()
    day = {f"assessed_on_{part}": getattr(today, part) for part in ("day", "month", "year")}
    data = day | {"submission": uuid.uuid4()} | values
    return client.post(reverse("casework:assessment_start", args=[case.pk]), data)


def test_a_tool_for_another_age_is_said_so_and_used_only_with_a_reason_that_is_kept(cast, case, sign_in):
    born(case, cast.idva, 34)
    client = sign_in(cast.idva)
    page = client.get(reverse("casework:assessment_start", args=[case.pk])).content.decode()
    assert page.count("not for this age") == 1
    assert "Young people’s Dash – not for this age: made for ages 13 to 17" in page
    refused = begin(client, case, tool="young_dash", tool_reason="  ").content.decode()
    assert (
        "This tool is made for ages 13 to 17. Select another, or say why you use it all the same" in refused
    )
    assert (
        begin(client, case, tool="young_dash", tool_reason="Invented: asked as a child.").status_code == 302
    )
    with acting_as(cast.idva):
        one = RiskAssessment.objects.get()
    assert one.tool_reason == "Invented: asked as a child."
    page = client.get(reverse("casework:assessment_detail", args=[one.pk])).content.decode()
    assert "Not made for the victim-survivor’s age" in page
    assert "Invented: asked as a child." in page


def test_a_fitting_tool_asks_for_no_reason_and_keeps_none(cast, case, sign_in):
    born(case, cast.idva, 34)
    assert begin(sign_in(cast.idva), case, tool="dash", tool_reason="Typed for nothing").status_code == 302
    with acting_as(cast.idva):
        assert RiskAssessment.objects.get().tool_reason == ""


def test_an_unknown_age_is_a_hint_and_no_hindrance(cast, case, sign_in):
    client = sign_in(cast.idva)
    page = client.get(reverse("casework:assessment_start", args=[case.pk])).content.decode()
    assert "date of birth is not recorded" in page
    assert "not for this age" not in page
    assert begin(client, case, tool="young_dash").status_code == 302


def test_the_age_is_that_of_the_day_of_the_conversation(cast, case):
    born(case, cast.idva, 18)
    with acting_as(cast.idva):
        then = timezone.localdate() - timedelta(days=200)
        one = start_assessment(
            case.pk, submission=uuid.uuid4(), tool="young_dash", assessed_on=then, actor=cast.idva
        )
    assert one.tool_reason == ""


def test_refused_and_unknown_stay_apart_and_score_nothing(cast, case):
    one = start(case, cast.idva, "dash")
    codes = list(rules.topics(TOOLS["dash"]))
    answer(one, cast.idva, dict.fromkeys(codes[:3], "refused") | dict.fromkeys(codes[3:5], "dont_know"))
    found = picture(one, cast.idva)
    assert (found.refused_count, found.dont_know_count, found.yes_count) == (3, 2, 0)


@pytest.mark.parametrize("tool", ["dash_2009", "dara"])
def test_a_judged_tool_takes_its_band_from_judgement_with_its_reason(cast, case, tool):
    one = start(case, cast.idva, tool)
    harmless = "no" if tool == "dash_2009" else "never"
    codes = [topic.code for section in rules.open_sections(TOOLS[tool], {}) for topic in section.topics]
    answer(one, cast.idva, dict.fromkeys(codes, harmless))
    assert picture(one, cast.idva).band == ""
    for judgement in ({}, {"judged_band": "none"}, {"judged_band": "medium", "judgement_reason": "  "}):
        with pytest.raises(ValidationError):
            complete(one, cast.idva, **judgement)
    done = complete(one, cast.idva, judged_band="medium", judgement_reason="Invented: it is getting worse.")
    assert (done.band, done.judged_band, done.is_high_by_judgement) == ("medium", "medium", False)
    assert not rules.is_visible_high_risk(TOOLS[tool], 27, on=done.assessed_on)


def test_a_judgement_of_high_shows_as_one(cast, case):
    one = start(case, cast.idva, "dara")
    answer(one, cast.idva, dict.fromkeys(rules.topics(TOOLS["dara"]), "often"))
    found = picture(one, cast.idva)
    assert len(found.critical) == sum(topic.is_critical for topic in rules.topics(TOOLS["dara"]).values())
    assert found.combination
    done = complete(one, cast.idva, judged_band="high", judgement_reason="Invented.")
    assert (done.band, done.is_high_by_judgement) == ("high", True)


def test_a_counted_tool_counts_by_its_own_thresholds(cast, case):
    one = start(case, cast.idva, "young_dash")
    codes = list(rules.topics(TOOLS["young_dash"]))
    answer(one, cast.idva, dict.fromkeys(codes[:12], "yes") | dict.fromkeys(codes[12:], "no"))
    assert complete(one, cast.idva).band == "high"


def test_a_yes_opens_what_hangs_on_it(cast, case):
    one = start(case, cast.idva, "dash_2009")
    codes = [
        topic.code for section in rules.open_sections(TOOLS["dash_2009"], {}) for topic in section.topics
    ]
    assert len(codes) == 27
    answer(one, cast.idva, dict.fromkeys(codes, "no") | {"P08": "yes"})
    assert len(picture(one, cast.idva).unanswered) == 11
    answer(one, cast.idva, {"P08": "no"})
    assert picture(one, cast.idva).is_whole


def test_a_section_that_was_closed_again_is_neither_counted_nor_shown_and_comes_back_with_its_answers(
    cast, case, sign_in
):
    one, client = start(case, cast.idva, "dash_2009"), sign_in(cast.idva)
    stalking = rules.sections(TOOLS["dash_2009"])[-1]
    answer(one, cast.idva, {"P08": "yes", "S01": "yes", "S02": "dont_know"})
    assert (picture(one, cast.idva).yes_count, picture(one, cast.idva).dont_know_count) == (2, 1)
    answer(one, cast.idva, {"P08": "no"})
    found = picture(one, cast.idva)
    assert (found.yes_count, found.dont_know_count, found.answered_count) == (0, 0, 1)
    page = client.get(reverse("casework:assessment_detail", args=[one.pk])).content.decode()
    assert "Very frightened of it" not in page
    section = reverse("casework:assessment_section", args=[one.pk, stalking.number])
    page = client.get(section, follow=True).content.decode()
    assert "is kept, and does not count" in page
    # What was typed while the section was still open is kept all the same.
    with acting_as(cast.idva):
        version = RiskAssessment.objects.get(pk=one.pk).version
    assert client.post(section, {"version": version, "S03_answer": "yes"}).status_code == 302
    answer(one, cast.idva, {"P08": "yes"})
    assert (picture(one, cast.idva).yes_count, picture(one, cast.idva).dont_know_count) == (3, 1)


def test_a_closed_section_opens_no_other(monkeypatch):
    topic = rules.Topic("X", "", False)
    chain = (
        rules.TopicSection(1, "One", "", (rules.Topic("A", "", False),)),
        rules.TopicSection(2, "Two", "", (rules.Topic("B", "", False),), only_if="A"),
        rules.TopicSection(3, "Three", "", (topic,), only_if="B"),
    )
    monkeypatch.setattr(rules, "sections", lambda tool: chain)
    for answers, opened in (
        ({"A": "yes", "B": "yes"}, [1, 2, 3]),
        ({"A": "no", "B": "yes"}, [1]),
        ({"A": "yes", "B": "no"}, [1, 2]),
    ):
        assert [section.number for section in rules.open_sections(TOOLS["dash"], answers)] == opened


@pytest.mark.parametrize("tool", TOOLS)
def test_a_section_is_opened_by_a_topic_that_is_asked_before_it(tool):
    asked = set()
    for section in rules.sections(TOOLS[tool]):
        assert not section.only_if or section.only_if in asked
        asked |= {topic.code for topic in section.topics}


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
        section = rules.sections(TOOLS["dara"])[number - 1]
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
    codes = list(rules.topics(TOOLS["young_dash"]))
    for yes in (12, 4):
        one = start(case, cast.idva, "young_dash")
        answer(one, cast.idva, dict.fromkeys(codes[:yes], "yes") | dict.fromkeys(codes[yes:], "no"))
        complete(one, cast.idva)
    with django_assert_max_num_queries(12):
        page = client.get(url).content.decode()
    assert "Yes answers over time" in page
    assert "do not mean that there is no danger" in page
    assert page.count("Young people’s Dash") >= 2
