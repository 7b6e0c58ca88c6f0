import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dacase.audit.models import Read
from dacase.cases.models import Draft
from dacase.walls.context import acting_as
from referrals.models import Referral, ReferralPerson
from tests.referrals.builders import accepted, fresh, send

CREATE = reverse("referrals:create")


def typed(**changes):
    """What a browser posts for a whole referral."""
    data = {
        "submission": str(uuid.uuid4()),
        "phone": "07700 900123",
        "ways": ["safe_to_call", "safe_to_text"],
        "safe_times": "Weekdays",
        "code_word": "Kestrel",
        "what_happened": "Shouting and a broken door.\r\nOn Friday.",
        "priority": "high",
        "family_name": "Testcase",
        "given_name": "Vera",
        "date_of_birth_day": "4",
        "date_of_birth_month": "3",
        "date_of_birth_year": "1990",
        "sex": "female",
        "perpetrators-TOTAL_FORMS": "1",
        "perpetrators-INITIAL_FORMS": "0",
        "perpetrators-0-family_name": "Testcase",
        "perpetrators-0-given_name": "Percy",
        "perpetrators-0-relationship": "Ex-partner",
        "children-TOTAL_FORMS": "3",
        "children-INITIAL_FORMS": "0",
        "children-0-family_name": "Testcase",
        "children-0-given_name": "Cleo",
        "children-1-family_name": "",
        "children-2-family_name": "Testcase",
        "children-2-given_name": "Cosmo",
        "victim_aware": "yes",
        "consent": "given",
    }
    return data | changes


@pytest.fixture
def officer(cast, sign_in):
    return sign_in(cast.police_officer)


def text_of(response):
    return response.content.decode()


def test_a_referral_of_four_people_is_sent_and_confirmed(cast, officer):
    response = officer.post(CREATE, typed())
    with acting_as(cast.police_officer):
        referral = Referral.objects.get()
        people = [(one.role, one.name) for one in referral.people.order_by("-role", "given_name")]
        assert people == [
            ("victim", "Vera Testcase"),
            ("perpetrator", "Percy Testcase"),
            ("child", "Cleo Testcase"),
            ("child", "Cosmo Testcase"),
        ]
        assert referral.what_happened == "Shouting and a broken door.\nOn Friday."
        assert (referral.contact.safe_to_call, referral.contact.safe_to_write) == (True, False)
    assert response.url == reverse("referrals:confirmation", args=[referral.pk])
    page = text_of(officer.get(response.url))
    assert referral.reference in page
    assert "What happens next" in page
    assert "Due in 3 hours" in page or "Due in 4 hours" in page
    assert "Testcase" not in page


@pytest.mark.parametrize(
    ("page", "next_asked"),
    [(CREATE, "what_happened"), ("/partners/refer/", "what_happened"), ("/hello/", "words")],
)
def test_safe_contact_is_asked_before_anything_else(officer, page, next_asked):
    text = text_of(officer.get(page))
    asked = re.findall(r'name="((?!csrf|submission|add)[a-z_]+)"', text[text.index('name="submission"') :])
    contact = {"phone", "email", "address", "ways", "safe_times", "who_else_sees", "code_word", "called"}
    assert asked[0] == "phone"
    before = asked[: asked.index(next_asked)]
    assert {"phone", "ways", "safe_times"} <= set(before)
    assert set(before) <= contact | {"wishes"}


def test_a_double_click_gives_one_referral(cast, officer):
    data = typed()
    first, second = officer.post(CREATE, data), officer.post(CREATE, data)
    assert first.url == second.url
    with acting_as(cast.police_officer):
        assert Referral.objects.count() == 1


def test_without_a_safe_way_the_sender_is_warned_and_the_queue_shows_it(cast, officer, sign_in):
    response = officer.post(CREATE, typed(phone="", ways=[]))
    assert "no safe way to make contact" in text_of(officer.get(response.url))
    assert "No safe way to make contact" in text_of(
        sign_in(cast.front_door_worker).get(reverse("referrals:queue"))
    )


def test_an_empty_page_asks_for_what_is_needed_and_no_more(cast, officer):
    empty = {key: value for key, value in typed().items() if key.endswith("FORMS") or key == "submission"}
    page = text_of(officer.post(CREATE, empty))
    for words in (
        "Enter what has happened",
        "Select how urgent it is",
        "Enter the victim-survivor’s family name",
        "Select whether the victim-survivor knows about this referral",
        "Select whether consent was given",
    ):
        assert page.count(words) == 2, words  # in the summary and beside the field
    assert "Error: Make a referral" in page
    with acting_as(cast.police_officer):
        assert not Referral.objects.exists()


