"""A session that is idle, or open, for too long ends; what was typed meanwhile is kept."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from dacase.audit.models import Event
from dacase.cases import middleware
from dacase.cases.models import Draft
from dacase.walls.context import acting_as
from referrals.models import Referral
from tests.agencies.conftest import code_for, give_password
from tests.cast import signed_in_client

HERE, FORM = "/agencies/choose/", "/referrals/new/"
MINUTE, HOUR = 60, 3600
TYPED = "Typed Under Pressure %s & <b>"


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is told to go on."""

    class Clock:
        now = 1_800_000_000.0

        def go_on(self, seconds):
            self.now += seconds

    clock = Clock()
    monkeypatch.setattr(middleware, "time", lambda: clock.now)
    return clock


def words(response):
    return [str(one) for one in get_messages(response.wsgi_request)]


def is_in(client):
    return "_auth_user_id" in client.session


def fields_of(page):
    """The fields of the page's form as a browser would send them, with every text field typed into."""
    html = page.content.decode()
    sent = {}
    for tag in re.findall(r"<input[^>]*>|<textarea[^>]*>", html):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        name, kind = attributes.get("name"), attributes.get("type", "text")
        if not name or name == "csrfmiddlewaretoken" or kind in {"radio", "checkbox", "submit"}:
            continue
        sent[name] = unescape(attributes.get("value", "")) if kind == "hidden" else TYPED % name[-20:]
    return sent


def drafts_of(membership):
    with acting_as(membership):
        return list(Draft.objects.visible_to(membership).kept())


def test_half_an_hour_of_nothing_ends_a_session(cast, clock):
    client = signed_in_client(cast.police_officer)
    client.get(HERE)
    clock.go_on(29 * MINUTE)
    assert client.get(HERE).status_code == 200
    clock.go_on(29 * MINUTE)
    assert client.get(HERE).status_code == 200
    clock.go_on(31 * MINUTE)
    response = client.get("/referrals/sent/?sort=due")
    assert response["Location"] == "/accounts/login/?next=%2Freferrals%2Fsent%2F%3Fsort%3Ddue"
    assert words(response) == [middleware.EXPIRED]
    assert not is_in(client)
    with acting_as(cast.police_officer):
        assert list(Event.objects.values_list("verb", flat=True)) == ["session_ended"]


