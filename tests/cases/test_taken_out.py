"""Somebody who was added to a case by mistake: taken out of every page, and put back with everything."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Location, Party, Person
from dacase.cases.selectors.location import known_places, read_locations
from dacase.cases.selectors.match import matches_of
from dacase.cases.selectors.people import parties_of, taken_out_of
from dacase.cases.services.case import PersonDetails, add_location
from dacase.cases.services.person import add_person
from dacase.cases.services.relationship import relate
from dacase.cases.services.taken_out import put_back, take_out
from dacase.walls.context import acting_as
from tests.casework.consents import record
from tests.casework.episodes import begun
from tests.factories import make_case

NAME, SCHOOL = "Strayname", "Pretend School 4711"


@pytest.fixture
def stray(cast, case):
    """A child of somebody else, with a school and a relationship, in the wrong case."""
    with acting_as(cast.idva):
        party = add_person(case, details=PersonDetails(NAME, "Zelda"), role="child", actor=cast.idva)
        add_location(party, kind="school", value=SCHOOL, actor=cast.idva)
        victim = Party.objects.get(case=case, role="victim")
        relate(party, kind="child", other=victim.pk, actor=cast.idva)
    return party


def gone(party, actor, reason="Belongs to another case"):
    with acting_as(actor):
        return take_out(party.pk, reason=reason, actor=actor)


def pages_of(client, case):
    names = ("detail", "people", "timeline", "api_detail", "location_create")
    pages = [client.get(reverse(f"cases:{name}", args=[case.pk])).content.decode() for name in names]
    sent = {"purpose": "safety"}
    pages.append(client.post(reverse("cases:locations", args=[case.pk]), sent, follow=True).content.decode())
    pages.append(client.post(reverse("cases:search"), {"words": NAME}, follow=True).content.decode())
    return pages


def test_no_page_search_or_list_shows_who_was_taken_out_until_she_is_put_back(cast, case, stray, sign_in):
    client = sign_in(cast.idva)
    before = pages_of(client, case)
    assert sum("Zelda" in page for page in before) >= 4
    assert any(SCHOOL in page for page in before)
    gone(stray, cast.idva)
    for page in pages_of(client, case):
        assert "Zelda" not in page
        assert SCHOOL not in page
    assert client.get(reverse("cases:party_edit", args=[stray.pk])).status_code == 404
    with acting_as(cast.idva):
        put_back(stray.pk, actor=cast.idva)
        assert put_back(stray.pk, actor=cast.idva).taken_out_at is None
    assert [("Zelda" in page, SCHOOL in page) for page in pages_of(client, case)] == [
        ("Zelda" in page, SCHOOL in page) for page in before
    ]


def test_what_was_written_stays_and_keeps_her_places_off_paper(cast, case, stray):
    gone(stray, cast.idva)
    assert gone(stray, cast.idva, reason="Again").taken_out_reason == "Belongs to another case"
    with acting_as(cast.idva):
        assert stray.pk not in [party.pk for party in parties_of(case)]
        assert [party.pk for party in taken_out_of(case)] == [stray.pk]
        assert Location.objects.filter(party=stray).exists()
        assert SCHOOL not in [one.value for one in read_locations(case, purpose="safety", actor=cast.idva)]
        assert SCHOOL in known_places(case, actor=cast.idva)
        verbs = Event.objects.filter(subject_id=stray.pk).order_by("at").values_list("verb", flat=True)
        assert list(verbs) == ["party_added", "party_taken_out"]


def test_nobody_is_told_that_she_is_known(cast, case, stray):
    with acting_as(cast.idva):
        here = make_case(cast.idva, victim="Othercase")
    with acting_as(cast.idva):
        same = add_person(here, details=PersonDetails(NAME, "Zelda"), role="child", actor=cast.idva).person
        assert [match.person.pk for match in matches_of(cast.idva, same)] == [stray.person_id]
    gone(stray, cast.idva)
    with acting_as(cast.idva):
        assert matches_of(cast.idva, Person.objects.get(pk=same.pk)) == []


def test_the_victim_survivor_stays_and_a_reason_is_given(cast, case, stray):
    with acting_as(cast.idva):
        victim = Party.objects.get(case=case, role="victim")
    with pytest.raises(ValidationError, match="about the victim-survivor"):
        gone(victim, cast.idva)
    with pytest.raises(ValidationError) as refusal:
        gone(stray, cast.idva, reason="  ")
    assert set(refusal.value.message_dict) == {"reason"}


def test_on_whom_something_builds_stays(cast, case):
    begun(case, cast.idva_manager, cast.idva)
    with acting_as(cast.idva_manager):
        child = Party.objects.get(case=case, role="child")
    record(case, cast.idva, role="child")
    with pytest.raises(ValidationError, match="Support, consent or an incident"):
        gone(child, cast.idva)


def test_added_again_meanwhile_the_first_stays_out(cast, case, stray):
    gone(stray, cast.idva)
    with acting_as(cast.idva):
        Party.objects.create(case=case, person_id=stray.person_id, role="child")
        with pytest.raises(ValidationError, match="in the case already"):
            put_back(stray.pk, actor=cast.idva)


def test_other_roles_and_other_agencies_take_nobody_out(cast, case, stray):
    for act in (lambda one: gone(stray, one), lambda one: put_back(stray.pk, actor=one)):
        with pytest.raises(NotAllowed):
            act(cast.commissioner)
        with acting_as(cast.outsider), pytest.raises(Party.DoesNotExist):
            act(cast.outsider)


class TestPages:
    def test_taken_out_with_a_reason_and_put_back(self, cast, case, stray, sign_in):
        client, people = sign_in(cast.idva), reverse("cases:people", args=[case.pk])
        url = reverse("cases:party_take_out", args=[stray.pk])
        assert url in client.get(people).content.decode()
        html = client.get(url).content.decode()
        assert "This takes Zelda" in html
        assert NAME not in html.split("<title>")[1].split("</title>")[0]
        assert "Say why" in client.post(url, {"reason": ""}).content.decode()
        assert client.post(url, {"reason": "Wrong case"}).status_code == 302
        html = client.get(people).content.decode()
        assert "Taken out of this case" in html
        assert "Wrong case" in html
        assert client.post(reverse("cases:party_put_back", args=[stray.pk])).status_code == 302
        html = client.get(people).content.decode()
        assert "Taken out of this case" not in html
        assert "Zelda" in html

    def test_a_second_click_finds_nobody_and_breaks_nothing(self, cast, stray, sign_in):
        client, url = sign_in(cast.idva), reverse("cases:party_take_out", args=[stray.pk])
        assert client.post(url, {"reason": "Wrong case"}).status_code == 302
        assert client.post(url, {"reason": "Wrong case"}).status_code == 404