TOMORROW = timezone.localdate() + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date_of_birth_day": "31", "date_of_birth_month": "2"}, "Date of birth must be a real date"),
        (
            {f"date_of_birth_{part}": str(getattr(TOMORROW, part)) for part in ("day", "month", "year")},
            "Date of birth must be today or in the past",
        ),
        ({"children-0-date_of_birth_day": "1"}, "Date of birth must include a month and a year"),
        ({"family_name": "N" * 1_000_000}, "Family name must be 100 characters or fewer"),
        ({"perpetrators-0-given_name": "N" * 1_000_000}, "Given name must be 100 characters or fewer"),
        ({"family_name": "Test\x00case"}, "Family name has a character that cannot be stored"),
        ({"what_happened": "x" * 10_001}, "must be 10000 characters or fewer"),
        ({"phone": "", "ways": ["safe_to_text"]}, "Enter the phone number that is safe to use"),
        ({"ways": ["safe_to_write"]}, "Enter the email or postal address that is safe to write to"),
        (
            {"ways": ["safe_to_leave_message"]},
            "Leaving a message is only safe where a call or a text message is",
        ),
        ({"ways": ["safe_to_fly"]}, "What is safe: select one of the answers"),
        ({"phone": "not a number"}, "Enter a phone number with its area code"),
        ({"priority": "whenever"}, "How urgent is it: select one of the answers"),
        ({"victim_aware": "no"}, "Say why the victim-survivor does not know about this referral"),
        ({"children-0-family_name": ""}, "Enter the child’s family name, or empty the whole row"),
        ({"perpetrators-0-family_name": ""}, "Enter the perpetrator’s family name, or empty the whole row"),
        ({"submission": "twice"}, "Part of this page was missing"),
    ],
)
def test_bad_input_is_named_beside_the_field_and_saves_nothing(cast, officer, changes, words):
    response = officer.post(CREATE, typed(**changes))
    assert response.status_code == 200
    assert words in text_of(response)
    with acting_as(cast.police_officer):
        assert not Referral.objects.exists()


@pytest.mark.parametrize("count", ["", "x", "100000"])
def test_a_broken_count_of_rows_is_refused_in_words(cast, officer, count):
    response = officer.post(CREATE, typed(**{"children-TOTAL_FORMS": count}))
    assert response.status_code == 200
    assert "There is a problem" in text_of(response)
    with acting_as(cast.police_officer):
        assert not Referral.objects.exists()


def test_another_child_can_be_added_without_scripts_and_nothing_is_lost(cast, officer):
    response = officer.post(CREATE, typed(add="children", family_name=""))
    page = text_of(response)
    assert "Child 4" in page
    assert "children-3-family_name" in page
    assert 'value="Cosmo"' in page
    assert 'value="Percy"' in page
    assert "There is a problem" not in page
    assert page.count("autofocus") == 1
    with acting_as(cast.police_officer):
        assert not Referral.objects.exists()


def test_with_scripts_only_the_rows_are_sent(officer):
    headers = {"HX-Request": "true", "HX-Target": "perpetrators"}
    page = text_of(officer.post(CREATE, typed(add="perpetrators"), headers=headers))
    assert "Perpetrator 2" in page
    assert "<html" not in page
    assert "children-0" not in page


def test_rows_end_where_a_referral_ends(officer):
    page = text_of(officer.post(CREATE, typed(add="perpetrators", **{"perpetrators-TOTAL_FORMS": "10"})))
    assert "Perpetrator 10" in page
    assert "Perpetrator 11" not in page
    assert "Add another perpetrator" not in page


def test_an_unknown_button_sends_the_referral_as_any_other(cast, officer):
    assert officer.post(CREATE, typed(add="neighbours")).status_code == 302


def test_what_was_typed_comes_back_and_is_forgotten_once_sent(cast, officer):
    save = f"{reverse('cases:draft_save')}?for={CREATE}"
    data = typed(consent="", what_happened="Half a sen")
    assert officer.post(save, data).status_code == 200
    page = text_of(officer.get(CREATE))
    assert "We kept what you typed" in page
    assert "Half a sen" in page
    assert 'value="Cosmo"' in page
    assert "There is a problem" not in page
    officer.post(CREATE, typed())
    with acting_as(cast.police_officer):
        assert not Draft.objects.kept().exists()


def test_a_draft_is_seen_by_nobody_else(cast, officer, sign_in):
    officer.post(f"{reverse('cases:draft_save')}?for={CREATE}", typed(what_happened="Half a sen"))
    assert "Half a sen" not in text_of(sign_in(cast.police_alder).get(CREATE))


def test_the_front_door_is_asked_for_only_where_there_are_two(cast, officer):
    from dacase.agencies.models import Agency

    assert "Front door that the referral goes to" not in text_of(officer.get(CREATE))
    other = Agency.objects.get(pk=cast.housing_representative.agency_id)
    other.services = ["front_door"]
    other.save()
    assert "Choose an area" in text_of(officer.get(CREATE))
    response = officer.post(CREATE, typed(receiver=str(other.pk)))
    with acting_as(cast.police_officer):
        assert Referral.objects.get().receiver_agency == other
    assert response.status_code == 302


def test_the_service_refuses_in_words_on_the_page(cast, officer):
    from dacase.agencies.models import Agency

    Agency.objects.filter(pk=cast.front_door_worker.agency_id).update(services=[])
    response = officer.post(CREATE, typed())
    assert "No agency of the partnership takes in referrals yet" in text_of(response)


