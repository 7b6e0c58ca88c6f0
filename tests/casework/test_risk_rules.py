from datetime import date

import pytest

from dacase.cases.choices import Band
from referrals.casework.choices import Answer, RiskTool
from referrals.casework.rules import risk_assessment as rules
from referrals.casework.rules import tables
from tests.casework.builders import TOOLS

DAY = date(2026, 6, 1)
BANDS = {
    **dict.fromkeys(range(10), "standard"),
    **dict.fromkeys(range(10, 14), "medium"),
    **dict.fromkeys(range(14, 25), "high"),
}
CRITICAL = {"D08", "D10", "D11", "D13", "D14", "D15", "D16", "D17"}


@pytest.mark.parametrize("score", range(25))
def test_band_of_every_count(score):
    assert rules.band_for(TOOLS["dash"], score, on=DAY) == BANDS[score]
    assert rules.is_visible_high_risk(TOOLS["dash"], score, on=DAY) == (score >= 14)


@pytest.mark.parametrize("row", tables.rows("thresholds"), ids=lambda row: f"{row['tool']}-{row['band']}")
def test_every_line_of_the_thresholds_decides(row):
    score, day = int(row["from_score"]), date.fromisoformat(row["from_date"])
    assert row["tool"] in RiskTool.values
    assert rules.band_for(TOOLS[row["tool"]], score, on=day) == row["band"]
    if score:
        assert rules.band_for(TOOLS[row["tool"]], score - 1, on=day) != row["band"]
    assert "safe" not in row["meaning"].lower()


def test_every_tool_has_a_threshold_from_nought_so_that_no_count_is_without_a_band():
    for tool in (code for code, one in TOOLS.items() if one.is_counted):
        assert min(int(row["from_score"]) for row in tables.rows("thresholds") if row["tool"] == tool) == 0


def test_no_threshold_before_the_first_date():
    with pytest.raises(ValueError, match="No threshold"):
        rules.band_for(TOOLS["dash"], 20, on=date(2001, 1, 1))


def test_a_later_threshold_leaves_past_days_alone(monkeypatch):
    before = tables.rows("thresholds")
    later = (
        {"tool": "dash", "band": "high", "from_score": "12", "from_date": "2027-04-01", "meaning": ""},
        {"tool": "dash", "band": "standard", "from_score": "0", "from_date": "2027-04-01", "meaning": ""},
    )
    monkeypatch.setattr("referrals.rules.tables.rows", lambda name, folder: before + later)
    assert rules.band_for(TOOLS["dash"], 12, on=date(2027, 3, 31)) == Band.MEDIUM
    assert rules.band_for(TOOLS["dash"], 12, on=date(2027, 4, 1)) == Band.HIGH
    assert rules.band_for(TOOLS["dash"], 11, on=date(2027, 4, 1)) == Band.STANDARD


@pytest.mark.parametrize(
    "row", tables.rows("review_intervals"), ids=lambda row: f"{row['tool']}-{row['band']}"
)
def test_every_line_of_the_review_intervals(row):
    day = date.fromisoformat(row["from_date"])
    assert (
        (rules.review_due_on(TOOLS[row["tool"]], row["band"], on=day) - day).days
        == 7 * int(row["weeks"])
        == 56
    )


def test_every_band_has_a_review_interval():
    for band in Band.values:
        assert rules.review_due_on(TOOLS["dash"], band, on=DAY) == date(2026, 7, 27)


def test_the_24_topics():
    topics = rules.topics(TOOLS["dash"])
    assert sorted(topics) == [f"D{number:02}" for number in range(1, 25)]
    assert {code for code, topic in topics.items() if topic.is_critical} == CRITICAL
    assert len({topic.label for topic in topics.values()}) == 24


@pytest.mark.parametrize("row", tables.rows("dash_topics"), ids=lambda row: row["code"])
def test_every_topic_stands_in_one_section(row):
    holding = [s for s in rules.sections(TOOLS["dash"]) if row["code"] in {topic.code for topic in s.topics}]
    assert [section.title for section in holding] == [row["section"]]
    assert row["critical"] in ("yes", "")
    assert len(row["label"]) <= 50


@pytest.mark.parametrize("row", tables.rows("dash_sections"), ids=lambda row: row["section"])
def test_every_section_has_topics_and_an_introduction(row):
    (section,) = [s for s in rules.sections(TOOLS["dash"]) if s.title == row["section"]]
    assert section.topics
    assert section.intro == row["intro"]


def test_judgement_raises_and_never_lowers():
    assert rules.final_band(TOOLS["dash"], 3, is_high_by_judgement=True, on=DAY) == Band.HIGH
    assert rules.final_band(TOOLS["dash"], 16, is_high_by_judgement=False, on=DAY) == Band.HIGH
    assert rules.final_band(TOOLS["dash"], 3, is_high_by_judgement=False, on=DAY) == Band.STANDARD


def test_critical_topics_are_named_at_any_score_and_only_when_answered_yes():
    answers = {"D15": Answer.YES, "D14": Answer.NO, "D16": Answer.DONT_KNOW, "D01": Answer.YES}
    assert [topic.code for topic in rules.critical_topics(TOOLS["dash"], answers)] == ["D15"]


@pytest.mark.parametrize(
    ("yes", "expected"),
    [
        (["D06", "D12", "D01"], True),
        (["D06", "D12", "D16"], True),
        (["D06", "D12"], False),
        (["D12", "D15"], False),
    ],
)
def test_separation_control_and_violence_together(yes, expected):
    assert bool(rules.combination(TOOLS["dash"], dict.fromkeys(yes, Answer.YES))) is expected
