"""Nobody outside the refuge agency reads where it is: every address of the product, for every other role."""

from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from dacase.audit.models import Event
from dacase.walls.context import acting_as
from marac.models import MaracReferral
from refuge.services.placement import change_placement, end_placement
from tests.factories import make_case
from tests.marac import factories as marac
from tests.refuge.factories import SECRETS, days, place, today

# The library's own pages know no case, and signing out would end the walk.
SKIPPED = "/accounts/"


def routes(patterns: Any, prefix: str = "/") -> Any:
    """Every route of the product."""
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from routes(one.url_patterns, prefix + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield prefix + str(one.pattern)


def addresses(ids: dict[str, list[UUID]]) -> list[str]:
    """Every address that takes nothing or one UUID, the latter with each key that fits its room."""
    found = set()
    for route in routes(get_resolver().url_patterns):
        if route.startswith(SKIPPED):
            continue
        if "<" not in route:
            found.add(route)
        elif route.count("<") == 1 and "<uuid:" in route:
            before, rest = route.split("<uuid:")
            name, after = rest.split(">", 1)
            room = "cases" if "case" in name else route.split("/")[1]
            found.update(f"{before}{pk}{after}" for pk in ids.get(room, ids["cases"]))
    return sorted(found)


@pytest.fixture
def placed(refuge: Any, cast: Any) -> Any:
    """A household with a stay that has ended, one that goes on, a hearing at MARAC and a file that all hold."""
    coordinator = cast.marac_coordinator
    case = make_case(
        cast.idva,
        victim="Leakcase",
        shared_with=[
            m.agency
            for m in (refuge.worker, cast.social_worker, cast.front_door_worker, cast.programme_worker)
        ],
    )
    place(
        case, refuge.other_unit, refuge.worker, starts_on=days(-9), ends_on=days(-3), is_small_accepted=True
    )
    with acting_as(refuge.worker):
        old = next(iter(refuge.other_unit.placements.all()))
        end_placement(old, ends_on=days(-3), leaving_reason="other", version=1, actor=refuge.worker)
    stay = place(case, refuge.unit, refuge.worker)
    with acting_as(refuge.worker):
        change_placement(stay, starts_on=today(), ends_on=days(30), version=1, actor=refuge.worker)
    marac.make_assessment(case, cast.idva)
    referral: MaracReferral = marac.refer(case, cast.idva)
    meeting = marac.make_meeting(
        coordinator, chair=cast.marac_chair, agencies=[cast.police_officer.agency, cast.idva.agency]
    )
    hearing = marac.list_case(referral, meeting, coordinator, [cast.police_officer.agency, cast.idva.agency])
    marac.record(hearing, coordinator, cast.idva.agency)
    return {
        "cases": [case.pk],
        "marac": [hearing.pk, meeting.pk],
        "refuge": [stay.pk, refuge.unit.pk, refuge.service.pk],
    }


OTHERS = (
    "police_officer", "front_door_worker", "idva_manager", "social_worker", "marac_coordinator", "marac_chair",
    "programme_worker", "commissioner", "auditor", "outsider",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("key", OTHERS)
def test_no_page_of_anybody_else_says_where(placed: Any, cast: Any, sign_in: Any, key: str) -> None:
    browser = sign_in(getattr(cast, key))
    read = 0
    for address in addresses(placed):
        response = browser.get(address)
        body = b"".join(response) if response.streaming else response.content
        words = body.decode(errors="ignore") + str(response.headers)
        read += response.status_code == 200
        assert not [secret for secret in SECRETS if secret in words], (key, address)
    assert read > 2  # the walk has opened pages at all


def test_those_who_hold_the_case_read_whom_to_call(placed: Any, cast: Any, sign_in: Any, refuge: Any) -> None:
    page = sign_in(cast.idva).get(f"/cases/{placed['cases'][0]}/").content.decode()
    assert "In safe accommodation since" in page
    assert "Harbour Refuge" in page
    assert "01632 960107" in page


def test_the_refuge_worker_herself_does_read_it(placed: Any, refuge: Any, sign_in: Any) -> None:
    """The walk above looks for words that are there to be found."""
    browser = sign_in(refuge.worker)
    words = "".join(browser.get(address).content.decode() for address in ("/refuge/", "/refuge/services/"))
    assert "Quillfeather House" in words
    assert "Marmalade Room" in words


def test_no_row_that_others_see_holds_a_word_or_a_key_of_the_place(
    placed: Any, cast: Any, refuge: Any
) -> None:
    secrets = [*SECRETS, str(refuge.unit.pk), str(refuge.other_unit.pk), str(refuge.service.pk)]
    for key in OTHERS:
        with acting_as(getattr(cast, key)):
            for model in apps.get_models():
                if model._meta.app_label in ("cases", "referrals", "marac", "refuge", "audit"):
                    for row in model.objects.values():
                        assert not [secret for secret in secrets if secret in str(row)], (key, model, row)


def test_events_of_a_placement_carry_nothing(placed: Any, cast: Any) -> None:
    with acting_as(cast.idva):
        events = Event.objects.filter(verb__startswith="placement_")
        assert {event.verb for event in events} == {
            "placement_started",
            "placement_changed",
            "placement_ended",
        }
        assert all(event.data == {} for event in events)
