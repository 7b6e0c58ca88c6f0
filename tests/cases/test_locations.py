"""Locations are read in one way only, for a purpose, and every look leaves its row."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event, Read
from dacase.cases.models import Location, Party
from dacase.cases.selectors.location import read_locations
from dacase.cases.services.case import add_location
from dacase.cases.services.location import end_location
from dacase.walls.context import acting_as
from tests.factories import make_case, share

pytestmark = pytest.mark.usefixtures("own_panels")
SECRET = "12 Invented Row"


@pytest.fixture
def place(cast, case):
    with acting_as(cast.idva):
        party = Party.objects.get(case=case, role="victim")
        return add_location(party, kind="address", value=SECRET, actor=cast.idva)


class TestServices:
    def test_reading_needs_a_purpose_and_leaves_a_row(self, cast, case, place):
        with acting_as(cast.idva):
            with pytest.raises(ValueError, match="curiosity"):
                read_locations(case, purpose="curiosity", actor=cast.idva)
            assert read_locations(case, purpose="safety", actor=cast.idva) == [place]
            read = Read.objects.get(page="cases:locations_read")
            assert (read.case_id, read.purpose, read.user_id) == (case.pk, "safety", cast.idva.user_id)

    def test_current_ones_stand_before_former_ones(self, cast, case, place):
        with acting_as(cast.idva):
            other = add_location(place.party, kind="phone", value="07700 900111", actor=cast.idva)
            end_location(place, actor=cast.idva)
            assert read_locations(case, purpose="contact", actor=cast.idva) == [other, place]

    def test_the_same_entry_twice_is_one(self, cast, case, place):
        with acting_as(cast.idva):
            assert add_location(place.party, kind="address", value=SECRET, actor=cast.idva) == place
            end_location(place, actor=cast.idva)
            assert add_location(place.party, kind="address", value=SECRET, actor=cast.idva) != place

    def test_the_value_enters_no_log(self, cast, case, place):
        with acting_as(cast.idva):
            end_location(place, actor=cast.idva)
            events = Event.objects.filter(verb__startswith="location_")
            assert [event.data for event in events] == [{"kind": "address"}] * 2

    def test_ending_twice_changes_nothing_and_a_wrong_day_is_refused(self, cast, case, place):
        today = timezone.localdate()
        with acting_as(cast.idva):
            for day in (today + timedelta(days=1), date(2001, 1, 1)):
                with pytest.raises(ValidationError):
                    end_location(place, until=day, actor=cast.idva)
            assert end_location(place, actor=cast.idva).until_on == today
            assert end_location(place, until=date(2001, 1, 1), actor=cast.idva).until_on == today

    @pytest.mark.parametrize(
        "key", ["police_officer", "marac_chair", "programme_worker", "commissioner", "auditor"]
    )
    def test_other_roles_may_not_look(self, cast, case, key):
        actor = getattr(cast, key)
        with acting_as(actor), pytest.raises(NotAllowed):
            read_locations(case, purpose="safety", actor=actor)
        with acting_as(actor):
            assert not Location.objects.visible_to(actor).exists()


class TestPages:
    def test_the_page_asks_why_before_it_shows_anything(self, cast, case, place, sign_in):
        client, url = sign_in(cast.idva), reverse("cases:locations", args=[case.pk])
        assert SECRET not in client.get(url).content.decode()
        response = client.post(url, {"purpose": "contact"})
        assert response.status_code == 302
        assert "contact" not in response["Location"]
        shown = client.get(response["Location"]).content.decode()
        assert SECRET in shown
        with acting_as(cast.idva):
            assert Read.objects.filter(page="cases:locations_read", purpose="contact").count() == 1

    def test_a_purpose_opens_one_case_for_one_person(self, cast, case, place, sign_in):
        other = make_case(cast.idva, victim="Other")
        client = sign_in(cast.idva)
        opened = client.post(reverse("cases:locations", args=[case.pk]), {"purpose": "contact"})["Location"]
        why = opened.split("?")[1]
        assert (
            "Why do you need"
            in client.get(f"{reverse('cases:locations', args=[other.pk])}?{why}").content.decode()
        )
        assert SECRET not in sign_in(cast.idva_manager).get(opened).content.decode()
        assert (
            SECRET
            not in client.get(reverse("cases:locations", args=[case.pk]), {"why": "forged"}).content.decode()
        )

    def test_adding_and_ending_through_the_pages(self, cast, case, sign_in):
        client = sign_in(cast.idva)
        with acting_as(cast.idva):
            party = Party.objects.get(case=case, role="victim")
        entry = {"party": str(party.pk), "kind": "phone", "value": "07700 900222"}
        response = client.post(reverse("cases:location_create", args=[case.pk]), entry)
        assert response.status_code == 302
        assert "07700 900222" in client.get(response["Location"]).content.decode()
        with acting_as(cast.idva):
            place = Location.objects.get()
        url = reverse("cases:location_end", args=[case.pk, place.pk])
        assert "07700 900222" not in client.get(url).content.decode()
        today = timezone.localdate()
        day = {"until_day": today.day, "until_month": today.month, "until_year": today.year}
        response = client.post(url, day)
        assert response.status_code == 302
        assert "Former" in client.get(response["Location"]).content.decode()

    @pytest.mark.parametrize(
        ("kind", "value", "words"),
        [
            ("phone", "none", "phone number"),
            ("email", "none", "email address"),
            ("address", "", "Enter"),
            ("gp", "x" * 1_000_000, "500"),
        ],
    )
    def test_bad_entries_are_told(self, cast, case, sign_in, kind, value, words):
        with acting_as(cast.idva):
            party = Party.objects.get(case=case, role="victim")
        entry = {"party": str(party.pk), "kind": kind, "value": value}
        response = sign_in(cast.idva).post(reverse("cases:location_create", args=[case.pk]), entry)
        assert response.status_code == 200
        assert words in response.content.decode()

    def test_a_party_of_another_case_cannot_be_chosen(self, cast, case, sign_in):
        other = make_case(cast.idva, victim="Other")
        with acting_as(cast.idva):
            party = Party.objects.get(case=other, role="victim")
        entry = {"party": str(party.pk), "kind": "gp", "value": "Invented practice"}
        response = sign_in(cast.idva).post(reverse("cases:location_create", args=[case.pk]), entry)
        assert "select one of the answers" in response.content.decode()

    def test_a_reader_of_the_file_without_the_right_is_refused(self, cast, case, place, sign_in):
        share(case, cast.programme_worker.agency, actor=cast.idva)
        client = sign_in(cast.programme_worker)
        assert client.get(reverse("cases:detail", args=[case.pk])).status_code == 200
        assert client.get(reverse("cases:locations", args=[case.pk])).status_code == 403
        for name in ("detail", "people", "timeline", "access", "reads"):
            assert SECRET not in client.get(reverse(f"cases:{name}", args=[case.pk])).content.decode()

    def test_no_page_but_that_one_holds_a_location(self, cast, case, place, sign_in):
        client = sign_in(cast.idva)
        for name in ("detail", "people", "timeline", "access", "reads", "api_detail"):
            assert SECRET not in client.get(reverse(f"cases:{name}", args=[case.pk])).content.decode()

    def test_a_location_of_another_case_is_not_there(self, cast, case, place, sign_in):
        other = make_case(cast.idva, victim="Other")
        url = reverse("cases:location_end", args=[other.pk, place.pk])
        assert sign_in(cast.idva).get(url).status_code == 404
