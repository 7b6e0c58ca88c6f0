"""The front door looks a referral up while somebody is on the phone."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dacase.audit.models import Read
from dacase.cases.choices import PartyRole
from dacase.cases.rules import search_key
from dacase.walls.context import acting_as
from referrals.models import Referral
from referrals.selectors.find import find_referrals
from referrals.services import triage
from referrals.services.referral import NamedPerson
from tests.referrals.builders import PEOPLE, send

FIND = reverse("referrals:find")


@pytest.fixture
def referral(cast):
    victim = NamedPerson(PartyRole.VICTIM, "O’Łódź-Brïen", "Zelda", also_known_as="Maidenname, Zee")
    return send(cast.police_officer, people=[victim, *PEOPLE[1:]])


def found(worker, words):
    with acting_as(worker):
        return list(find_referrals(worker, words))


@pytest.mark.parametrize(
    "words", ["O'Lodz", "o’łódź brïen", "olodzb", "zel", "Zelda", "maiden", "ZEE", "testc", "percy", "cleo"]
)
def test_by_the_beginning_of_any_name_however_it_is_written(cast, referral, words):
    assert found(cast.front_door_worker, words) == [referral]


@pytest.mark.parametrize("words", ["x", "Lodz", "elda", "%", "_elda", "' OR 1=1", "Nobody"])
def test_anything_else_finds_nothing(cast, referral, words):
    assert found(cast.front_door_worker, words) == []


def test_by_its_whole_reference(cast, referral):
    assert found(cast.front_door_worker, f" {referral.reference.lower()} ") == [referral]
    assert found(cast.front_door_worker, referral.reference[:-1]) == []


def test_decided_long_ago_it_is_found_by_its_reference_alone(cast, referral):
    worker = cast.front_door_worker
    with acting_as(worker):
        triage.decline_referral(referral.pk, version=1, code="outside_area", actor=worker)
    assert found(worker, "Zelda") == [referral]
    with acting_as(worker):
        Referral.objects.update(decided_at=timezone.now() - timedelta(days=91))
    assert found(worker, "Zelda") == []
    assert found(worker, referral.reference) == [referral]


def test_other_agencies_find_nothing_at_any_door(cast, referral):
    for member in (cast.idva, cast.outsider, cast.police_officer):
        for words in ("Zelda", referral.reference):
            assert found(member, words) == []


class TestPages:
    def test_no_name_stands_in_address_or_title_and_the_search_is_recorded(self, cast, referral, sign_in):
        client = sign_in(cast.front_door_worker)
        assert FIND in client.get(reverse("referrals:queue")).content.decode()
        response = client.post(FIND, {"words": "Zelda"})
        assert response.status_code == 302
        assert "elda" not in response["Location"].lower()
        html = client.get(response["Location"]).content.decode()
        assert reverse("referrals:triage", args=[referral.pk]) in html
        assert "Zelda O’Łódź-Brïen" in html
        assert "elda" not in html.split("<title>")[1].split("</title>")[0].lower()
        with acting_as(cast.front_door_worker):
            assert Read.objects.filter(page="referrals:find").count() == 1

    def test_whom_it_found_besides_the_victim_survivor_stands_beside_her(self, cast, referral, sign_in):
        client = sign_in(cast.front_door_worker)
        html = client.post(FIND, {"words": "Percy"}, follow=True).content.decode()
        assert "Percy Testcase, perpetrator" in html
        assert "Cleo" not in html
        html = client.post(FIND, {"words": referral.reference}, follow=True).content.decode()
        assert "Percy" not in html

    @pytest.mark.parametrize(("words", "says"), [("", "Enter"), ("x", "at least two letters")])
    def test_what_is_too_short_is_told_at_the_field(self, cast, sign_in, words, says):
        html = sign_in(cast.front_door_worker).post(FIND, {"words": words}).content.decode()
        assert says in html

    def test_nothing_found_says_what_to_try(self, cast, sign_in):
        client = sign_in(cast.front_door_worker)
        html = client.post(FIND, {"words": "Nobody"}, follow=True).content.decode()
        assert "No referral was found" in html
        assert "No referral was found" in client.get(reverse("referrals:found")).content.decode()

    def test_more_of_them_cost_no_more_queries(self, cast, sign_in, django_assert_max_num_queries):
        for _ in range(5):
            send(cast.police_officer)
        client = sign_in(cast.front_door_worker)
        url = client.post(FIND, {"words": "Testcase"})["Location"]
        with django_assert_max_num_queries(12):
            html = client.get(url).content.decode()
        assert html.count("Vera Testcase") == 5


@pytest.mark.parametrize("name", ["O’Neil", "Łódź", "Brïen-Müller", "  de la Cruz", "Ægir"])
def test_the_database_makes_the_key_that_the_program_makes(cast, name):
    sent = send(cast.police_officer, people=[NamedPerson(PartyRole.VICTIM, name), *PEOPLE[1:]])
    assert found(cast.front_door_worker, search_key(name)) == [sent]
