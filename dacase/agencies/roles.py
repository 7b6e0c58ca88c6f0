"""What each role may do, read from roles.csv: one row a verb, one column a role."""

import csv
from functools import cache
from pathlib import Path

ROLES_CSV = Path(__file__).with_name("roles.csv")


@cache
def verbs() -> dict[str, frozenset[str]]:
    """The roles that may do each verb. What the table does not allow is denied."""
    with ROLES_CSV.open(newline="", encoding="utf-8") as file:
        return {
            row.pop("verb"): frozenset(role for role, mark in row.items() if mark == "yes")
            for row in csv.DictReader(file)
        }


def role_may(role: str, verb: str) -> bool:
    """Whether `role` may do `verb`. Raises KeyError for a verb that the table does not have."""
    return role in verbs()[verb]


def sees_case_data(role: str) -> bool:
    """Whether `role` may see anything of a case, and so must sign in with a second factor."""
    return role_may(role, "see_case_data")


def needs_second_factor(role: str) -> bool:
    """Whether `role` must sign in with a second factor: who sees case data, and who lets others see it."""
    return sees_case_data(role) or role_may(role, "manage_people")
