"""Walks every address × method × role × relation and compares the answer with access.csv."""

import re
from collections.abc import Iterator
from copy import deepcopy
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from dacase.agencies.models import Membership
from tests.access.table import METHODS, RELATIONS, ROLES, Row, expected, read_table, routes, rows_for
from tests.access.world import Ids, relate
from tests.cast import Cast, signed_in_client

TABLE = read_table()
ROUTES = routes()
ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
# Arguments that name no object, with a value that leads somewhere.
PLAIN = {
    "number": 1,
    "part": "wishes",
    "ending": "csv",
    "token": "x" * 43,
    "uidb36": "1",
    "key": "no-such-key",
}
MEMBERS = {
    "front_door": "front_door_worker",
    "referrer": "police_officer",
    "marac_representative": "housing_representative",
}
DENIED = {"403", "404", "405"}


class UndoError(Exception):
    """Ends a request's savepoint, so that no request sees what another one did."""


def member_of(cast: Cast, role: str) -> Membership:
    return getattr(cast, MEMBERS.get(role, role))


def address(route: str, ids: dict[str, UUID], objects: tuple[str, ...]) -> str:
    """The address of a route whose arguments are, in their order, the ids of `objects`."""
    wanted = iter(objects)
    arguments = {}
    for kind, name in ARGUMENT.findall(ROUTES[route]):
        arguments[name] = PLAIN[name] if kind != "uuid" else ids.get(next(wanted), uuid4())
    return reverse(route, kwargs=arguments)


def answer_to(client: Client, method: str, url: str) -> str:
    """`open`, `sign in` or the status, of one request whose effects are undone."""
    response, cookies = None, deepcopy(client.cookies)
    try:
        with transaction.atomic():
            response = client.generic(method, url, content_type="application/x-www-form-urlencoded")
            raise UndoError
    except UndoError:
        client.cookies = cookies
    assert response is not None
    if response.status_code in (301, 302):
        return "sign in" if response["Location"].startswith("/accounts/login/") else "open"
    if response.status_code == 200 or (response.status_code in (400, 409, 415, 422)):
        return "open"
    return str(response.status_code)


def agrees(got: str, wanted: str, *, api: bool) -> bool:
    if wanted == "sign in":
        return got in ({"401", "403", "405"} if api else {"sign in", "405"})
    if wanted == "refused":
        return got in DENIED
    return got == wanted


def cases_of(route: str, rows: list[Row], role: str, ids: dict[str, Ids]) -> Iterator[tuple[str, str, str]]:
    """(method, relation, address) to try for a role; a relation whose objects cannot be is left out."""
    objects = max((row.objects for row in rows), key=len)
    for method in METHODS:
        named = any(role in row.roles and method in row.methods for row in rows)
        for relation in RELATIONS if objects else ("absent",):
            if relation != "absent" and not set(objects) <= ids[relation].keys() | PLAIN.keys():
                continue
            # A role that may not is answered before the object is looked for: two relations show it.
            if named or relation in ("own", "absent"):
                yield method, relation, address(route, ids[relation], objects)


def test_every_address_has_its_rows_and_every_row_an_address() -> None:
    without = [route for route in ROUTES if not rows_for(route, TABLE)]
    assert not without, f"no row in access.csv for {without}"
    patterns = {pattern for row in TABLE for pattern in row.routes}
    idle = [
        pattern
        for pattern in patterns
        if not any(rows_for(route, [Row((pattern,), (), *[frozenset()] * 3, "")]) for route in ROUTES)
    ]
    assert not idle, f"access.csv speaks of addresses that do not exist: {idle}"


@pytest.mark.parametrize("role", ROLES)
def test_answers_are_those_of_the_table(role: str, cast: Cast) -> None:
    member = member_of(cast, role)
    client = signed_in_client(member)
    client.raise_request_exception = False
    ids = {relation: relate(member, relation, cast.outsider) for relation in RELATIONS}
    wrong = []
    for route in ROUTES:
        rows = rows_for(route, TABLE)
        for method, relation, url in cases_of(route, rows, role, ids):
            wanted = expected(rows, method=method, role=role, relation=relation)
            got = answer_to(client, method, url)
            if not agrees(got, wanted, api="/api/" in url):
                wrong.append(f"{method} {route} {relation}: {got}, the table says {wanted}")
    assert not wrong, f"{len(wrong)} answers differ:\n" + "\n".join(wrong)


def test_nobody_signed_in_gets_nothing(cast: Cast) -> None:
    ids = relate(cast.idva, "own", cast.outsider)
    client = Client(raise_request_exception=False)
    wrong = []
    for route in ROUTES:
        rows = rows_for(route, TABLE)
        for method in METHODS:
            wanted = expected(rows, method=method, role="anonymous", relation="own")
            wanted = "sign in" if wanted == "refused" else wanted
            got = answer_to(
                client, method, url := address(route, ids, max((row.objects for row in rows), key=len))
            )
            if not agrees(got, wanted, api="/api/" in url):
                wrong.append(f"{method} {route}: {got}, the table says {wanted}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_a_nested_object_of_another_case_is_not_found(role: str, cast: Cast) -> None:
    """The oldest leak of all: one's own case in the address, and somebody else's record nested in it."""
    member = member_of(cast, role)
    client = signed_in_client(member)
    own, other = relate(member, "own", cast.outsider), relate(member, "other", cast.outsider)
    for route in ROUTES:
        rows = rows_for(route, TABLE)
        objects = max((row.objects for row in rows), key=len)
        if len(objects) == 2 and any(role in row.roles for row in rows):
            url = address(route, own | {objects[1]: other[objects[1]]}, objects)
            for method in METHODS:
                assert answer_to(client, method, url) in DENIED, f"{method} {route}"


@pytest.mark.parametrize("role", ROLES)
def test_unknown_and_forbidden_are_the_same_answer(role: str, cast: Cast) -> None:
    """Status, headers and body are equal for another agency's object and for one that does not exist."""
    member = member_of(cast, role)
    client = signed_in_client(member)
    other = relate(member, "other", cast.outsider)
    for route in ROUTES:
        rows = rows_for(route, TABLE)
        objects = max((row.objects for row in rows), key=len)
        if not objects or not set(objects) <= other.keys():
            continue
        seen = [client.get(address(route, ids, objects)) for ids in (other, {})]
        assert seen[0].status_code == seen[1].status_code, route
        for one, two in zip(*map(neutral, seen), strict=True):
            assert one == two, route


def neutral(response: object) -> tuple[list[bytes], list[tuple[str, str]]]:
    """Body and headers without what differs by chance: the address asked for, the token against forgery."""
    body = response.content.replace(response.request["PATH_INFO"].encode(), b"")  # type: ignore[attr-defined]
    body = re.sub(rb'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', b"", body)
    headers = [(name, value) for name, value in response.headers.items() if name != "Set-Cookie"]  # type: ignore[attr-defined]
    return body.splitlines(), headers
