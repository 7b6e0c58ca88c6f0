"""Risk assessment tools as data: data/tools.csv, <tool>_topics.csv, answers.csv, thresholds.csv.

What a version of a tool asks, which answers it takes, whether it counts or is judged, and when it is to be
done again. A version that was ever used keeps its rows for good: assessments made with it read them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from dacase.cases.choices import Band
from dacase.cases.rules import is_verified
from referrals.casework.rules.tables import in_force, rows

COUNT, JUDGEMENT = "count", "judgement"
# Where the tables lack what an assessment was made with, its answers are shown by their codes.
LACKING = "Answers to topics that the tables lack"
BY_CODE = "Shown by their codes, because this installation has no words for them."


@dataclass(frozen=True)
class Tool:
    """One version of a tool, in use from `from_date` until the next version begins.

    version: of our own topics and labels; scoring: COUNT or JUDGEMENT; ages in years, None for any; is_known:
    whether the tables have it.
    """

    code: str
    version: str
    from_date: str
    scoring: str
    answers: str
    from_age: int | None
    until_age: int | None
    is_known: bool = True

    @property
    def is_counted(self) -> bool:
        """Whether the number of yes answers gives the band; else the assessor does."""
        return self.scoring == COUNT


@cache
def versions() -> dict[str, tuple[Tool, ...]]:
    """Every tool by its code, in the order offered, with its versions, the oldest first."""
    found: dict[str, list[Tool]] = {}
    for row in rows("tools"):
        found.setdefault(row["tool"], []).append(
            Tool(
                row["tool"],
                row["version"],
                row["from_date"],
                row["scoring"],
                row["answers"],
                int(row["from_age"]) if row["from_age"] else None,
                int(row["until_age"]) if row["until_age"] else None,
            )
        )
    return {code: tuple(sorted(tools, key=lambda tool: tool.from_date)) for code, tools in found.items()}


def tool_of(code: str, version: str) -> Tool:
    """A version of a tool, in use or not. Raises LookupError for one that data/tools.csv never had."""
    for tool in versions().get(code, ()):
        if tool.version == version:
            return tool
    raise LookupError(
        f"data/tools.csv has no version “{version}” of {code}. Its rows must never be taken out"
    )


def tool_to_read(code: str, version: str, *, scoring: str) -> Tool:
    """The version that an assessment was made with, for whoever reads it: where it was taken out, one that
    has no topics of its own and was counted or judged as `scoring` says.
    """
    try:
        return tool_of(code, version)
    except LookupError:
        return Tool(code, version, "", scoring, "", None, None, is_known=False)


def in_use(code: str, *, on: date) -> Tool | None:
    """The version of a tool that is in use on the day `on`; None before its first."""
    begun = [tool for tool in versions().get(code, ()) if tool.from_date <= on.isoformat()]
    return begun[-1] if begun else None


@cache
def answers_of(tool: Tool) -> dict[str, str]:
    """Code -> label of the answers that a tool takes, in the order offered."""
    return {row["code"]: row["label"] for row in rows("answers") if row["answers"] == tool.answers}


@cache
def speaking(tool: Tool) -> frozenset[str]:
    """The answers of a tool that speak for danger: yes, or that it happens at all. Of an unknown one any tool's."""
    found = [row for row in rows("answers") if row["answers"] == tool.answers or not tool.is_known]
    return frozenset(row["code"] for row in found if row["speaks_for"] == "yes")


def age_on(born: date, day: date) -> int:
    """Whole years of age on `day`."""
    return (day.year - born.year) - ((day.month, day.day) < (born.month, born.day))


def ages_of(tool: Tool) -> str:
    """For which ages a tool is made, in words, as “ages 13 to 17”."""
    if tool.from_age is None:
        return "any age" if tool.until_age is None else f"ages up to {tool.until_age}"
    return f"ages {tool.from_age} {'and over' if tool.until_age is None else f'to {tool.until_age}'}"


def fits_age(tool: Tool, age: int | None) -> bool:
    """Whether a tool is made for somebody of that age; an unknown age fits every tool."""
    if age is None:
        return True
    return (tool.from_age is None or age >= tool.from_age) and (
        tool.until_age is None or age <= tool.until_age
    )


@dataclass(frozen=True)
class Topic:
    """One of a tool's topics. Critical: needs judgement whatever the number of yes answers."""

    code: str
    label: str
    is_critical: bool


@dataclass(frozen=True)
class TopicSection:
    """A page of topics; `number` counts from 1, and is 0 for what the tables lack. only_if: the topic whose yes
    opens it; empty for always.
    """

    number: int
    title: str
    intro: str
    topics: tuple[Topic, ...]
    only_if: str = ""


def _of_version(name: str, tool: Tool) -> list[dict[str, str]]:
    """The rows of a tool's table that belong to its version: from_version to until_version, both included.

    An empty from_version is the first, an empty until_version the newest. A row of a version that was taken
    out is of no other.
    """
    place = {one.version: number for number, one in enumerate(versions()[tool.code])}
    first, here, last = {"": 0} | place, place[tool.version], {"": len(place)} | place
    return [
        row
        for row in rows(name)
        if row["from_version"] in first
        and row["until_version"] in last
        and first[row["from_version"]] <= here <= last[row["until_version"]]
    ]


