"""What becomes of each field and of each column when two records of a person become one."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from dacase.cases.rules import search_key

COLUMNS = Path(__file__).parent.parent / "data" / "person_columns.csv"
KEPT, MERGED = "kept", "merged"
# Of these somebody chooses where the two say something else; other names are put together.
CHOSEN_FIELDS = ("given_name", "family_name", "date_of_birth", "sex", "nhs_number", "pnc_id")
# Answers that say nothing give way to one that says something.
NO_ANSWER = (None, "", "not_asked", "not_known")
MOST_OTHER_NAMES = 500


@cache
def person_columns() -> dict[str, str]:
    """Column that names a person, as `app.Model.field` -> what becomes of it at a merge: moves or stays."""
    with COLUMNS.open(newline="", encoding="utf-8") as file:
        return {row["column"]: row["at_merge"] for row in csv.DictReader(file)}


def moving_columns() -> list[str]:
    """The columns whose rows move to the kept person, parties first."""
    return [column for column, at_merge in person_columns().items() if at_merge == "moves"]


def differing(kept: Any, merged: Any) -> list[str]:
    """The fields of CHOSEN_FIELDS in which both say something, and not the same."""
    return [
        name
        for name in CHOSEN_FIELDS
        if getattr(kept, name) != getattr(merged, name)
        and getattr(kept, name) not in NO_ANSWER
        and getattr(merged, name) not in NO_ANSWER
    ]


def merged_fields(kept: Any, merged: Any, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What the kept person says after the merge, by field.

    What only one of the two says is taken from that one; where both do, `chosen` decides, and else the kept
    person's stays. Names that give way become other names, so that a match by them still finds the person.
    """
    asked = differing(kept, merged)
    fields = {}
    for name in CHOSEN_FIELDS:
        own, other = getattr(kept, name), getattr(merged, name)
        takes_other = chosen.get(name) == MERGED if name in asked else own in NO_ANSWER
        fields[name] = other if takes_other and other not in (None, "") else own
    return fields | {"also_known_as": _other_names(kept, merged, fields)}


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
    return ", ".join([*(name for name in typed if name), *added.values()])[:MOST_OTHER_NAMES]