def test_ten_hours_end_a_session_however_busy(cast, clock):
    client = signed_in_client(cast.police_officer)
    for _ in range(10 * HOUR // (20 * MINUTE)):
        assert client.get(HERE).status_code == 200
        clock.go_on(20 * MINUTE)
    clock.go_on(MINUTE)
    assert client.get(HERE)["Location"].startswith("/accounts/login/")
    assert not is_in(client)


def test_the_limits_are_settings(cast, clock, settings):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_ABSOLUTE_HOURS = 5, 1
    client = signed_in_client(cast.police_officer)
    client.get(HERE)
    clock.go_on(6 * MINUTE)
    assert client.get(HERE).status_code == 302


def test_a_page_that_asks_by_itself_keeps_no_session_open(cast, clock):
    client = signed_in_client(cast.police_officer)
    client.get(HERE)
    for _ in range(16):
        clock.go_on(2 * MINUTE)
        response = client.get(HERE, headers={"hx-request": "true", "hx-target": "progress"})
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/accounts/login/")


def test_a_busy_session_is_not_written_at_every_page(cast, clock, django_assert_num_queries):
    client = signed_in_client(cast.police_officer)
    client.get(HERE)
    before = client.session["session_seen_at"]
    clock.go_on(10)
    client.get(HERE)
    assert client.session["session_seen_at"] == before
    clock.go_on(30)
    client.get(HERE)
    assert client.session["session_seen_at"] == before + 40


def test_nothing_typed_is_lost_and_nothing_is_sent_by_itself(walk_in, cast, clock):
    walk_in.walk_in(cast.police_officer, FORM)
    typed = fields_of(walk_in.get(FORM))
    assert len(typed) > 20
    clock.go_on(45 * MINUTE)
    response = walk_in.post(FORM, typed)
    assert response["Location"] == "/accounts/login/?next=%2Freferrals%2Fnew%2F"
    assert words(response) == [middleware.KEPT]
    assert not is_in(walk_in)
    login = walk_in.get(response["Location"])
    assert middleware.KEPT.encode() in login.content
    assert b"Typed Under Pressure" not in login.content
    following = re.search(rb'name="next"[^>]*value="([^"]*)"', login.content)[1].decode()
    answer = walk_in.walk_in(cast.police_officer, following)
    assert answer["Location"] == FORM
    page = walk_in.get(FORM)
    again = fields_of(page)
    shown = unescape(page.content.decode())
    for name, value in typed.items():
        if value.startswith("Typed"):
            assert value in shown, name
    assert again["submission"] == typed["submission"]
    assert "We kept what you typed" in shown
    with acting_as(cast.police_officer):
        assert not Referral.objects.exists()


def test_the_draft_belongs_to_its_user_and_agency(cast, clock):
    client = signed_in_client(cast.police_officer)
    typed = fields_of(client.get(FORM))
    clock.go_on(45 * MINUTE)
    client.post(
        FORM, {**typed, "password": "secret-1", "csrfmiddlewaretoken": "secret-2", "code": "secret-3"}
    )
    (draft,) = drafts_of(cast.police_officer)
    assert draft.path == FORM
    assert "secret" not in str(draft.data)
    assert not drafts_of(cast.marac_chair)  # of the same agency
    assert not drafts_of(cast.idva)


def test_a_button_leaves_no_draft_and_no_page_that_cannot_be_opened(cast, clock):
    client = signed_in_client(cast.administrator)
    client.get(HERE)
    clock.go_on(45 * MINUTE)
    response = client.post(f"/people/{cast.idva.pk}/end/undo/", {"csrfmiddlewaretoken": "x"})
    assert response["Location"] == "/accounts/login/"
    assert not drafts_of(cast.administrator)


def test_what_is_too_long_to_keep_is_said(cast, clock):
    client = signed_in_client(cast.police_officer)
    client.get(FORM)
    clock.go_on(45 * MINUTE)
    response = client.post(FORM, {"notes": "x" * 400_000})
    assert words(response) == [middleware.NOT_KEPT]
    assert not drafts_of(cast.police_officer)


def test_another_site_cannot_leave_a_draft(cast, clock):
    client = signed_in_client(cast.police_officer)
    client.handler.enforce_csrf_checks = True
    client.get(FORM)
    clock.go_on(45 * MINUTE)
    response = client.post(FORM, {"notes": "from elsewhere"})
    assert response["Location"] == "/accounts/login/"
    assert not drafts_of(cast.police_officer)


def test_work_that_has_ended_keeps_nothing(cast, clock):
    client = signed_in_client(cast.police_officer)
    client.get(FORM)
    type(cast.police_officer).objects.filter(pk=cast.police_officer.pk).update(
        ends_on="2020-01-01", starts_on="2019-01-01"
    )
    clock.go_on(45 * MINUTE)
    client.post(FORM, {"notes": "typed"})
    assert not Draft.objects.kept().exists()
    assert not drafts_of(cast.police_officer)


def test_autosave_of_an_expired_session_keeps_the_page_and_not_its_own_address(cast, clock):
    client = signed_in_client(cast.police_officer)
    typed = fields_of(client.get(FORM))
    clock.go_on(45 * MINUTE)
    response = client.post(
        f"/drafts/save/?for={FORM}",
        typed,
        headers={"hx-request": "true", "hx-current-url": f"http://testserver{FORM}?from=home"},
    )
    assert response.status_code == 204
    address = urlsplit(response["HX-Redirect"])
    assert parse_qs(address.query) == {"next": [f"{FORM}?from=home"]}
    (draft,) = drafts_of(cast.police_officer)
    assert draft.path == FORM


@pytest.mark.parametrize(
    "current", ["http://evil.example.org//evil.example.org/", "//evil.example.org/x", "javascript:alert(1)"]
)
def test_a_forged_current_address_leads_to_no_other_site(cast, clock, current):
    client = signed_in_client(cast.police_officer)
    client.get(FORM)
    clock.go_on(45 * MINUTE)
    response = client.post(FORM, {"notes": "x"}, headers={"hx-request": "true", "hx-current-url": current})
    following = parse_qs(urlsplit(response["HX-Redirect"]).query).get("next", [""])[0]
    other = Client()
    other.post(
        "/accounts/login/",
        {"login": cast.police_officer.user.email, "password": "northmoor-demo-only", "next": following},
    )
    answer = other.post("/accounts/2fa/authenticate/", {"code": code_for(cast.police_officer.user)})
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith("//")


def test_programs_are_told_that_the_session_ended(cast, clock):
    client = signed_in_client(cast.police_officer)
    client.get(HERE)
    clock.go_on(45 * MINUTE)
    assert client.get("/api/referrals/").status_code == 401


def test_signing_in_starts_the_clock_anew(walk_in, cast, clock):
    walk_in.walk_in(cast.police_officer, HERE)
    walk_in.get(HERE)
    clock.go_on(11 * HOUR)
    assert walk_in.get(HERE).status_code == 302
    give_password(walk_in, cast.police_officer.user.email)
    walk_in.post("/accounts/2fa/authenticate/", {"code": code_for(cast.police_officer.user)})
    assert walk_in.get(HERE).status_code == 200
