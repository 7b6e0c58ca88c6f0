"""What each role may do, read from roles.csv: one row a verb, one column a role."""

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROLES_CSV = Path(__file__).with_name("roles.csv")
OFFERS_CSV = Path(__file__).with_name("role_offers.csv")


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


@cache
def _offers() -> list[tuple[str, frozenset[str], frozenset[str]]]:
    with OFFERS_CSV.open(newline="", encoding="utf-8") as file:
        return [
            (row["role"], frozenset(row["kinds"].split()), frozenset(row["services"].split()))
            for row in csv.DictReader(file)
        ]


def roles_of_agency(kind: str, services: Iterable[str]) -> list[str]:
    """The roles that people of an agency may have, by its kind and by what it offers (role_offers.csv)."""
    offered = set(services)
    return [role for role, kinds, needs in _offers() if kind in kinds or "all" in kinds or needs & offered]


def roles_to_give(giver: str, kind: str, services: Iterable[str]) -> list[str]:
    """The roles of an agency that somebody in the role `giver` may give to colleagues.

    Only an administrator makes administrators and auditors, or a manager could choose who checks her.
    """
    kept_back = set() if giver == "administrator" else {"administrator", "auditor"}
    return [role for role in roles_of_agency(kind, services) if role not in kept_back]


def who_may(verb: str) -> frozenset[str]:
    """The roles that may do `verb`. Raises KeyError for a verb that the table does not have."""
    return verbs()[verb]
