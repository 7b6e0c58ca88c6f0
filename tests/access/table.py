"""Reads access.csv, the expected answer for every address × method × role × relation to the object.

A row allows: its roles, with an object in one of its relations, get `answer`. What no row allows is denied:

- a role that no row of this address and method names: 403, whatever the object;
- a role that is named, with an object in another relation: 404, as for an object that does not exist;
- a method that no row of this address names: refused;
- nobody signed in: sent to sign in (401 or 403 for the API).

`answer` is `open` (the page, or a redirect after an act) or a status code. `*` in roles means everybody
signed in; `anonymous` means nobody signed in. A row may name several addresses and patterns (`account_*`);
the first row that fits is meant. `object` is what the address names, a kind of tests/access/world.py; with
two kinds (`case location`) the second is nested in the first.
"""

import csv
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from dacase.agencies.choices import Role

RELATIONS = ("own", "granted", "summary", "expired", "excluded", "other", "absent")
METHODS = ("GET", "POST")
# Nobody signs in as the public page (tests/referrals/test_public_referral_services.py).
ROLES = [role for role in Role.values if role != Role.PUBLIC_DOOR]


@dataclass(frozen=True)
class Row:
    routes: tuple[str, ...]
    objects: tuple[str, ...]
    methods: frozenset[str]
    roles: frozenset[str]
    relations: frozenset[str]
    answer: str


def read_table() -> list[Row]:
    """The rows of access.csv; ValueError for a word that means nothing."""
    with Path(__file__).with_name("access.csv").open(newline="", encoding="utf-8") as file:
        return [parse(row) for row in csv.DictReader(file)]


def parse(row: dict[str, str]) -> Row:
    named = set(row["roles"].split())
    roles = frozenset((named - {"*"}) | (set(ROLES) if "*" in named else set()))
    relations = frozenset(row["relations"].split())
    methods = frozenset(row["methods"].split())
    unknown = (roles - {*Role.values, "anonymous"}) | (relations - {*RELATIONS}) | (methods - {*METHODS})
    if unknown:
        raise ValueError(f"{row['route']}: {', '.join(sorted(unknown))}?")
    return Row(
        tuple(row["route"].split()), tuple(row["object"].split()), methods, roles, relations, row["answer"]
    )


def routes() -> dict[str, str]:
    """Every named address of the URLconf with its pattern; unnamed ones under their pattern."""
    found: dict[str, str] = {}

    def walk(patterns: list[URLPattern | URLResolver], prefix: str, namespace: str) -> None:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                walk(pattern.url_patterns, path, inner)
            else:
                found[f"{namespace}{pattern.name}" if pattern.name else path] = path

    walk(get_resolver().url_patterns, "", "")
    return found


def rows_for(route: str, table: list[Row]) -> list[Row]:
    return [row for row in table if any(fnmatch(route, pattern) for pattern in row.routes)]


def expected(rows: list[Row], *, method: str, role: str, relation: str) -> str:
    """The answer that the table gives, or the denial that follows from its silence."""
    of_method = [row for row in rows if method in row.methods]
    if not of_method:
        return "refused"
    named = [row for row in of_method if role in row.roles]
    for row in named:
        if not row.objects or relation in row.relations:
            return row.answer
    if role == "anonymous":
        return "sign in"
    return "404" if named else "403"
