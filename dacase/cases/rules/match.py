"""How like two people are, and why: names, other names, date of birth, numbers, phone and address.

The points and the words of each reason are `data/match_points.csv`.
"""

import csv
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from rapidfuzz.distance import JaroWinkler

from dacase.cases.rules import search_key

POINTS = Path(__file__).parent.parent / "data" / "match_points.csv"
# A pair below SHOWN is not worth a reader's time.
SHOWN = 50
LIKE = 0.88


@dataclass(frozen=True)
class Identity:
    """What is compared of somebody. `places` are match keys of locations (rules.location), never values."""

    family_name: str
    given_name: str = ""
    date_of_birth: date | None = None
    also_known_as: str = ""
    nhs_number: str = ""
    pnc_id: str = ""
    places: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Likeness:
    """Points, and the reasons in words."""

    points: int
    reasons: list[str] = field(default_factory=list)

    @property
    def is_worth_showing(self) -> bool:
        return self.points >= SHOWN


@cache
def points() -> dict[str, tuple[int, str]]:
    """Reason -> its points and its words, of data/match_points.csv."""
    with POINTS.open(newline="", encoding="utf-8") as file:
        return {row["key"]: (int(row["points"]), row["reason"]) for row in csv.DictReader(file)}


def likeness(one: Identity, other: Identity) -> Likeness:
    """How like the two are. The order of the two does not matter."""
    keys = [_family(one, other), _given(one, other), _born(one, other), *_numbers(one, other)]
    found = [points()[key] for key in [*keys, *_places(one, other)] if key]
    return Likeness(sum(worth for worth, _ in found), [reason for _, reason in found])


def swapped(born: date) -> date | None:
    """`born` with day and month exchanged; None where that is no other date."""
    try:
        turned = born.replace(day=born.month, month=born.day)
    except ValueError:
        return None
    return turned if turned != born else None


def is_like(one: str, other: str) -> bool:
    """Whether two names in search form (search_key) are spelled alike."""
    return bool(one and other) and JaroWinkler.similarity(one, other) >= LIKE


def other_name_keys(also_known_as: str) -> list[str]:
    """Each word of the other names in search form, in the order typed."""
    words = also_known_as.replace(",", " ").replace(";", " ").split()
    return list(dict.fromkeys(key for key in map(search_key, words) if key))


def _family(one: Identity, other: Identity) -> str:
    first, second = search_key(one.family_name), search_key(other.family_name)
    if first == second:
        return "family_same" if first else ""
    if first in _aliases(other) or second in _aliases(one):
        return "family_alias"
    return "family_like" if is_like(first, second) else ""


def _aliases(identity: Identity) -> set[str]:
    return set(other_name_keys(identity.also_known_as))


def _given(one: Identity, other: Identity) -> str:
    first, second = search_key(one.given_name), search_key(other.given_name)
    if not first or not second:
        return ""
    if first == second:
        return "given_same"
    alias = first in _aliases(other) or second in _aliases(one)
    return "given_like" if alias or is_like(first, second) else ""


def _born(one: Identity, other: Identity) -> str:
    first, second = one.date_of_birth, other.date_of_birth
    if first is None or second is None:
        return ""
    if first == second:
        return "born_same"
    if swapped(first) == second:
        return "born_swapped"
    same = (first.day == second.day) + (first.month == second.month) + (first.year == second.year)
    return "born_near" if same == 2 else ""


def _numbers(one: Identity, other: Identity) -> list[str]:
    nhs = bool(one.nhs_number) and one.nhs_number == other.nhs_number
    pnc = bool(one.pnc_id) and one.pnc_id == other.pnc_id
    return ["nhs_same"] * nhs + ["pnc_same"] * pnc


def _places(one: Identity, other: Identity) -> list[str]:
    kinds = {key.split(":")[0] for key in one.places & other.places}
    return [f"{kind}_same" for kind in ("phone", "email", "address") if kind in kinds]
