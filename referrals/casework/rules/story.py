"""The parts of a story, and who reads each: data/story_parts.csv."""

from dataclasses import dataclass
from functools import cache

from referrals.casework.rules.tables import rows

# What each scope of a grant reads, the narrowest first. A grant of the summary reads no word of a story.
READS = {
    "view_case": ("view_hearing", "view_case"),
    "view_hearing": ("view_hearing",),
    "view_case_summary": (),
}


@dataclass(frozen=True)
class Part:
    """A part of the story. scope: the narrowest grant that reads it, as a guardian permission's codename."""

    code: str
    title: str
    hint: str
    scope: str


@cache
def parts() -> dict[str, Part]:
    """Every part by its code, in the order told."""
    return {
        row["part"]: Part(row["part"], row["title"], row["hint"], row["scope"]) for row in rows("story_parts")
    }


def parts_for(scope: str) -> list[Part]:
    """The parts that a grant of `scope` reads, in the order told. KeyError for an unknown scope."""
    return [part for part in parts().values() if part.scope in READS[scope]]
