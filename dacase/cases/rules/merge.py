"""What becomes of each field and of each column when two records of a person become one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from dacase.cases.rules import policy, search_key
from dacase.cases.rules.people import NOT_ASKED, NOT_KNOWN

KEPT, MERGED = "kept", "merged"
# Of these somebody chooses where the two say something else; other names and dates are put together.
CHOSEN_FIELDS = ("given_name", "family_name", "date_of_birth", "sex", "nhs_number", "pnc_id")
MOST_OTHER_NAMES = 500


@dataclass(frozen=True)
class Column:
    """A column that names a person, or a party of a case.

    Args:
        name: `app.Model.field`.
        names: person or party.
        at_merge: its rows move to the one that stays; one row a party is joined with the other's; or it stays.
        called: what its records are called, where they are joined.
    """

    name: str
    names: str
    at_merge: str
    called: str


@cache
def merge_columns() -> tuple[Column, ...]:
    """Every line of data/merge_columns.csv, in the order in which they are moved."""
    rows = policy("merge_columns")
    return tuple(Column(row["column"], row["names"], row["at_merge"], row["called"]) for row in rows)


def columns(names: str, at_merge: str) -> list[Column]:
    """Those that name a person or a party, and move, join or stay."""
    return [column for column in merge_columns() if (column.names, column.at_merge) == (names, at_merge)]


def says(value: Any) -> int:
    """How much an answer says: 0 nothing, 1 that it was asked and is not known, 2 an answer."""
    if value == NOT_KNOWN:
        return 1
    return 0 if value in (None, "", NOT_ASKED) else 2


def more_said(own: Any, other: Any, names: Iterable[str]) -> dict[str, Any]:
    """The answers of `other` that say more than those of `own`, by field."""
    found = {name: getattr(other, name) for name in names}
    return {name: value for name, value in found.items() if says(value) > says(getattr(own, name))}


def contradicting(own: Any, other: Any, names: Iterable[str]) -> list[str]:
    """The fields in which both answer, and not the same."""
    found = [(name, getattr(own, name), getattr(other, name)) for name in names]
    return [name for name, one, two in found if one != two and says(one) == says(two) == 2]


def differing(kept: Any, merged: Any) -> list[str]:
    """The fields of CHOSEN_FIELDS in which both say something, and not the same."""
    return contradicting(kept, merged, CHOSEN_FIELDS)


def merged_fields(kept: Any, merged: Any, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What the kept person says after the merge, by field.

    What only one of the two says is taken from that one; where both do, `chosen` decides, and else the kept
    person's stays. Names and dates of birth that give way become other ones, so that they still find the person.
    """
    taken = [name for name in differing(kept, merged) if chosen.get(name) == MERGED]
    fields = {name: getattr(merged if name in taken else kept, name) for name in CHOSEN_FIELDS}
    fields |= more_said(kept, merged, CHOSEN_FIELDS)
    births = {*kept.also_born_on, *merged.also_born_on, kept.date_of_birth, merged.date_of_birth}
    return fields | {
        "also_known_as": _other_names(kept, merged, fields),
        "also_born_on": sorted(births - {None, fields["date_of_birth"]}),
    }


def _other_names(kept: Any, merged: Any, fields: Mapping[str, Any]) -> str:
    """The other names of both, and the name of either that is not the name now."""
    now = search_key(f"{fields['given_name']}{fields['family_name']}")
    typed = [name.strip() for name in kept.also_known_as.replace(";", ",").split(",")]
    more = [name.strip() for name in merged.also_known_as.replace(";", ",").split(",")]
    own = [f"{one.given_name} {one.family_name}".strip() for one in (kept, merged)]
    known = {search_key(name) for name in typed} | {now, ""}
    added: dict[str, str] = {}
    for name in [*more, *own]:
        if search_key(name) not in known:
            added.setdefault(search_key(name), name)
    if not added:
        return str(kept.also_known_as)
    names = ", ".join([*(name for name in typed if name), *added.values()])
    return names if len(names) <= MOST_OTHER_NAMES else names[: MOST_OTHER_NAMES + 1].rpartition(",")[0]
