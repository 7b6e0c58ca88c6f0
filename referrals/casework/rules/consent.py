"""What consent is asked for: data/consent_purposes.csv. Which answers need which words."""

from dataclasses import dataclass
from datetime import date, timedelta

from referrals.casework.choices import ConsentAnswer
from referrals.casework.rules.tables import in_force, rows

# Somebody was asked and answered, so that it is known how.
ASKED = frozenset({ConsentAnswer.GIVEN, ConsentAnswer.REFUSED, ConsentAnswer.WITHDRAWN})
# Nobody was asked, which needs its reason.
NOT_ASKED = frozenset({ConsentAnswer.NOT_SAFE, ConsentAnswer.NOT_ASKED})


@dataclass(frozen=True)
class Purpose:
    """What consent is for.

    Args:
        is_by_service: each service asks for itself; else one answer holds for everybody who holds the file.
        names_agencies: the agencies meant are named in the record.
        review_weeks: after how many weeks it is asked again unless a day is chosen.
    """

    code: str
    label: str
    is_by_service: bool
    names_agencies: bool
    review_weeks: int


def purposes(on: date) -> dict[str, Purpose]:
    """The purposes that can be recorded on a day, by code, in the order offered."""
    return {
        row["purpose"]: Purpose(
            row["purpose"],
            row["label"],
            row["by_service"] == "yes",
            row["names_agencies"] == "yes",
            int(row["review_weeks"]),
        )
        for row in in_force("consent_purposes", on.isoformat())
    }


def purpose_label(code: str) -> str:
    """A purpose in words, one that is no longer offered too. KeyError for an unknown one."""
    return {row["purpose"]: row["label"] for row in rows("consent_purposes")}[code]


def review_due_on(
    purpose: Purpose, answer: str, *, goes_on: bool, on: date, until: date | None
) -> date | None:
    """When an answer of the day `on` is looked at again, where no day was chosen; never after it ends.

    What was refused or withdrawn, and stopped, is not asked for again by the clock.
    """
    if answer in (ConsentAnswer.REFUSED, ConsentAnswer.WITHDRAWN) and not goes_on:
        return until
    due = on + timedelta(weeks=purpose.review_weeks)
    return min(due, until) if until else due
