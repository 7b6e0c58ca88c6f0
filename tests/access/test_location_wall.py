"""Where somebody lives, goes to school or can be reached is on no page but those that ask why: every address,
for every role that may open the case, exports, search and API included. A new address is walked by itself."""

import pytest
from django.urls import reverse

from dacase.cases.choices import LocationKind
from dacase.cases.models import Location
from dacase.walls.context import acting_as
from referrals.models import ReferralContact
from tests.access.table import ROLES, read_table, routes, rows_for
from tests.access.test_access_table import address, member_of
from tests.access.world import relate
from tests.cast import Cast, signed_in_client

pytestmark = pytest.mark.django_db
TABLE, ROUTES = read_table(), routes()
# One of each kind, each with a word that stands nowhere else.
CANARIES = {kind: f"Canary{kind.value} 8 Quillback Row" for kind in LocationKind}
# Shown after a purpose was given and logged, or on paper that the safe-contact plan lets go.
MAY_SHOW = {"cases:locations", "casework:letter_paper", "casework:attempt_number"}
# What a referral itself says of where somebody can be reached: for its sender, the front door and the services.
SENT = {name: f"Canarysent{name} 8 Row" for name in ("phone", "email", "address", "code_word")}
MAY_SHOW_SENT = {
    "referrals:detail", "referrals:triage", "referrals:route_detail", "referrals:api_referral",
    "referrals:escalation",  # which leads on to one of them
}  # fmt: skip
# Signing out would end the walk.
LEFT_OUT = {"account_logout"}


def seen(client, url: str) -> str:
    """What an address answers: the body, wherever it leads, and every header."""
    response = client.get(url, follow=True)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + str(dict(response.headers)) + str(response.redirect_chain)


def words_in(text: str, places: dict[str, str] | None = None) -> list[str]:
    found = CANARIES if places is None else places
    return [kind for kind, value in found.items() if value in text or value.split()[0] in text]


@pytest.fixture
def nested(cast: Cast):
    """Makes a case in a relation to somebody, with a location of every kind of its victim-survivor, and the same
    in a referral that led to it.
    """

    def make(member, relation):
        ids = relate(member, relation, cast.outsider)
        with acting_as(cast.outsider):
            for kind, value in CANARIES.items():
                Location.objects.create(case_id=ids["case"], party_id=ids["party"], kind=kind, value=value)
        with acting_as(member if relation == "own" else cast.outsider):
            assert ReferralContact.objects.filter(referral=ids["referral"]).update(**SENT) == 1
        return ids

    return make


@pytest.mark.parametrize("role", ROLES)
def test_no_page_shows_a_location(role: str, cast: Cast, nested) -> None:
    member = member_of(cast, role)
    client = signed_in_client(member)
    client.raise_request_exception = False
    leaks = []
    for relation in ("own", "granted"):
        ids = nested(member, relation)
        for route in ROUTES:
            rows = rows_for(route, TABLE)
            objects = max((row.objects for row in rows), key=len)
            if route in LEFT_OUT | MAY_SHOW or not set(objects) <= ids.keys():
                continue
            text = seen(client, address(route, ids, objects))
            found = words_in(text) + ([] if route in MAY_SHOW_SENT else words_in(text, SENT))
            if found:
                leaks.append(f"{route} shows {', '.join(found)}")
    assert not leaks, "\n".join(leaks)


def test_the_walk_would_see_what_a_referral_says(cast: Cast, nested) -> None:
    ids = nested(cast.idva, "granted")
    page = reverse("referrals:route_detail", args=[ids["route"]])
    assert set(words_in(seen(signed_in_client(cast.idva), page), SENT)) == set(SENT)


def test_searching_for_a_place_finds_nobody(cast: Cast, nested) -> None:
    client = signed_in_client(cast.idva)
    nested(cast.idva, "own")
    found = client.post(reverse("cases:search"), {"words": "Accesstest"}, follow=True)
    assert "Accesstest</a>" in found.content.decode() or "Victim Accesstest" in found.content.decode()
    for value in CANARIES.values():
        for words in (value, value.split()[0]):
            found = client.post(reverse("cases:search"), {"words": words}, follow=True)
            assert "Accesstest" not in found.content.decode()


def test_the_walk_would_see_a_leak(cast: Cast, nested) -> None:
    """The page that asks why shows each place after its purpose, and nothing before it."""
    client = signed_in_client(cast.idva)
    url = reverse("cases:locations", args=[nested(cast.idva, "own")["case"]])
    assert words_in(seen(client, url)) == []
    response = client.post(url, {"purpose": "safety"}, follow=True)
    assert set(words_in(response.content.decode())) == set(CANARIES)
