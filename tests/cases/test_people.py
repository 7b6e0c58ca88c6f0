"""Adding and changing people, and how they can be contacted without danger."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Draft, Party, Person, SafeContactPlan
from dacase.cases.selectors.people import parties_of
from dacase.cases.services.case import PersonDetails
from dacase.cases.services.person import add_person, edit_person, save_safe_contact_plan
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as

pytestmark = pytest.mark.usefixtures("own_panels")
NO_WAY = dict.fromkeys(("safe_to_call", "safe_to_text", "safe_to_leave_message", "safe_to_write"), False)
WORDS = {"safe_times": "Mondays", "who_else_sees": "", "code_word": "wren"}


@pytest.fixture
def party(cast, case):
    with acting_as(cast.idva):
        return Party.objects.select_related("person").get(case=case, role="victim")


class TestServices:
    def test_a_child_is_added_once_however_often_it_is_sent(self, cast, case):
        details = PersonDetails("Testcase", "Kim", date_of_birth=date(2020, 2, 29))
        with acting_as(cast.idva):
            first = add_person(case, details=details, role="child", relationship="Daughter", actor=cast.idva)
            again = add_person(case, details=details, role="child", actor=cast.idva)
            assert first == again
            assert Party.objects.filter(role="child").count() == 2
            assert Event.objects.filter(verb="party_added", subject_id=first.pk).count() == 1

    def test_a_second_victim_survivor_is_refused(self, cast, case):
        with acting_as(cast.idva), pytest.raises(ValidationError) as refusal:
            add_person(case, details=PersonDetails("Another"), role="victim", actor=cast.idva)
        assert "role" in refusal.value.message_dict

    def test_a_change_is_versioned_and_told_by_its_fields_only(self, cast, party):
        details = PersonDetails("Newname", "Vera", sex="female")
        with acting_as(cast.idva):
            person = edit_person(party, details=details, relationship="", version=1, actor=cast.idva)
            assert (person.version, person.family_name_key) == (2, "NEWNAME")
            event = Event.objects.get(verb="person_changed")
            assert event.data == {"fields": ["family_name", "sex"]}
            assert Person.history.model.objects.filter(
                id=person.pk, history_type="~", family_name="Newname"
            ).exists()

    def test_the_second_of_two_editors_gets_the_first_ones_version(self, cast, party):
        with acting_as(cast.idva_manager):
            edit_person(
                party, details=PersonDetails("First"), relationship="x", version=1, actor=cast.idva_manager
            )
        with acting_as(cast.idva), pytest.raises(StaleVersion) as stale:
            edit_person(party, details=PersonDetails("Second"), relationship="", version=1, actor=cast.idva)
        assert stale.value.current["family_name"] == "First"
        assert stale.value.current["relationship"] == "x"
        assert (stale.value.version, stale.value.saved_by) == (2, cast.idva_manager.user.name)

    def test_a_plan_is_made_changed_and_versioned(self, cast, party):
        with acting_as(cast.idva):
            plan = save_safe_contact_plan(party, version=0, actor=cast.idva, **NO_WAY, **WORDS)
            assert (plan.version, plan.updated_by) == (1, cast.idva)
            plan = save_safe_contact_plan(
                party, version=1, actor=cast.idva, **NO_WAY | {"safe_to_call": True}, **WORDS
            )
            assert (plan.version, plan.safe_to_call) == (2, True)
            with pytest.raises(StaleVersion) as stale:
                save_safe_contact_plan(party, version=1, actor=cast.idva, **NO_WAY, **WORDS)
            assert stale.value.current["safe_to_call"] is True
            assert Event.objects.filter(verb="safe_contact_changed").count() == 2

    def test_a_plan_that_contradicts_itself_or_its_page_is_refused(self, cast, party):
        with acting_as(cast.idva):
            with pytest.raises(ValidationError):
                save_safe_contact_plan(
                    party, version=0, actor=cast.idva, **NO_WAY | {"safe_to_leave_message": True}, **WORDS
                )
            with pytest.raises(ValidationError):
                save_safe_contact_plan(party, version=3, actor=cast.idva, **NO_WAY, **WORDS)
            assert not SafeContactPlan.objects.exists()

    @pytest.mark.parametrize(
        "key", ["police_officer", "marac_coordinator", "refuge_worker", "commissioner", "auditor"]
    )
    def test_other_roles_may_not(self, cast, case, party, key):
        actor = getattr(cast, key)
        with acting_as(actor):
            for act in (
                lambda: add_person(case, details=PersonDetails("X"), role="child", actor=actor),
                lambda: edit_person(
                    party, details=PersonDetails("X"), relationship="", version=1, actor=actor
                ),
                lambda: save_safe_contact_plan(party, version=0, actor=actor, **NO_WAY, **WORDS),
            ):
                with pytest.raises(NotAllowed):
                    act()


def person_form(**changes):
    return {"given_name": "Kim", "family_name": "Testcase", "also_known_as": "", "sex": "not_known", "relationship": "Son",
            "date_of_birth_day": "", "date_of_birth_month": "", "date_of_birth_year": ""} | changes  # fmt: skip


class TestPages:
    def test_adding_a_person(self, cast, case, sign_in):
        client = sign_in(cast.idva)
        url = reverse("cases:party_create", args=[case.pk])
        assert client.post(url, person_form(role="child")).status_code == 302
        assert client.post(url, person_form(role="child")).status_code == 302
        with acting_as(cast.idva):
            assert Party.objects.filter(person__given_name="Kim").count() == 1

    def test_a_connected_person_stands_last_and_is_related_to_a_child(self, cast, case, sign_in):
        client = sign_in(cast.idva)
        sent = person_form(role="connected", given_name="Gerda", relationship="Mother")
        assert client.post(reverse("cases:party_create", args=[case.pk]), sent).status_code == 302
        with acting_as(cast.idva):
            assert [one.role for one in parties_of(case)] == ["victim", "perpetrator", "child", "connected"]
            gerda, child = (Party.objects.get(case=case, role=role) for role in ("connected", "child"))
        tie = {"kind": "carer", "other": str(child.pk)}
        url = reverse("cases:relationship_create", args=[gerda.pk])
        assert client.post(url, tie).status_code == 302
        html = client.get(reverse("cases:people", args=[case.pk])).content.decode()
        for words in ("Connected person", "Cares for", "Is cared for by"):
            assert words in html

    @pytest.mark.parametrize(
        ("field", "value", "words"),
        [
            ("family_name", "", "Enter last name"),
            ("family_name", "a\x00b", "cannot be stored"),
            ("family_name", "x" * 1_000_000, "100 characters or fewer"),
            ("date_of_birth_year", "2999", "must include a day and a month"),
            ("role", "victim", "select one of the answers"),
        ],
    )
    def test_bad_input_is_told_at_its_field(self, cast, case, sign_in, field, value, words):
        url = reverse("cases:party_create", args=[case.pk])
        response = sign_in(cast.idva).post(url, person_form(role="child") | {field: value})
        assert response.status_code == 200
        assert words in response.content.decode()

    def test_other_dates_of_birth_are_kept_shown_and_told_when_two_people_change_them(
        self, cast, case, party, sign_in
    ):
        client, url = sign_in(cast.idva), reverse("cases:party_edit", args=[party.pk])
        born = {"date_of_birth_day": "4", "date_of_birth_month": "3", "date_of_birth_year": "1990"}
        sent = person_form(version=1, also_born_on="5 3 1990, 4/3/1990; 1 July 1985") | born
        assert client.post(url, sent).status_code == 302
        with acting_as(cast.idva):
            person = Person.objects.get(pk=party.person_id)
            assert person.also_born_on == [date(1985, 7, 1), date(1990, 3, 5)]
            kept = person.history.order_by("history_date").values_list("also_born_on", flat=True)
            assert list(kept) == [[], [date(1985, 7, 1), date(1990, 3, 5)]]
        people = client.get(reverse("cases:people", args=[case.pk])).content.decode()
        assert "1 July 1985, 5 March 1990" in people
        assert 'value="1 7 1985, 5 3 1990"' in client.get(url).content.decode()
        stale = client.post(url, sent | {"also_born_on": "6 3 1990"}).content.decode()
        assert "1 July 1985, 5 March 1990" in stale
        assert "6 March 1990" in stale
        wrong = client.post(url, sent | {"also_born_on": "6 3 1990, 31 2 1990"}).content.decode()
        assert "Other dates of birth: “31 2 1990” must be a real date" in wrong

    @pytest.mark.parametrize(
        ("day", "words"), [(("31", "2", "2020"), "real date"), (("1", "1", "2099"), "in the past")]
    )
    def test_impossible_and_future_births_are_told(self, cast, case, sign_in, day, words):
        parts = dict(
            zip(("date_of_birth_day", "date_of_birth_month", "date_of_birth_year"), day, strict=True)
        )
        response = sign_in(cast.idva).post(
            reverse("cases:party_create", args=[case.pk]), person_form(role="child", **parts)
        )
        assert words in response.content.decode()

    def test_a_stale_edit_shows_both_versions_and_the_next_submit_saves(self, cast, party, sign_in):
        url = reverse("cases:party_edit", args=[party.pk])
        first, second = sign_in(cast.idva_manager), sign_in(cast.idva)
        assert first.post(url, person_form(family_name="First", version="1")).status_code == 302
        response = second.post(url, person_form(family_name="Second", version="1"))
        html = response.content.decode()
        assert response.status_code == 200
        for words in ("Manda Fictional", "First", "Second", 'name="version" value="2"'):
            assert words in html
        assert second.post(url, person_form(family_name="Second", version="2")).status_code == 302
        with acting_as(cast.idva):
            assert Person.objects.get(pk=party.person_id).family_name == "Second"

    def test_the_edit_page_shows_what_is_saved(self, cast, party, sign_in):
        html = sign_in(cast.idva).get(reverse("cases:party_edit", args=[party.pk])).content.decode()
        assert 'value="Vera"' in html
        assert "Testcase" not in html.split("<title>")[1].split("</title>")[0]

    def test_the_plan_is_recorded_and_stands_first_on_the_case(self, cast, case, party, sign_in):
        client, url = sign_in(cast.idva), reverse("cases:safe_contact_edit", args=[party.pk])
        answers = dict.fromkeys(NO_WAY, "no") | {"safe_to_text": "yes"} | WORDS
        assert client.get(url).status_code == 200
        assert client.post(url, answers | {"version": "0"}).status_code == 302
        html = client.get(reverse("cases:detail", args=[case.pk])).content.decode()
        assert "How to contact Vera Testcase safely" in html
        assert "Text message" in html
        assert "wren" not in html

    def test_what_was_typed_comes_back_and_goes_when_it_is_saved(self, cast, case, sign_in):
        client, url = sign_in(cast.idva), reverse("cases:party_create", args=[case.pk])
        client.post(
            reverse("cases:draft_save"),
            person_form(role="perpetrator", given_name="Halfway"),
            query_params={"for": url},
        )
        html = client.get(url).content.decode()
        assert "Halfway" in html
        assert "We kept what you typed" in html
        client.post(url, person_form(role="perpetrator"))
        with acting_as(cast.idva):
            assert not Draft.objects.kept().exists()

    @pytest.mark.parametrize("name", ["party_edit", "safe_contact_edit"])
    def test_a_party_of_another_agency_is_not_there(self, cast, party, sign_in, name):
        client = sign_in(cast.outsider)
        assert client.get(reverse(f"cases:{name}", args=[party.pk])).status_code == 404
        assert (
            client.get(reverse(f"cases:{name}", args=["00000000-0000-4000-8000-000000000009"])).status_code
            == 404
        )
