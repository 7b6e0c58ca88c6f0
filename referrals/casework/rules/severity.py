"""The types of abuse whose severity is followed over time: data/severity_types.csv."""

from dataclasses import dataclass
from datetime import date

from referrals.casework.rules.tables import in_force, rows


@dataclass(frozen=True)
class AbuseType:
    """A type of abuse, a row of the grid."""

    code: str
    label: str
    hint: str


def types(on: date) -> dict[str, AbuseType]:
    """The types that are asked about on a day, by code, in the order shown."""
    return {
        row["type"]: AbuseType(row["type"], row["label"], row["hint"])
        for row in in_force("severity_types", on.isoformat())
    }


def type_label(code: str) -> str:
    """The words for a type, also for one that is no longer asked about; the code for an unknown one."""
    labels = [row["label"] for row in rows("severity_types") if row["type"] == code]
    return labels[-1] if labels else code
