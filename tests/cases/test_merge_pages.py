"""Is this somebody known already? Compare, merge, and undo, through the pages."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from dacase.audit.models import Read
from dacase.cases.models import Merge, Party, Person
from dacase.cases.services.case import PersonDetails, add_party, open_case
from dacase.cases.services.person import edit_person
from dacase.walls.context import acting_as
from tests.factories import make_case

pytestmark = pytest.mark.usefixtures("own_panels")
BORN = date(1990, 3, 4)


def known(actor, family="Placeholder", given="Verity", born=BORN, **details):
    with acting_as(actor):
        case = open_case(victim=PersonDetails(family, given, date_of_birth=born, **details), actor=actor)
        return Party.objects.select_related("person", "case").get(case=case)


@pytest.fixture
def worker(cast):
    return cast.front_door_worker


@pytest.fixture
def two(worker):
    return known(worker), known(worker, "Placeholdre")


def compare_url(two):
    return reverse("cases:merge_create", args=[two[0].pk, two[1].pk])


def answers(**changes):
    return {
        "kept_version": 1,
        "merged_version": 1,
        "family_name": "kept",
        "reason": "same_details",
    } | changes


def text(response):
    return response.content.decode()


def test_matches_with_their_reasons_and_the_look_is_logged(cast, worker, two, sign_in):
    url = reverse("cases:person_matches", args=[two[0].pk])
    page = text(sign_in(worker).get(url))
    for words in (
        "Verity Placeholdre",
        "Similar family name; Same given name; Same date of birth",
        two[1].case.reference,
    ):
        assert words in page
    assert compare_url(two) in page
    assert "<title>Known already? Case" in page
    with acting_as(worker):
        assert Read.objects.filter(page="cases:person_matches", case_id=two[0].case_id).count() == 1


def test_the_page_asks_a_fixed_number_of_queries(worker, two, sign_in, django_assert_max_num_queries):
    client = sign_in(worker)
    url = reverse("cases:person_matches", args=[two[0].pk])
    client.get(url)
    for more in (0, 3):
        for _ in range(more):
            known(worker)
        with django_assert_max_num_queries(19):
            assert client.get(url).status_code == 200


def test_the_same_page_for_nobody_and_for_a_closed_file(cast, worker, sign_in):
    """What is hidden and may not be told changes nothing, neither words nor length."""
    party = known(cast.idva)
    client = sign_in(cast.idva)
    url = reverse("cases:person_matches", args=[party.pk])
    before = client.get(url)
    known(cast.outsider)
    after = client.get(url)
    assert "Nobody like this person" in text(before)
    assert "Eastvale" not in text(after)
    strip = [text(page).split("<main")[1].split("</main>")[0] for page in (before, after)]
    assert strip[0] == strip[1]


def test_the_front_door_is_told_whom_to_ask_and_nothing_more(cast, worker, sign_in):
    hidden = known(cast.outsider, given="Verity", also_known_as="Secretalias")
    party = known(worker)
    page = text(sign_in(worker).get(reverse("cases:person_matches", args=[party.pk])))
    assert "Ask Eastvale Advocacy" in page
    for told in ("Secretalias", hidden.case.reference, str(hidden.person_id), str(hidden.pk)):
        assert told not in page


def test_comparing_merging_and_undoing(worker, two, sign_in):
    client = sign_in(worker)
    page = text(client.get(compare_url(two)))
    assert "Are these two records one person?" in page
    assert "Last name to keep" in page
    done = client.post(compare_url(two), answers(family_name="merged"), follow=True)
    assert "The two records are one now" in text(done)
    with acting_as(worker):
        merge = Merge.objects.get()
        assert Person.objects.get(pk=merge.kept_id).family_name == "Placeholdre"
    assert done.redirect_chain[-1][0] == reverse("cases:merge_detail", args=[merge.pk])
    assert "Merged into this record" in text(client.get(reverse("cases:person_matches", args=[two[0].pk])))
    undo = reverse("cases:merge_undo", args=[merge.pk])
    assert "Undo this merge?" in text(client.get(undo))
    assert "They are two records again" in text(client.post(undo, follow=True))
    assert client.post(undo).status_code == 302
    with acting_as(worker):
        assert Person.objects.get(pk=two[1].person_id).merged_into_id is None
        assert Merge.objects.standing().count() == 0


def test_a_double_click_makes_one(worker, two, sign_in):
    client = sign_in(worker)
    first, second = (client.post(compare_url(two), answers()) for _ in range(2))
    assert first.status_code == 302
    assert second.status_code in (200, 302)
    with acting_as(worker):
        assert Merge.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Answer “Why are they one person?”"),
        ({"family_name": "other"}, "select one of the answers"),
        ({"reason": "because"}, "select one of the answers"),
        ({"kept_version": "x"}, "Part of this page was missing"),
    ],
)
def test_bad_input_is_told_at_its_field_and_merges_nothing(worker, two, sign_in, changes, words):
    assert words in text(sign_in(worker).post(compare_url(two), answers(**changes)))
    with acting_as(worker):
        assert not Merge.objects.exists()


def test_a_change_meanwhile_is_shown_first(worker, two, sign_in):
    with acting_as(worker):
        edit_person(
            two[1], details=PersonDetails("Changed", "Verity"), relationship="", version=1, actor=worker
        )
    client = sign_in(worker)
    page = client.post(compare_url(two), answers())
    assert "changed one of these records meanwhile" in text(page)
    assert 'name="merged_version" value="2"' in text(page)
    assert client.post(compare_url(two), answers(merged_version=2)).status_code == 302


def test_two_records_of_one_child_in_one_case_through_the_pages(worker, sign_in):
    case = make_case(worker)
    with acting_as(worker):
        add_party(case, person=PersonDetails("Unlike", "Baby"), role="child", actor=worker)
        pair = list(Party.objects.filter(role="child").order_by("created_at"))
    client = sign_in(worker)
    known = reverse("cases:person_matches", args=[pair[0].pk])
    page = text(client.get(known))
    assert "Recorded twice in this case?" in page
    assert compare_url(pair) in page
    assert "Both stand in this case" in text(client.get(compare_url(pair)))
    sent = answers(given_name="kept")
    done = client.post(compare_url(pair), sent, follow=True)
    assert "The two records are one now" in text(done)
    again = client.post(compare_url(pair), sent)
    assert again.headers["Location"] == done.redirect_chain[-1][0]
    people = text(client.get(reverse("cases:people", args=[case.pk])))
    assert people.count("Known already?") == 3
    for name in ("party_edit", "needs_edit", "child_facts_edit", "person_matches"):
        assert client.get(reverse(f"cases:{name}", args=[pair[1].pk])).status_code == 200
    undo = done.redirect_chain[-1][0] + "undo/"
    assert "They are two records again" in text(client.post(undo, follow=True))
    assert text(client.get(reverse("cases:people", args=[case.pk]))).count("Known already?") == 4


def test_victim_and_perpetrator_of_one_case_are_told_plainly(worker, sign_in):
    make_case(worker)
    with acting_as(worker):
        pair = list(Party.objects.filter(role__in=["victim", "perpetrator"]))
    sent = answers(given_name="kept")
    assert "They cannot be one person" in text(sign_in(worker).post(compare_url(pair), sent))


def test_one_record_is_not_compared_with_itself(worker, two, sign_in):
    assert sign_in(worker).get(compare_url([two[0], two[0]])).status_code == 404


def test_404_and_403(cast, worker, two, sign_in):
    hidden = known(cast.outsider)
    client = sign_in(worker)
    for other in (hidden.pk, uuid.uuid4()):
        assert client.get(reverse("cases:merge_create", args=[two[0].pk, other])).status_code == 404
    assert client.get(reverse("cases:merge_detail", args=[uuid.uuid4()])).status_code == 404
    assert sign_in(cast.idva).get(compare_url(two)).status_code == 403


def test_a_number_that_cannot_be_right_is_saved_with_a_warning(cast, case, sign_in):
    with acting_as(cast.idva):
        party = Party.objects.get(case=case, role="victim")
    sent = {
        "given_name": "Vera", "family_name": "Testcase", "also_known_as": "", "sex": "female", "relationship": "",
        "date_of_birth_day": "", "date_of_birth_month": "", "date_of_birth_year": "", "version": 1,
        "nhs_number": "943 476 5918", "pnc_id": "15/123456a",
    }  # fmt: skip
    page = text(sign_in(cast.idva).post(reverse("cases:party_edit", args=[party.pk]), sent, follow=True))
    assert "NHS number is saved as typed, but it cannot be right" in page
    with acting_as(cast.idva):
        person = Person.objects.get(pk=party.person_id)
        assert (person.nhs_number, person.pnc_id) == ("9434765918", "2015/0123456A")
