"""Names as they are compared: whole, word by word, in their short forms and their other spellings."""

import re
from collections.abc import Iterable
from functools import cache

from dacase.cases.rules import policy, search_key

SHORT, SPELLING = "short", "spelling"
# Parts of a family name by which alone nobody is found.
PARTICLES = {"VAN", "VON", "DER", "DEN", "DEL", "DELA", "BIN", "BINT", "IBN", "ABU", "MAC", "SAINT"}
LONGEST_KEY = 100
# What stands for the family name of somebody who gave none. It is nobody's name and makes nobody like another.
NOT_GIVEN = "(not given)"
# Of the other names of somebody who is looked for, no more are looked up: each costs a look into an index.
MOST_ASKED = 8
NO_LINES: frozenset[int] = frozenset()


def words_of(name: str) -> list[str]:
    """The words of a name in search form; a hyphen parts, an apostrophe does not."""
    return [key for key in map(search_key, re.split(r"[\s\-\u2010-\u2015/]+", name)) if key]


def parts_of(family_name: str) -> set[str]:
    """The words of a family name by which somebody may also be known: those of a double name, or the name."""
    parts = {word for word in words_of(family_name) if len(word) > 2 and word not in PARTICLES}
    return parts or {search_key(family_name)} - {""}


def other_name_keys(also_known_as: str) -> list[str]:
    """The other names in search form: each word, and how each name ends, for the family name may be several words.

    `Anna van der Berg` gives ANNA, VAN, DER, BERG, ANNAVANDERBERG, VANDERBERG and DERBERG.
    """
    found = []
    for name in re.split(r"[,;]", also_known_as):
        words = name.split()
        found += [search_key(word) for word in words]
        found += [key for word in words if len(hyphened := words_of(word)) > 1 for key in hyphened]
        found += [search_key("".join(words[first:])) for first in range(len(words) - 1)]
    return list(dict.fromkeys(key for key in found if key))


def name_keys(family_name: str, given_name: str, also_known_as: str) -> dict[str, str]:
    """The columns of a person by which she is looked for."""
    family = search_key(family_name)
    others = [*other_name_keys(also_known_as), *sorted(parts_of(family_name) - {family})]
    return {
        "family_name_key": family[:LONGEST_KEY],
        "given_name_key": search_key(given_name)[:LONGEST_KEY],
        "other_names_key": " ".join(others),
    }


def is_one_name(one: str, other: str, kind: str) -> bool:
    """Whether two names in search form are short forms (SHORT) or spellings (SPELLING) of one name."""
    lines = _lines(kind)
    return one != other and not lines.get(one, NO_LINES).isdisjoint(lines.get(other, NO_LINES))


def forms_of(words: Iterable[str], *kinds: str) -> list[str]:
    """Every other form of these names in search form, of data/same_names.csv."""
    found: set[str] = set()
    for lines in map(_lines, kinds):
        wanted = {line for word in words for line in lines.get(word, NO_LINES)}
        found |= {name for name, stands_in in lines.items() if wanted & stands_in}
    return sorted(found)


@cache
def _lines(kind: str) -> dict[str, frozenset[int]]:
    """Name in search form -> the lines of data/same_names.csv in which it stands."""
    found: dict[str, set[int]] = {}
    for number, row in enumerate(policy("same_names")):
        if row["kind"] == kind:
            for name in row["names"].split():
                found.setdefault(search_key(name), set()).add(number)
    return {name: frozenset(lines) for name, lines in found.items()}
