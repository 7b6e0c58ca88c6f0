"""The pages of returns: what they say, who sees them, and the reminder on the home page."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.jobs.models import OutboxMessage
from dacase.walls.context import acting_as
from reporting.forms import RequestReturnForm
from reporting.models import Figure, Return
from reporting.panels import latest_returns
from reporting.periods import quarter_of_day
from reporting.returns import FigureRow
from reporting.rules import was_unfinished
from reporting.selectors import counted_returns
from reporting.services import keep_figures
from tests.cast import Cast, signed_in_client
from tests.jobs.conftest import broker, celery_app, relay, start, wait_for  # noqa: F401 - fixtures
from tests.reporting.asking import ask, reread, rows_of, run_all

ABSENT = "00000000-0000-4000-8000-000000000000"


def test_an_agency_without_returns_is_told_what_to_do(cast, sign_in):
    page = sign_in(cast.commissioner).get("/returns/").content.decode()
    assert "No returns yet" in page
    assert 'href="/returns/new/"' in page


def test_asking_on_the_page(cast, sign_in):
    browser = sign_in(cast.commissioner)
    page = browser.get("/returns/new/").content.decode()
    assert "not finished)" in page
    number = str(uuid.uuid4())
    for _ in range(2):  # a double click
        response = browser.post("/returns/new/", {"period": "2026-Q1", "submission": number})
        assert response.status_code == 302
    page = browser.get(response["Location"]).content.decode()
    assert "Waiting to start" in page
    assert "You can leave this page" in page
    with acting_as(cast.commissioner):
        assert Return.objects.count() == 1


@pytest.mark.parametrize("period", ["", "2098-Q1", "x", "\x00", "x" * 1_000_000])
def test_a_wrong_quarter_is_told_at_its_field(cast, sign_in, period):
    response = sign_in(cast.commissioner).post(
        "/returns/new/", {"period": period, "submission": str(uuid.uuid4())}
    )
    assert response.status_code == 200
    assert "govuk-error-summary" in response.content.decode()
    assert not OutboxMessage.objects.exists()


def test_the_form_offers_past_quarters_and_the_one_that_runs():
    today = timezone.localdate()
    choices = dict(RequestReturnForm().fields["period"].choices)
    assert "not finished" in choices[quarter_of_day(today).code]
    assert "not finished" not in choices[quarter_of_day(today).former.code]
    assert RequestReturnForm().fields["period"].initial == quarter_of_day(today).former.code
    assert "2019-Q1" in choices


def test_an_unfinished_quarter_is_marked(world):
    commissioner = Cast().commissioner
    made = ask(commissioner, quarter_of_day(timezone.localdate()).code)
    run_all()
    assert was_unfinished(reread(made, commissioner))
    browser = signed_in_client(commissioner)
    assert "had not finished when this was counted" in browser.get(f"/returns/{made.pk}/").content.decode()
    assert "Counted before the quarter ended" in browser.get("/returns/").content.decode()


def test_pages_ask_little_of_the_database(counted, django_assert_max_num_queries):
    commissioner, made = counted
    for _ in range(30):
        ask(commissioner)
    browser = signed_in_client(commissioner)
    for url in ("/returns/", f"/returns/{made.pk}/"):
        browser.get(url)
        with django_assert_max_num_queries(14):
            browser.get(url)
    page = browser.get("/returns/").content.decode()
    assert "31" in page
    assert "after=" in page


def test_a_quarter_without_records_has_noughts_and_no_chart(world):
    commissioner = Cast().commissioner
    made = ask(commissioner, "2019-Q1")
    run_all()
    page = signed_in_client(commissioner).get(f"/returns/{made.pk}/").content.decode()
    assert "April to June 2019" in page
    assert "<svg" not in page.partition("<main")[2]


def test_htmx_is_given_the_progress(counted):
    commissioner, made = counted
    headers = {"HX-Request": "true", "HX-Target": "progress"}
    content = signed_in_client(commissioner).get(f"/returns/{made.pk}/", headers=headers).content.decode()
    assert "See the figures" in content
    assert "<html" not in content


# --- who sees what ---


# --- who sees what ---


def test_another_agencys_return_is_as_if_it_were_not(counted):
    _, made = counted
    other = Cast().idva_manager
    type(other).objects.filter(pk=other.pk).update(role="commissioner")
    try:
        browser = signed_in_client(other)
        for url in (f"/returns/{made.pk}/", f"/returns/{made.pk}/csv/"):
            theirs, absent = browser.get(url), browser.get(url.replace(str(made.pk), ABSENT))
            assert theirs.status_code == absent.status_code == 404
        assert "No returns yet" in browser.get("/returns/").content.decode()
    finally:
        type(other).objects.filter(pk=other.pk).update(role="idva_manager")


def test_every_other_role_is_refused_whatever_the_return(counted):
    made = counted[1]
    for member in Cast().all():
        if member.role == "commissioner":
            continue
        browser = signed_in_client(member)
        for pk in (made.pk, ABSENT):
            for url in ("/returns/", "/returns/new/", f"/returns/{pk}/", f"/returns/{pk}/csv/"):
                assert browser.get(url).status_code == 403, (member.role, url)


def test_returns_are_seen_by_their_agency_only_without_the_walls_too(counted):
    commissioner, made = counted
    cast = Cast()
    everything = Return.objects.using("owner")
    assert list(everything.visible_to(commissioner)) == [made]
    assert list(everything.visible_to(cast.idva)) == []
    with acting_as(cast.idva):
        assert not Return.objects.exists()
        assert not Figure.objects.exists()
        assert list(counted_returns(cast.idva)) == []


def test_figures_are_kept_only_for_who_may_ask(cast):
    made = ask(cast.commissioner)
    with pytest.raises(NotAllowed), acting_as(cast.idva):
        keep_figures(made, [FigureRow("turn_aways", "", 1)], actor=cast.idva)


def test_a_return_without_figures_has_no_file(cast, sign_in):
    made = ask(cast.commissioner)
    browser = sign_in(cast.commissioner)
    for ending in ("csv", "xlsx", "exe"):
        assert browser.get(f"/returns/{made.pk}/{ending}/").status_code == 404
    assert rows_of(made, cast.commissioner) == []


def test_a_download_leaves_an_event(counted):
    commissioner, made = counted
    browser = signed_in_client(commissioner)
    assert browser.get(f"/returns/{made.pk}/exe/").status_code == 404
    browser.get(f"/returns/{made.pk}/csv/")
    with acting_as(commissioner):
        assert [event.data for event in Event.objects.filter(verb="return_downloaded")] == [{"format": "csv"}]


def test_addresses_say_nothing(counted):
    assert reverse("reporting:download", args=[counted[1].pk, "csv"]).startswith("/returns/")


# --- the home page ---


def test_the_home_page_reminds_until_the_last_quarter_is_there(world):
    commissioner = Cast().commissioner
    ended = quarter_of_day(timezone.localdate()).former
    with acting_as(commissioner):
        panel = latest_returns(commissioner)
    assert [action.text for action in panel.next_actions] == [f"Ask for the return for {ended.title}"]
    assert panel.context["table"] is None
    ask(commissioner, ended.code)
    with acting_as(commissioner):
        panel = latest_returns(commissioner)
    assert panel.next_actions == []
    assert len(panel.context["table"].rows) == 1
    assert latest_returns(Cast().idva) is None
