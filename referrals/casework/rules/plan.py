"""The headings of a safety and support plan: data/plan_headings.csv."""

from dataclasses import dataclass
from functools import cache

from referrals.casework.rules.tables import rows


@dataclass(frozen=True)
class Heading:
    """A heading.

    Args:
        title: for who works with the plan.
        on_paper: what a paper calls it, which tells less.
        others_need: the verb that somebody of another agency needs to read what stands under it in a shared
            plan; empty for none.
    """

    code: str
    title: str
    on_paper: str
    others_need: str


@cache
def headings() -> dict[str, Heading]:
    """Every heading by its code, in the order shown."""
    return {
        row["heading"]: Heading(row["heading"], row["title"], row["on_paper"], row["others_need"])
        for row in rows("plan_headings")
    }


def heading_title(code: str) -> str:
    """The title of a heading; the code itself where a partnership has taken the heading out since."""
    return headings()[code].title if code in headings() else code