@cache
def sections(tool: Tool) -> tuple[TopicSection, ...]:
    """The sections of a version of a tool with their topics, in the order asked; none of an unknown one."""
    if not tool.is_known:
        return ()
    topics = _of_version(f"{tool.code}_topics", tool)
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
        for number, row in enumerate(_of_version(f"{tool.code}_sections", tool), start=1)
    )


def open_sections(tool: Tool, answers: Mapping[str, str]) -> list[TopicSection]:
    """The sections that are asked, given the answers so far (code -> choices.Answer).

    A topic opens a section only where it is asked itself, so that a closed section opens no other. Answers that
    no topic of the tables stands for are a section at the end: nothing that was said is ever hidden.
    """
    found: list[TopicSection] = []
    asked: set[str] = set()
    lacking = set(answers)
    for section in sections(tool):
        lacking.difference_update(topic.code for topic in section.topics)
        opener = section.only_if
        if not opener or (opener in asked and answers.get(opener) in speaking(tool)):
            found.append(section)
            asked.update(topic.code for topic in section.topics)
    if lacking:
        by_code = tuple(Topic(code, code, is_critical=False) for code in sorted(lacking))
        found.append(TopicSection(0, LACKING, BY_CODE, by_code))
    return found


@cache
def topics(tool: Tool) -> dict[str, Topic]:
    """Every topic of a version of a tool by its code, in the order asked."""
    return {topic.code: topic for section in sections(tool) for topic in section.topics}


def band_for(tool: Tool, yes_count: int, *, on: date) -> str:
    """The band of `yes_count` yes answers by the thresholds in force on the day `on` (choices.Band).

    Bands used locally with the 24 topics; 14 yes answers are visible high risk (SafeLives referral criteria).
    Raises ValueError where no threshold of the tool was in force.
    """
    band = band_by_count(tool, yes_count, on=on)
    if not band:
        raise ValueError(f"No threshold of {tool.code} holds for {yes_count} on {on}")
    return band


def band_by_count(tool: Tool, yes_count: int, *, on: date) -> str:
    """The same for whoever reads; empty for a tool that is judged, and where no threshold was in force."""
    lines = [
        row
        for row in in_force("thresholds", on.isoformat(), tool=tool.code)
        if tool.is_counted and int(row["from_score"]) <= yes_count
    ]
    return max(lines, key=lambda row: int(row["from_score"]))["band"] if lines else ""


def has_verified_thresholds(tool: Tool, *, on: date) -> bool:
    """Whether every threshold of a tool in force on the day `on` comes from a source that is named."""
    lines = in_force("thresholds", on.isoformat(), tool=tool.code)
    return all(is_verified(row) for row in lines)


def is_visible_high_risk(tool: Tool, yes_count: int, *, on: date) -> bool:
    """Whether the count alone makes the band high; never for a tool that is judged."""
    return band_by_count(tool, yes_count, on=on) == Band.HIGH


def final_band(
    tool: Tool, yes_count: int, *, is_high_by_judgement: bool, judged_band: str = "", on: date
) -> str:
    """The band that is recorded.

    Of a counted tool professional judgement can make it high at any count, and never lowers it; of a judged
    tool it is the judgement. Raises ValueError for a judged tool without one.
    """
    if is_high_by_judgement:
        return Band.HIGH
    return band_for(tool, yes_count, on=on) if tool.is_counted else Band(judged_band)


def review_due_on(tool: Tool, band: str, *, on: date) -> date:
    """The day by which an assessment of `on` is to be done again: data/review_intervals.csv."""
    (row,) = in_force("review_intervals", on.isoformat(), tool=tool.code, band=band)
    return on + timedelta(weeks=int(row["weeks"]))


def count_of(answers: Mapping[str, str], answer: str) -> int:
    """How many topics of `answers` (code -> choices.Answer) have `answer`."""
    return sum(1 for given in answers.values() if given == answer)


def critical_topics(tool: Tool, answers: Mapping[str, str]) -> list[Topic]:
    """The critical topics whose answer speaks for danger, in the order asked."""
    return [
        topic
        for topic in topics(tool).values()
        if topic.is_critical and answers.get(topic.code) in speaking(tool)
    ]


def combination(tool: Tool, answers: Mapping[str, str]) -> str:
    """What comes together in the answers, in words: a prompt for judgement in local use. Empty where nothing does."""
    said = {code for code, answer in answers.items() if answer in speaking(tool)}
    for row in rows("combinations"):
        if (
            row["tool"] == tool.code
            and set(row["all_of"].split()) <= said
            and set(row["any_of"].split()) & said
        ):
            return row["words"]
    return ""


def rests_on_judgement(tool: Tool, yes_count: int, *, band: str, on: date) -> bool:
    """Whether `band` is somebody's judgement and not what the count of `yes_count` alone came to on the day `on`."""
    return band_by_count(tool, yes_count, on=on) != band
