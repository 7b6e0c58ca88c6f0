"""Topics, thresholds and review dates of risk assessment tools: data/dash_topics.csv, data/thresholds.csv."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dacase.cases.choices import Band
from referrals.casework.choices import Answer, RiskTool
from referrals.casework.rules.tables import in_force, rows

# The version of our own topic labels; licensed wording that a partnership loads brings its own.
TOOL_VERSIONS = {RiskTool.DASH: "24 topics, 1"}


@dataclass(frozen=True)
class Topic:
    """One of a tool's topics. Critical: needs judgement whatever the number of yes answers."""

    code: str
    label: str
    is_critical: bool


@dataclass(frozen=True)
class TopicSection:
    """A page of topics; `number` counts from 1."""

    number: int
    title: str
    intro: str
    topics: tuple[Topic, ...]


@cache
def sections(tool: str) -> tuple[TopicSection, ...]:
    """The sections of a tool with their topics, in the order asked."""
    topics = rows(f"{tool}_topics")
    return tuple(
        TopicSection(
            number,
            row["section"],
            row["intro"],
            tuple(
                Topic(topic["code"], topic["label"], topic["critical"] == "yes")
                for topic in topics
                if topic["section"] == row["section"]
            ),
        )
        for number, row in enumerate(rows(f"{tool}_sections"), start=1)
    )


@cache
def topics(tool: str) -> dict[str, Topic]:
    """Every topic of a tool by its code, in the order asked."""
    return {topic.code: topic for section in sections(tool) for topic in section.topics}


def band_for(tool: str, yes_count: int, *, on: date) -> str:
    """The band of `yes_count` yes answers by the thresholds in force on the day `on` (choices.Band).

    Bands used locally with the 24 topics; 14 yes answers are visible high risk (SafeLives referral criteria).
    Raises ValueError where no threshold of the tool was in force.
    """
    lines = [
        row
        for row in in_force("thresholds", on.isoformat(), tool=tool)
        if int(row["from_score"]) <= yes_count
    ]
    if not lines:
        raise ValueError(f"No threshold of {tool} holds for {yes_count} on {on}")
    return max(lines, key=lambda row: int(row["from_score"]))["band"]


def is_visible_high_risk(tool: str, yes_count: int, *, on: date) -> bool:
    """Whether the count alone makes the band high."""
    return band_for(tool, yes_count, on=on) == Band.HIGH


def final_band(tool: str, yes_count: int, *, is_high_by_judgement: bool, on: date) -> str:
    """The band that is recorded: professional judgement can make it high at any count, and never lowers it."""
    return Band.HIGH if is_high_by_judgement else band_for(tool, yes_count, on=on)


def review_due_on(tool: str, band: str, *, on: date) -> date:
    """The day by which an assessment of `on` is to be done again: data/review_intervals.csv."""
    (row,) = in_force("review_intervals", on.isoformat(), tool=tool, band=band)
    return on + timedelta(weeks=int(row["weeks"]))


def count_of(answers: Mapping[str, str], answer: str) -> int:
    """How many topics of `answers` (code -> choices.Answer) have `answer`."""
    return sum(1 for given in answers.values() if given == answer)


def critical_topics(tool: str, answers: Mapping[str, str]) -> list[Topic]:
    """The critical topics that were answered yes, in the order asked."""
    return [
        topic
        for topic in topics(tool).values()
        if topic.is_critical and answers.get(topic.code) == Answer.YES
    ]


def is_dangerous_combination(answers: Mapping[str, str]) -> bool:
    """Separation, control and physical or sexual violence together, a prompt for judgement in local use."""
    yes = {code for code, answer in answers.items() if answer == Answer.YES}
    return {"D06", "D12"} <= yes and bool(yes & {"D01", "D13", "D15", "D16"})
