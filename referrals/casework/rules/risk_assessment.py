"""Risk assessment tools as data: data/tools.csv, <tool>_topics.csv, answers.csv, thresholds.csv.

What a tool asks, which answers it takes, whether it counts or is judged, and when it is to be done again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dacase.cases.choices import Band
from referrals.casework.rules.tables import in_force, rows

COUNT, JUDGEMENT = "count", "judgement"


@dataclass(frozen=True)
class Tool:
    """A tool. version: of our own topic labels; scoring: COUNT or JUDGEMENT; ages in years, None for any."""

    code: str
    version: str
    scoring: str
    answers: str
    from_age: int | None
    until_age: int | None

    @property
    def is_counted(self) -> bool:
        """Whether the number of yes answers gives the band; else the assessor does."""
        return self.scoring == COUNT


@cache
def tools() -> dict[str, Tool]:
    """Every tool by its code, in the order offered."""
    return {
        row["tool"]: Tool(
            row["tool"],
            row["version"],
            row["scoring"],
            row["answers"],
            int(row["from_age"]) if row["from_age"] else None,
            int(row["until_age"]) if row["until_age"] else None,
        )
        for row in rows("tools")
    }


@cache
def answers_of(tool: str) -> dict[str, str]:
    """Code -> label of the answers that a tool takes, in the order offered."""
    return {row["code"]: row["label"] for row in rows("answers") if row["answers"] == tools()[tool].answers}


@cache
def speaking(tool: str) -> frozenset[str]:
    """The answers of a tool that speak for danger: yes, or that it happens at all."""
    found = [row for row in rows("answers") if row["answers"] == tools()[tool].answers]
    return frozenset(row["code"] for row in found if row["speaks_for"] == "yes")


def age_on(born: date, day: date) -> int:
    """Whole years of age on `day`."""
    return (day.year - born.year) - ((day.month, day.day) < (born.month, born.day))


def ages_of(tool: str) -> str:
    """For which ages a tool is made, in words, as “ages 13 to 17”."""
    found = tools()[tool]
    if found.from_age is None:
        return "any age" if found.until_age is None else f"ages up to {found.until_age}"
    return f"ages {found.from_age} {'and over' if found.until_age is None else f'to {found.until_age}'}"


def fits_age(tool: str, age: int | None) -> bool:
    """Whether a tool is made for somebody of that age; an unknown age fits every tool."""
    found = tools()[tool]
    if age is None:
        return True
    return (found.from_age is None or age >= found.from_age) and (
        found.until_age is None or age <= found.until_age
    )


@dataclass(frozen=True)
class Topic:
    """One of a tool's topics. Critical: needs judgement whatever the number of yes answers."""

    code: str
    label: str
    is_critical: bool


@dataclass(frozen=True)
class TopicSection:
    """A page of topics; `number` counts from 1. only_if: the topic whose yes opens it; empty for always."""

    number: int
    title: str
    intro: str
    topics: tuple[Topic, ...]
    only_if: str = ""


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
            row["only_if"],
        )
        for number, row in enumerate(rows(f"{tool}_sections"), start=1)
    )


def open_sections(tool: str, answers: Mapping[str, str]) -> list[TopicSection]:
    """The sections that are asked, given the answers so far (code -> choices.Answer).

    A topic opens a section only where it is asked itself, so that a closed section opens no other.
    """
    found: list[TopicSection] = []
    asked: set[str] = set()
    for section in sections(tool):
        opener = section.only_if
        if not opener or (opener in asked and answers.get(opener) in speaking(tool)):
            found.append(section)
            asked.update(topic.code for topic in section.topics)
    return found


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
    """Whether the count alone makes the band high; never for a tool that is judged."""
    return tools()[tool].is_counted and band_for(tool, yes_count, on=on) == Band.HIGH


def final_band(
    tool: str, yes_count: int, *, is_high_by_judgement: bool, judged_band: str = "", on: date
) -> str:
    """The band that is recorded.

    Of a counted tool professional judgement can make it high at any count, and never lowers it; of a judged
    tool it is the judgement. Raises ValueError for a judged tool without one.
    """
    if is_high_by_judgement:
        return Band.HIGH
    return band_for(tool, yes_count, on=on) if tools()[tool].is_counted else Band(judged_band)


def review_due_on(tool: str, band: str, *, on: date) -> date:
    """The day by which an assessment of `on` is to be done again: data/review_intervals.csv."""
    (row,) = in_force("review_intervals", on.isoformat(), tool=tool, band=band)
    return on + timedelta(weeks=int(row["weeks"]))


def count_of(answers: Mapping[str, str], answer: str) -> int:
    """How many topics of `answers` (code -> choices.Answer) have `answer`."""
    return sum(1 for given in answers.values() if given == answer)


def critical_topics(tool: str, answers: Mapping[str, str]) -> list[Topic]:
    """The critical topics whose answer speaks for danger, in the order asked."""
    return [
        topic
        for topic in topics(tool).values()
        if topic.is_critical and answers.get(topic.code) in speaking(tool)
    ]


def combination(tool: str, answers: Mapping[str, str]) -> str:
    """What comes together in the answers, in words: a prompt for judgement in local use. Empty where nothing does."""
    said = {code for code, answer in answers.items() if answer in speaking(tool)}
    for row in rows("combinations"):
        if row["tool"] == tool and set(row["all_of"].split()) <= said and set(row["any_of"].split()) & said:
            return row["words"]
    return ""


def rests_on_judgement(tool: str, yes_count: int, *, band: str, on: date) -> bool:
    """Whether `band` is somebody's judgement and not what the count of `yes_count` alone came to on the day `on`."""
    return not tools()[tool].is_counted or band_for(tool, yes_count, on=on) != band
