"""The pages of incidents, and the panel that says whether they meet potential escalation."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Agency
from dacase.cases.panels import draw
from dacase.walls.context import acting_as
from referrals.casework import incident_panels
from referrals.casework.models import Incident
from referrals.casework.services.incident import strike_incident
from tests.casework.incidents import act, days_ago, recorded
from tests.factories import make_case, share

pytestmark = pytest.mark.django_db
# A test runs inside a transaction of its own: its savepoint and the context given back are no part of a page.
MOST, OF_THE_TEST = 12, 4


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


@pytest.fixture
def idva(cast, sign_in):
    return sign_in(cast.idva)


def parts(name, day):
    return {f"{name}_{part}": getattr(day, part) for part in ("day", "month", "year")}


def answers(**changes):
    return {
        "precision": "exact",
        **parts("happened_on", days_ago(2)),
        "kinds": ["threats", "stalking"],
        "what_happened": "On the phone, three times.",
        "perpetrator": "not_named",
        "children_present": "yes",
        "reported_by": "victim",
        "police_told": "yes",
        "crime_reference": "42/1/26",
        "submission": uuid.uuid4(),
    } | changes


def text_of(response):
    return response.content.decode()


def list_url(case):
    return reverse("casework:incidents", args=[case.pk])


def new_url(case):
    return reverse("casework:incident_create", args=[case.pk])


def test_an_incident_is_recorded_and_read(cast, case, idva, sign_in):
    assert "No incident is recorded here yet" in text_of(idva.get(list_url(case)))
    page = text_of(idva.get(new_url(case)))
    assert "Percy" in page, "the perpetrator of the case can be named"
    with acting_as(cast.idva):
        percy = case.parties.get(role="perpetrator").pk
    sent = answers(perpetrator=percy, known_to=cast.idva.agency_id)
    assert idva.post(new_url(case), sent).url == list_url(case)
    assert idva.post(new_url(case), sent).url == list_url(case)
    share(case, cast.social_worker.agency, actor=cast.idva)
    for client in (idva, sign_in(cast.social_worker)):
        page = text_of(client.get(list_url(case)))
        assert page.count("On the phone, three times.") == 1
        for words in ("Violent or threatening behaviour, Stalking or harassment", "42/1/26", "Percy"):
            assert words in page
    other = sign_in(cast.social_worker)
    with acting_as(cast.idva):
        one = Incident.objects.get()
    assert (one.kinds, one.known_to) == (["threats", "stalking"], cast.idva.agency)
    change, strike = (reverse(f"casework:incident_{name}", args=[one.pk]) for name in ("change", "strike"))
    assert change not in text_of(other.get(list_url(case)))
    assert (other.get(change).status_code, other.post(strike, {"reason": "x"}).status_code) == (403, 403)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"precision": ""}, "Answer “When did it happen?”"),
        (parts("happened_on", days_ago(-2)), "Day must be today or in the past"),
        ({"happened_on_day": "", "happened_on_month": "", "happened_on_year": ""}, "Enter the day"),
        ({"happened_on_day": "31", "happened_on_month": "2"}, "Day must be a real date"),
        ({"precision": "month"}, "Enter the month"),
        ({"precision": "month", "month_month": "13", "month_year": "2025"}, "Month must be a real date"),
        ({"kinds": []}, "What kind of abuse was it"),
        ({"kinds": ["no_kind"]}, "select"),
        ({"what_happened": " "}, "Answer “What happened?”"),
        ({"what_happened": "null\x00byte"}, "has a character that cannot be stored"),
        ({"what_happened": "x" * 10_001}, "must be 10000 characters or fewer"),
        ({"perpetrator": uuid.uuid4()}, "Who did it: select one of the answers"),
        (parts("reported_on", days_ago(9)), "It cannot have been told before it happened"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field_and_what_was_typed_stays(
    cast, case, idva, changes, words
):
    page = text_of(idva.post(new_url(case), answers(**changes)))
    assert "There is a problem" in page
    assert words in page
    assert "42/1/26" in page
    with acting_as(cast.idva):
        assert not Incident.objects.exists()


def test_what_was_typed_under_another_choice_is_no_answer(cast, case, idva):
    month = {"precision": "month", "month_month": "march", "month_year": "2025"}
    wrong = {"happened_on_day": "99", "about_on_day": "1"}
    assert idva.post(new_url(case), answers(**month, **wrong)).status_code == 302
    with acting_as(cast.idva):
        assert Incident.objects.get().when == "March 2025"


def test_it_is_changed_from_what_is_there_and_two_people_see_both(cast, case, idva, sign_in):
    one = recorded(case, cast.idva, precision="about")
    url = reverse("casework:incident_change", args=[one.pk])
    page = text_of(idva.get(url))
    assert f'name="about_on_year" type="text" inputmode="numeric" value="{days_ago(3).year}"' in page
    sent = answers(version=1) | parts("happened_on", days_ago(7))
    assert sign_in(cast.idva_manager).post(url, sent).url == list_url(case)
    page = text_of(idva.post(url, answers(version=1, what_happened="Mine.")))
    assert "On the phone, three times." in page
    assert "Mine." in page
    assert cast.idva_manager.user.name in page
    assert idva.post(url, answers(version=2, what_happened="Mine.")).status_code == 302
    with acting_as(cast.idva):
        assert Incident.objects.get().what_happened == "Mine."


def test_an_agency_that_works_no_more_stays_named(cast, case, idva):
    closed = cast.housing_representative.agency
    one = recorded(case, cast.idva, known_to=closed)
    Agency.objects.filter(pk=closed.pk).update(is_active=False)
    change = reverse("casework:incident_change", args=[one.pk])
    assert f'<option value="{closed.pk}" selected>' in text_of(idva.get(change))
    assert f'value="{closed.pk}"' not in text_of(idva.get(new_url(case)))


def test_struck_out_its_words_are_hidden_and_the_reason_is_shown(cast, case, idva):
    one = recorded(case, cast.idva, what_happened="Wrong person.")
    url = reverse("casework:incident_strike", args=[one.pk])
    assert "There is a problem" in text_of(idva.post(url, {"reason": ""}))
    assert idva.post(url, {"reason": "Another case was meant"}).url == list_url(case)
    page = text_of(idva.get(list_url(case)))
    assert "Another case was meant" in page
    assert "Wrong person." not in page
    assert url not in page


def test_the_list_is_paged_filtered_and_costs_the_same_however_long(cast, case, idva):
    idva.get(list_url(case))
    with CaptureQueriesContext(connection) as empty:
        idva.get(list_url(case))
    for number in range(27):
        recorded(case, cast.idva, happened_on=days_ago(number), what_happened=f"Number {number}.")
    recorded(case, cast.idva, happened_on=days_ago(900), kinds=["economic"], what_happened="Long ago.")
    with CaptureQueriesContext(connection) as full:
        page = text_of(idva.get(list_url(case)))
    assert len(full) == len(empty) <= MOST + OF_THE_TEST
    assert "Number 24." in page
    assert "Number 25." not in page
    assert "after=" in page
    for query in ("kind=economic", f"year={days_ago(900).year}"):
        page = text_of(idva.get(f"{list_url(case)}?{query}"))
        assert page.count("Long ago.") == 1
        assert "Number 1." not in page
    assert "Number 1." in text_of(idva.get(f"{list_url(case)}?kind=nothing&year=none"))


def test_what_is_typed_is_kept_as_a_draft(case, idva):
    kept = {"precision": "about", "about_on_day": "3", "what_happened": "Half a sentence"}
    idva.post(f"{reverse('cases:draft_save')}?for={new_url(case)}", kept)
    assert "Half a sentence" in text_of(idva.get(new_url(case)))


def test_a_draft_that_comes_late_does_not_swallow_the_next_incident(cast, case, idva):
    sent = answers()
    idva.post(new_url(case), sent)
    idva.post(
        f"{reverse('cases:draft_save')}?for={new_url(case)}",
        {"submission": sent["submission"], "precision": "exact"},
    )
    page = text_of(idva.get(new_url(case)))
    assert "We kept what you typed" not in page
    submission = re.search(r'name="submission" value="([^"]+)"', page)[1]
    assert submission != str(sent["submission"])
    idva.post(new_url(case), answers(submission=submission, what_happened="The next one.", same_as="another"))
    assert "The next one." in text_of(idva.get(list_url(case)))


def test_the_panel_says_plainly_when_incidents_meet_potential_escalation(
    cast, case, django_assert_num_queries
):
    def panel(reader):
        with acting_as(reader):
            return draw(incident_panels.incidents_of_case, case, reader)

    assert panel(cast.idva).context["lately"].words == "No incidents recorded in the last 12 months"
    made = [recorded(case, cast.idva, happened_on=days_ago(number), kinds=["other"]) for number in range(4)]
    act(strike_incident, made[0], cast.idva, reason="Wrong case")
    with acting_as(cast.idva), django_assert_num_queries(1):
        drawn = draw(incident_panels.incidents_of_case, case, cast.idva)
    assert drawn.context["newest"] == made[1:]
    assert drawn.context["lately"].words.startswith("3 incidents recorded in the last 12 months: this meets")
    assert [text for text, _ in drawn.links] == ["Record an incident", "All incidents"]
    share(case, cast.marac_coordinator.agency, actor=cast.idva, purpose="marac")
    assert [text for text, _ in panel(cast.marac_coordinator).links] == ["All incidents"]
    assert panel(cast.commissioner) is None


def test_the_case_page_leads_to_marac_with_the_criterion_chosen(cast, case, idva):
    detail = reverse("cases:detail", args=[case.pk])
    for number in range(2):
        recorded(case, cast.idva, happened_on=days_ago(number))
    assert "meet potential escalation" not in text_of(idva.get(detail))
    recorded(case, cast.idva, happened_on=timezone.localdate())
    page = text_of(idva.get(detail))
    assert "3 incidents recorded in the last 12 months: this meets potential escalation" in page
    refer = f"{reverse('marac:refer', args=[case.pk])}?criterion=potential_escalation"
    assert refer in page
    page = text_of(idva.get(refer))
    assert 'value="potential_escalation" id="id_criterion_2" checked' in page
    assert "3 incidents recorded in the last 12 months: this meets potential escalation." in page