def test_the_list_shows_state_clock_and_feedback(cast, officer, django_assert_max_num_queries):
    waiting, done = send(cast.police_officer), send(cast.police_alder)
    accepted(done, cast.front_door_worker, cast.idva)
    with django_assert_max_num_queries(14):
        page = text_of(officer.get(reverse("referrals:sent")))
    assert "<strong>2</strong> referrals" in page
    assert waiting.reference in page
    assert f"accepted by {cast.idva.user.name}" in page
    assert "Waiting for the front door" in page
    assert "Testcase" not in page
    only_mine = text_of(officer.get(reverse("referrals:sent"), {"mine": "yes"}))
    assert "<strong>1</strong> referral<" in only_mine
    nothing = text_of(officer.get(reverse("referrals:sent"), {"state": "declined"}))
    assert "Nothing matches these filters" in nothing
    senseless = officer.get(
        reverse("referrals:sent"), {"state": "\x00", "sort": "x", "after": "x", "sent_from_day": "99"}
    )
    assert "<strong>2</strong> referrals" in text_of(senseless)


def test_the_list_pages_by_key(cast, officer):
    for _ in range(51):
        send(cast.police_officer)
    first = officer.get(reverse("referrals:sent"))
    assert "Next page" in text_of(first)
    second = officer.get(reverse("referrals:sent"), {"after": first.context["page"].next_cursor})
    assert len(first.context["page"]) == 50
    assert len(second.context["page"]) == 1
    assert not {one.pk for one in first.context["page"]} & {one.pk for one in second.context["page"]}


def test_an_empty_list_says_what_to_do(officer):
    assert "Your agency has sent no referrals yet" in text_of(officer.get(reverse("referrals:sent")))


def test_what_was_sent_can_be_read_again_and_the_look_is_recorded(
    cast, officer, django_assert_max_num_queries
):
    referral = send(cast.police_officer)
    url = reverse("referrals:detail", args=[referral.pk])
    with django_assert_max_num_queries(16):
        page = text_of(officer.get(url))
    for words in ("Vera Testcase", "07700 900123", "Kestrel", "Nothing yet. The front door decides by"):
        assert words in page
    title = page.split("<title>")[1].split("</title>")[0]
    assert title == f"Referral {referral.reference} – DACase"
    with acting_as(cast.police_officer):
        assert Read.objects.get(page="referrals:detail").object_id == referral.pk


def test_a_colleague_follows_it_without_the_contact_details(cast, sign_in):
    referral = send(cast.police_officer)
    page = text_of(sign_in(cast.police_alder).get(reverse("referrals:detail", args=[referral.pk])))
    assert "Vera Testcase" in page
    assert "07700 900123" not in page
    assert "Kestrel" not in page
    assert "1 Invented Street" not in page


def test_a_question_from_the_front_door_is_the_next_action(cast, officer):
    from referrals.services import triage

    referral = send(cast.police_officer)
    with acting_as(cast.front_door_worker):
        triage.return_referral(
            referral.pk, version=1, code="other", reason="Which flat is it?", actor=cast.front_door_worker
        )
    page = text_of(officer.get(reverse("referrals:detail", args=[referral.pk])))
    assert "asks you a question" in page
    assert "Which flat is it?" in page
    home = text_of(officer.get(reverse("cases:home")))
    assert f"Answer the question on referral {referral.reference}" in home


@pytest.mark.parametrize("name", ["detail", "confirmation"])
def test_others_find_nothing(cast, sign_in, name):
    referral = send(cast.police_officer)
    absent = reverse(f"referrals:{name}", args=[uuid.uuid4()])
    for membership in (cast.outsider, cast.hospital_umber, cast.idva):
        client = sign_in(membership)
        assert client.get(reverse(f"referrals:{name}", args=[referral.pk])).status_code == 404
        assert client.get(absent).status_code == 404


def test_roles_without_the_verb_are_refused(cast, sign_in):
    for membership in (cast.commissioner, cast.auditor, cast.administrator):
        client = sign_in(membership)
        for url in (CREATE, reverse("referrals:sent"), reverse("referrals:list")):
            assert client.get(url).status_code == 403
        assert client.post(CREATE, typed()).status_code == 403


def test_the_navigation_leads_each_role_to_its_list(cast, sign_in):
    for membership, name in (
        (cast.police_officer, "sent"),
        (cast.front_door_worker, "queue"),
        (cast.idva, "inbox"),
        (cast.refuge_worker, "inbox"),
    ):
        assert sign_in(membership).get(reverse("referrals:list")).url == reverse(f"referrals:{name}")


def test_the_new_page_stays_within_its_queries(officer, django_assert_max_num_queries):
    officer.get(CREATE)  # fills what a process reads once
    with django_assert_max_num_queries(12):
        officer.get(CREATE)


def test_names_of_every_script_survive(cast, officer):
    officer.post(CREATE, typed(family_name="Ó’Brïen-Łącka", given_name="李"))
    with acting_as(cast.police_officer):
        assert ReferralPerson.objects.get(role="victim").name == "李 Ó’Brïen-Łącka"
        assert fresh(Referral.objects.get(), cast.police_officer).version == 1
