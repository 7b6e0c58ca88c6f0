"""What may come of a contact attempt: data/contact_outcomes.csv."""

from dataclasses import dataclass
from functools import cache

from referrals.casework.rules.tables import rows


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt. `tries_again`: the worker must say when, or the contact would be lost."""

    code: str
    label: str
    directions: frozenset[str]
    spoke: bool
    leaves_message: bool
    tries_again: bool


@cache
def outcomes() -> dict[str, Outcome]:
    """Every outcome by its code, in the order shown."""
    both = frozenset({"outgoing", "incoming"})
    return {
        row["outcome"]: Outcome(
            row["outcome"],
            row["label"],
            both if row["direction"] == "both" else frozenset({row["direction"]}),
            row["spoke"] == "yes",
            row["leaves_message"] == "yes",
            row["tries_again"] == "yes",
        )
        for row in rows("contact_outcomes")
    }
