"""The agency's record of looks and acts, and the API."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dacase.audit.models import Read
from dacase.audit.selectors import agency_events, agency_reads, page_words, sentence, words
from dacase.audit.services import record_event, record_read
from dacase.cases.services.exclusion import bar_from_case
from dacase.cases.views.timeline import drawn_events
from dacase.walls.context import acting_as
from tests.factories import make_case, share

pytestmark = pytest.mark.usefixtures("own_panels")


def test_words_for_acts_and_pages():
    assert sentence("case_opened") == "Case opened"
    assert sentence("unheard_of") == "Unheard of"
    assert page_words("cases:detail") == "Opened the case"
    assert page_words("marac:hearing_papers") == "Opened a page (hearing papers, marac)"
    for table in ("verbs", "pages"):
        assert all(words(table).values())


def test_looks_are_chosen_by_person_and_by_day(cast):
    today = timezone.localdate()
    for member in (cast.idva, cast.auditor, cast.outsider):
        with acting_as(member):
            record_read("cases:search", actor=member)
            record_event("signed_in", actor=member)
    with acting_as(cast.auditor):
        for found in (agency_reads, agency_events):
            assert found(cast.auditor).count() == 2
            assert found(cast.auditor, user_id=cast.idva.user_id).count() == 1
            assert found(cast.auditor, since=today, until=today).count() == 2
            assert found(cast.auditor, since=today + timedelta(days=1)).count() == 0
            assert found(cast.auditor, until=today - timedelta(days=1)).count() == 0


class TestPages:
    def test_the_auditor_sees_what_her_agency_opened_and_was_refused(self, cast, case, sign_in):
        other = make_case(cast.outsider, victim="Elsewhere")
        sign_in(cast.idva).get(reverse("cases:detail", args=[case.pk]))
        sign_in(cast.idva).get(reverse("cases:detail", args=[other.pk]))
        sign_in(cast.outsider).get(reverse("cases:detail", args=[other.pk]))
        html = sign_in(cast.auditor).get("/record/looks/").content.decode()
        assert "Ida Fictional" in html
        assert case.reference in html
        assert other.reference not in html
        assert "Not open to your agency" in html
        assert "Refused" in html
        assert "Otto Elsewhere" not in html
        assert "Testcase" not in html

    def test_filters_choose_and_nonsense_chooses_nothing(self, cast, case, sign_in):
        sign_in(cast.idva).get(reverse("cases:detail", args=[case.pk]))
        client = sign_in(cast.auditor)
        assert (
            "Opened the case" in client.get("/record/looks/", {"person": cast.idva.user_id}).content.decode()
        )
        assert (
            "Opened the case"
            not in client.get("/record/looks/", {"person": cast.auditor.user_id}).content.decode()
        )
        assert (
            "Opened the case"
            in client.get("/record/looks/", {"person": cast.outsider.user_id}).content.decode()
        )
        assert client.get("/record/looks/", {"since_day": "99", "person": "x"}).status_code == 200

    def test_the_auditors_home_page_leads_to_what_was_refused(self, cast, case, sign_in, settings):
        settings.HOME_PANELS = ["dacase.cases.case_panels.refused_looks"]
        client = sign_in(cast.auditor)
        assert "Nobody of your agency was refused anything" in client.get("/").content.decode()
        other = make_case(cast.outsider, victim="Elsewhere")
        sign_in(cast.idva).get(reverse("cases:detail", args=[case.pk]))
        sign_in(cast.idva_manager).get(reverse("cases:detail", args=[other.pk]))
        html = client.get("/").content.decode()
        assert "Manda Fictional" in html
        assert "Ida Fictional" not in html
        assert "/record/looks/?refused=on" in html
        html = client.get("/record/looks/?refused=on").content.decode()
        assert "<strong>1</strong> looks" in html
        assert "My work" in sign_in(cast.idva).get("/").content.decode()

    def test_acts_outside_cases(self, cast, sign_in):
        with acting_as(cast.idva):
            record_event("signed_in", actor=cast.idva)
        html = sign_in(cast.auditor).get("/record/acts/").content.decode()
        assert "Signed in" in html
        assert "Ida Fictional" in html

    @pytest.mark.parametrize(
        "key", ["idva", "idva_manager", "commissioner", "administrator", "police_officer"]
    )
    def test_other_roles_are_refused(self, cast, sign_in, key):
        for url in ("/record/looks/", "/record/acts/"):
            assert sign_in(getattr(cast, key)).get(url).status_code == 403

    def test_an_auditor_who_is_barred_sees_no_look_at_that_case(self, cast, case, sign_in):
        sign_in(cast.idva).get(reverse("cases:detail", args=[case.pk]))
        with acting_as(cast.idva_manager):
            bar_from_case(case, group=cast.auditor.user.group, reason="x", actor=cast.idva_manager)
        assert "Opened the case" not in sign_in(cast.auditor).get("/record/looks/").content.decode()


class TestTimeline:
    def test_it_names_agencies_and_codes_and_survives_what_it_does_not_know(self, cast, case):
        share(case, cast.refuge_worker.agency, actor=cast.idva)
        with acting_as(cast.idva):
            granted = record_event(
                "access_granted", actor=cast.idva, case_id=case.pk,
                data={"agency": str(cast.refuge_worker.agency_id), "scope": "view_case", "x": 1},
            )  # fmt: skip
            odd = record_event(
                "odd", actor=cast.idva, case_id=case.pk, data={"agency": "no uuid", "reason": ["x"]}
            )
            first, second = drawn_events([granted, odd])
        assert first.text == "Harbour Refuge · The whole file"
        assert first.by == "Ida Fictional, IDVA, Brightwater Advocacy"
        assert (second.title, second.text) == ("Odd", "")


class TestApi:
    def test_the_list_pages_by_cursor_and_is_logged(self, cast, sign_in):
        cases = [make_case(cast.idva, victim=f"Test{number}") for number in range(52)]
        client = sign_in(cast.idva)
        first = client.get("/api/cases/").json()
        assert [row["reference"] for row in first["results"]] == [case.reference for case in reversed(cases)][
            :50
        ]
        assert first["results"][0]["victim"] == "Vera Test51"
        second = client.get(first["next"]).json()
        assert len(second["results"]) == 2
        assert second["next"] is None
        with acting_as(cast.idva):
            assert Read.objects.filter(page="cases:api_list").count() == 2

    def test_one_case_with_its_people_and_no_location(self, cast, case, sign_in):
        data = sign_in(cast.idva).get(f"/api/cases/{case.pk}/").json()
        assert data["reference"] == case.reference
        assert [party["role"] for party in data["people"]] == ["victim", "perpetrator", "child"]
        assert "location" not in str(data)
        with acting_as(cast.idva):
            assert Read.objects.get(page="cases:api_detail").case_id == case.pk

    def test_forbidden_and_absent_are_one_answer(self, cast, case, sign_in):
        client = sign_in(cast.social_worker)
        answers = [client.get(f"/api/cases/{pk}/") for pk in (case.pk, uuid.uuid4())]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert client.get("/api/cases/").json() == {"next": None, "results": []}

    def test_roles_sign_in_methods_and_states(self, cast, case, sign_in, client):
        assert client.get("/api/cases/").status_code in (401, 403)
        assert sign_in(cast.commissioner).get("/api/cases/").status_code == 403
        signed_in = sign_in(cast.idva)
        assert signed_in.post("/api/cases/", {}).status_code in (403, 405)
        assert signed_in.get("/api/cases/", {"state": "x"}).status_code == 400
        assert signed_in.get("/api/cases/", {"state": "closed"}).json()["results"] == []

    def test_a_summary_opens_nothing_here(self, cast, case, sign_in):
        share(case, cast.social_worker.agency, actor=cast.idva, scope="view_case_summary")
        assert sign_in(cast.social_worker).get(f"/api/cases/{case.pk}/").status_code == 404
