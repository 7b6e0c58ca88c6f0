"""How like two people are, and why: names, other names, date of birth, numbers, phone and address.

The points and the words of each reason are `data/match_points.csv`.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

from rapidfuzz.distance import JaroWinkler

from dacase.cases.rules import policy, search_key
from dacase.cases.rules.names import (
    NOT_GIVEN,
    SHORT,
    SPELLING,
    is_one_name,
    other_name_keys,
    parts_of,
    words_of,
)

# A pair below SHOWN is not worth a reader's time.
SHOWN = 50
LIKE, SHORTEST_LIKE = 0.88, 4


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
    also_born_on: tuple[date, ...] = ()

    @cached_property
    def family(self) -> str:
        return "" if self.family_name == NOT_GIVEN else search_key(self.family_name)

    @cached_property
    def given(self) -> str:
        return search_key(self.given_name)

    @cached_property
    def family_parts(self) -> frozenset[str]:
        return frozenset(parts_of(self.family_name)) if self.family else frozenset()

    @cached_property
    def other_names(self) -> frozenset[str]:
        return frozenset(other_name_keys(self.also_known_as))

    @cached_property
    def births(self) -> frozenset[date]:
        """Every date on which she may have been born."""
        return frozenset({*self.also_born_on, *([self.date_of_birth] if self.date_of_birth else [])})


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
    return {row["key"]: (int(row["points"]), row["reason"]) for row in policy("match_points")}


def likeness(one: Identity, other: Identity) -> Likeness:
    """How like the two are. The order of the two does not matter."""
    keys = [*_names(one, other), _born(one, other), *_numbers(one, other), *_places(one, other)]
    found = [points()[key] for key in keys if key]
    return Likeness(sum(worth for worth, _ in found), [reason for _, reason in found])


def swapped(born: date) -> date | None:
    """`born` with day and month exchanged; None where that is no other date."""
    try:
        turned = born.replace(day=born.month, month=born.day)
    except ValueError:
        return None
    return turned if turned != born else None


def is_like(one: str, other: str) -> bool:
    """Whether two names in search form (search_key) are spelled alike. Short ones differ by less than a slip."""
    if min(len(one), len(other)) < SHORTEST_LIKE:
        return False
    return JaroWinkler.similarity(one, other) >= LIKE


def _names(one: Identity, other: Identity) -> list[str]:
    if _is_exchanged(one, other):
        return ["names_exchanged"]
    family = _family(one, other)
    if not family and _is_only_name(one, other):
        return ["only_name"]
    return [family, _given(one, other), _other_name(one, other)]


def _is_only_name(one: Identity, other: Identity) -> bool:
    """Whether one of them gave a single name, wherever it was typed, and the other has it too."""
    first, second = ({person.family, person.given} - {""} for person in (one, other))
    return min(len(first), len(second)) == 1 and bool(first & second)


def _is_exchanged(one: Identity, other: Identity) -> bool:
    """Whether the family name of each is the given name of the other."""
    if one.family == other.family or not (one.given and other.given):
        return False
    pairs = (one.family, other.given), (one.given, other.family)
    return all(first == second or is_one_name(first, second, SPELLING) for first, second in pairs)


def _family(one: Identity, other: Identity) -> str:
    first, second = one.family, other.family
    if not first or not second:
        return "family_alias" if {first, second} & (one.other_names | other.other_names) else ""
    if first == second:
        return "family_same"
    if is_one_name(first, second, SPELLING):
        return "family_spelling"
    if first in other.other_names or second in one.other_names:
        return "family_alias"
    if one.family_parts & other.family_parts:
        return "family_part"
    return "family_like" if is_like(first, second) else ""


def _given(one: Identity, other: Identity) -> str:
    first, second = one.given, other.given
    if not first or not second:
        return ""
    if first == second:
        return "given_same"
    own, others = words_of(one.given_name), words_of(other.given_name)
    if set(own) & set(others):
        return "given_part"
    for key, kind in (("given_spelling", SPELLING), ("given_short", SHORT)):
        if any(is_one_name(word, another, kind) for word in own for another in others):
            return key
    if first in other.other_names or second in one.other_names:
        return "given_alias"
    return "given_like" if is_like(first, second) else ""


def _other_name(one: Identity, other: Identity) -> str:
    """Whether both have one more name, beside those that were compared already."""
    common = one.other_names & other.other_names
    return "alias_same" if common - {one.family, one.given, other.family, other.given} else ""


def _born(one: Identity, other: Identity) -> str:
    first, second = one.date_of_birth, other.date_of_birth
    if first is not None and first == second:
        return "born_same"
    if one.births & other.births:
        return "born_other"
    if first is None or second is None:
        return ""
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
