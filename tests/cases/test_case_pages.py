"""Every page of a case answers, for whom it should."""

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dacase.audit.models import Event, Read
from dacase.audit.services import record_event
from dacase.cases.choices import Scope
from dacase.cases.models import Case, Headline, Party
from dacase.cases.services.exclusion import bar_from_case
from dacase.walls.context import acting_as
from tests.factories import make_case, share

pytestmark = pytest.mark.usefixtures("own_panels")
PARTS = ["detail", "people", "timeline", "access", "reads"]
VALUES = re.compile(r"'[^']*'|\"s\d+_x\d+\"|\d+")
FORMS = ["party_create", "close", "locations", "location_create", "grant_create", "exclusion_create"]


def without_tokens(response):
    """The page without its CSRF tokens, which differ in every answer but not in length."""
    return re.sub(rb"[A-Za-z0-9]{64}", b"?", response.content), len(response.content)


def page(name, case, **kwargs):
    return reverse(f"cases:{name}", args=[case.pk], **kwargs)


@pytest.mark.parametrize("name", PARTS + FORMS)
def test_every_page_opens_for_the_manager_and_leaves_its_row(cast, case, sign_in, name):
    response = sign_in(cast.idva_manager).get(page(name, case))
    assert response.status_code == 200
    assert f"Case {case.reference}" in response.content.decode()
    with acting_as(cast.idva):
        read = Read.objects.get(case_id=case.pk)
        assert (read.page, read.user_id, read.was_allowed) == (
            f"cases:{name}",
            cast.idva_manager.user_id,
            True,
        )


def test_a_title_names_nobody(cast, case, sign_in):
    for name in PARTS:
        html = sign_in(cast.idva).get(page(name, case)).content.decode()
        title = html.split("<title>")[1].split("</title>")[0]
        assert "Testcase" not in title
        assert case.reference in title


def test_the_case_page_has_the_banner_first_and_says_who_sees_it(cast, case, sign_in):
    share(case, cast.refuge_worker.agency, actor=cast.idva, purpose="accommodation")
    html = sign_in(cast.idva).get(page("detail", case)).content.decode()
    main = html.split("<main")[1]
    order = [
        "Do not contact Vera Testcase",
        "What to do next",
        "Percy Testcase",
        "What happened last",
        "Harbour Refuge",
    ]
    assert sorted(order, key=main.index) == order
    assert "To find or provide safe accommodation" in main
    assert "Case opened" in main


def test_the_case_page_costs_the_same_for_one_share_and_for_three(
    cast, case, sign_in, django_assert_max_num_queries
):
    client = sign_in(cast.idva)
    share(case, cast.refuge_worker.agency, actor=cast.idva)
    client.get(page("detail", case))
    with django_assert_max_num_queries(16) as one:  # of which 5 are the session, the actor and the context
        client.get(page("detail", case))
    for key in ("social_worker", "marac_coordinator"):
        share(case, getattr(cast, key).agency, actor=cast.idva)
    with django_assert_max_num_queries(16) as three:
        client.get(page("detail", case))
    assert len(three) == len(one)


@pytest.mark.parametrize("name", PARTS + FORMS)
def test_forbidden_and_absent_are_the_same_refusal(cast, case, sign_in, name):
    client = sign_in(cast.social_worker if name != "exclusion_create" else cast.marac_coordinator)
    absent = Case(pk=uuid.uuid4())
    client.get(page(name, absent))
    answers, counts = [], []
    for one in (case, absent):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(page(name, one))
        answers.append((response.status_code, without_tokens(response), sorted(response.headers.items())))
        counts.append([VALUES.sub("?", query["sql"]) for query in queries])
    assert answers[0][0] in (403, 404)
    assert answers[0][:2] == answers[1][:2]
    assert answers[0][2] == answers[1][2]
    assert counts[0] == counts[1]


def test_a_refused_try_is_recorded_for_both(cast, case, sign_in):
    absent = uuid.uuid4()
    for pk in (case.pk, absent):
        assert sign_in(cast.social_worker).get(reverse("cases:detail", args=[pk])).status_code == 404
    with acting_as(cast.social_worker):
        reads = Read.objects.filter(user=cast.social_worker.user)
        assert {(read.case_id, read.was_allowed) for read in reads} == {(case.pk, False), (absent, False)}
    html = sign_in(cast.idva).get(page("reads", case)).content.decode()
    assert "Sorrel Pretend" in html
    assert "Refused" in html


