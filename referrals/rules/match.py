"""How like two people are, and why: names, dates of birth with swapped day and month, other names."""

from dataclasses import dataclass, field
from datetime import date

from rapidfuzz.distance import JaroWinkler

from dacase.cases.rules import search_key

# Points for each likeness; a pair below SHOWN is not worth a reader's time.
FAMILY_SAME, FAMILY_LIKE, FAMILY_ALIAS = 35, 20, 25
GIVEN_SAME, GIVEN_LIKE = 20, 12
BORN_SAME, BORN_SWAPPED, BORN_NEAR = 45, 35, 15
SHOWN = 50
LIKE = 0.88


@dataclass(frozen=True)
class Identity:
    """What is compared of somebody."""

    family_name: str
    given_name: str = ""
    date_of_birth: date | None = None
    also_known_as: str = ""


@dataclass(frozen=True)
class Likeness:
    """Points out of 100, and the reasons in words."""

    points: int
    reasons: list[str] = field(default_factory=list)

    @property
    def is_worth_showing(self) -> bool:
        return self.points >= SHOWN


def likeness(one: Identity, other: Identity) -> Likeness:
    """How like the two are. The order of the two does not matter."""
    found = [part for part in (_family(one, other), _given(one, other), _born(one, other)) if part[0]]
    return Likeness(sum(points for points, _ in found), [reason for _, reason in found])


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


def _family(one: Identity, other: Identity) -> tuple[int, str]:
    first, second = search_key(one.family_name), search_key(other.family_name)
    if first == second:
        return FAMILY_SAME, "Same family name"
    if first in _aliases(other) or second in _aliases(one):
        return FAMILY_ALIAS, "Family name is another name of this person"
    if is_like(first, second):
        return FAMILY_LIKE, "Similar family name"
    return 0, ""


def _aliases(identity: Identity) -> set[str]:
    words = identity.also_known_as.replace(",", " ").replace(";", " ").split()
    return {search_key(word) for word in words} - {""}


def _given(one: Identity, other: Identity) -> tuple[int, str]:
    first, second = search_key(one.given_name), search_key(other.given_name)
    if not first or not second:
        return 0, ""
    if first == second:
        return GIVEN_SAME, "Same given name"
    if is_like(first, second) or first in _aliases(other) or second in _aliases(one):
        return GIVEN_LIKE, "Similar given name"
    return 0, ""


def _born(one: Identity, other: Identity) -> tuple[int, str]:
    first, second = one.date_of_birth, other.date_of_birth
    if first is None or second is None:
        return 0, ""
    if first == second:
        return BORN_SAME, "Same date of birth"
    if swapped(first) == second:
        return BORN_SWAPPED, "Same date of birth with day and month exchanged"
    same = (first.day == second.day) + (first.month == second.month) + (first.year == second.year)
    return (BORN_NEAR, "Date of birth differs in one part") if same == 2 else (0, "")