def test_a_barred_person_gets_the_same_refusal_and_her_try_is_seen(cast, case, sign_in):
    with acting_as(cast.idva_manager):
        bar_from_case(
            case, group=cast.barred_colleague.user.group, reason="Knows her", actor=cast.idva_manager
        )
    client = sign_in(cast.barred_colleague)
    assert client.get(page("detail", case)).status_code == 404
    assert "Testcase" not in client.get(reverse("cases:list")).content.decode()
    assert without_tokens(client.get(page("detail", case))) == without_tokens(
        client.get(page("detail", Case()))
    )
    html = sign_in(cast.idva).get(page("reads", case)).content.decode()
    assert "Barry Supposed" in html


def test_a_role_without_case_data_is_told_so_whatever_the_address_names(cast, case, sign_in):
    client = sign_in(cast.commissioner)
    answers = {client.get(page(name, one)).status_code for name in PARTS for one in (case, Case())}
    assert answers == {403}


def test_a_summary_shows_that_it_is_open_with_whom_and_no_name(cast, case, sign_in):
    share(case, cast.social_worker.agency, actor=cast.idva, scope=Scope.SUMMARY)
    client = sign_in(cast.social_worker)
    html = client.get(page("detail", case)).content.decode()
    assert case.reference in html
    assert "Brightwater Advocacy" in html
    assert "01632 960103" in html
    assert "Testcase" not in html
    for name in PARTS[1:]:
        assert client.get(page(name, case)).status_code == 404
    assert "Testcase" not in client.get(reverse("cases:list")).content.decode()


def test_closing_and_reopening(cast, case, sign_in):
    client = sign_in(cast.idva)
    assert client.post(page("close", case), {"reason": ""}).status_code == 200
    assert client.post(page("close", case), {"reason": "ended", "x": "1"}).status_code == 302
    with acting_as(cast.idva):
        assert not Case.objects.get().is_open
    again = client.post(page("close", case), {"reason": "ended"}).content.decode()
    assert "closed this case already" in again
    assert "Testcase" not in client.get(reverse("cases:list")).content.decode()
    assert "Testcase" in client.get(reverse("cases:list"), {"state": "closed"}).content.decode()
    assert client.post(page("reopen", case), {"reason": "asked"}).status_code == 302
    assert (
        "reopened this case already"
        in client.post(page("reopen", case), {"reason": "asked"}).content.decode()
    )
    with acting_as(cast.idva):
        assert Case.objects.get().is_open
        assert set(Event.objects.filter(verb__startswith="case_").values_list("verb", flat=True)) == {
            "case_opened", "case_closed", "case_reopened",
        }  # fmt: skip


def test_the_timeline_pages_by_key(cast, case, sign_in):
    with acting_as(cast.idva):
        for _ in range(45):
            record_event("case_opened", actor=cast.idva, subject=case, case_id=case.pk)
    client = sign_in(cast.idva)
    first = client.get(page("timeline", case))
    assert first.context["page"].has_next
    second = client.get(page("timeline", case), {"after": first.context["page"].next_cursor})
    ids = [event.pk for event in (*first.context["page"], *second.context["page"])]
    assert len(ids) == len(set(ids)) == 49  # four of opening it, 45 more


class TestHome:
    @pytest.mark.parametrize(
        "key", ["police_officer", "idva", "commissioner", "auditor", "administrator", "outsider"]
    )
    def test_it_opens_for_every_role(self, cast, sign_in, key):
        response = sign_in(getattr(cast, key)).get("/")
        assert response.status_code == 200
        assert "My work" in response.content.decode()

    def test_it_shows_own_cases_before_those_of_the_agency(self, cast, case, sign_in):
        make_case(cast.idva, victim="Otherone")
        client = sign_in(cast.idva)
        assert "Newest cases of your agency" in client.get("/").content.decode()
        with acting_as(cast.idva):
            Headline.objects.filter(case=case).update(
                worker=cast.idva, band="high", band_set_on=timezone.localdate()
            )
        html = client.get("/").content.decode()
        assert "Cases you work on" in html
        assert "Vera Testcase" in html
        assert "Otherone" not in html


def test_parties_stand_in_order(cast, case, sign_in):
    with acting_as(cast.idva):
        assert Party.objects.count() == 3
    cards = sign_in(cast.idva).get(page("people", case)).context["cards"]
    assert [card.party.role for card in cards] == ["victim", "perpetrator", "child"]
