"""Whom a session acts for, and what is missing before it may act."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.utils import timezone

from dacase.agencies.models import Membership
from tests.cast import signed_in_client

HERE = "/agencies/choose/"
PAGE = "/people/"


def second_work(membership, agency, role):
    return Membership.objects.create(user=membership.user, agency=agency, role=role)


def without_choice(membership):
    client = signed_in_client(membership)
    session = client.session
    del session["membership_id"]
    session.save()
    return client


def words(response):
    return [str(one) for one in get_messages(response.wsgi_request)]


def test_one_membership_is_chosen_by_itself(cast):
    client = without_choice(cast.administrator)
    assert client.get(PAGE).status_code == 200
    assert client.session["membership_id"] == str(cast.administrator.pk)


def test_the_actor_costs_one_query_and_has_agency_team_and_user(cast, django_assert_num_queries):
    request = signed_in_client(cast.idva).get(HERE).wsgi_request
    assert request.membership == cast.idva
    with django_assert_num_queries(0):
        assert (request.membership.agency.name, request.membership.team.name) == (
            "Brightwater Advocacy",
            "IDVA",
        )
        assert request.membership.user.name == "Ida Fictional"
        assert request.membership.bar_group_ids()


def test_whoever_works_for_two_agencies_chooses_and_comes_back_to_the_page(cast):
    other = second_work(cast.administrator, cast.police_officer.agency, "administrator")
    client = without_choice(cast.administrator)
    response = client.get("/people/?role=idva")
    assert response["Location"] == "/agencies/choose/?next=%2Fpeople%2F%3Frole%3Didva"
    page = client.get(response["Location"])
    assert b"Brightwater Advocacy" in page.content
    assert b"Northmoor Police" in page.content
    following = {"membership": str(other.pk), "next": "/people/?role=idva"}
    assert client.post(HERE, following)["Location"] == "/people/?role=idva"
    people = client.get(PAGE)
    assert people.wsgi_request.membership == other
    assert b"Petra Invented" in people.content
    assert b"Ida Fictional" not in people.content
    assert b"Switch agency" in people.content


@pytest.mark.parametrize(
    "bad", ["//evil.example.org/", "https://evil.example.org/", "evil.example.org", "/\\evil", ""]
)
def test_choosing_leads_to_pages_of_this_site_only(cast, bad, settings):
    client = signed_in_client(cast.administrator)
    response = client.post(HERE, {"membership": str(cast.administrator.pk), "next": bad})
    assert response["Location"] == "/"


def test_somebody_elses_membership_cannot_be_chosen(cast):
    second_work(cast.administrator, cast.police_officer.agency, "administrator")
    client = without_choice(cast.administrator)
    response = client.post(HERE, {"membership": str(cast.idva.pk)})
    assert response.status_code == 200
    assert "membership_id" not in client.session


def test_somebody_elses_membership_in_the_session_ends_it(cast):
    client = signed_in_client(cast.administrator)
    session = client.session
    session["membership_id"] = str(cast.idva.pk)
    session.save()
    assert client.get(PAGE)["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_no_current_work_is_told_plainly_and_one_can_leave(cast):
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(pk=cast.idva.pk).update(ends_on=yesterday)
    client = without_choice(cast.idva)
    page = client.get(PAGE)
    assert page.status_code == 403
    assert b"no current work" in page.content
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("how", ["last_day", "at_once", "user", "agency"])
def test_work_that_has_ended_ends_the_session(cast, how):
    client = signed_in_client(cast.administrator)
    assert client.get(PAGE).status_code == 200
    row = Membership.objects.select_related("user", "agency").get(pk=cast.administrator.pk)
    match how:
        case "last_day":
            row.ends_on = timezone.localdate() - timedelta(days=1)
        case "at_once":
            row.ended_at = timezone.now()
        case "user":
            row.user.is_active = False
        case "agency":
            row.agency.is_active = False
    row.save()
    row.user.save()
    row.agency.save()
    response = client.get(PAGE)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    if how != "user":
        assert words(response) == ["Your work for this agency has ended, so you have been signed out."]
        assert "_auth_user_id" not in client.session
    assert not response.wsgi_request.user.is_authenticated


def test_work_counts_on_its_first_and_last_day(cast):
    today = timezone.localdate()
    for starts, ends, works in [
        (0, None, True),
        (1, None, False),
        (-5, 0, True),
        (-5, -1, False),
        (-5, 3, True),
    ]:
        row = Membership(
            user=cast.idva.user,
            agency=cast.idva.agency,
            role="idva",
            starts_on=today + timedelta(days=starts),
            ends_on=None if ends is None else today + timedelta(days=ends),
        )
        row.save()
        assert row.is_active() is works
        assert Membership.objects.active().filter(pk=row.pk).exists() is works


def test_a_role_that_sees_case_data_sets_up_its_second_step_first(cast):
    Authenticator.objects.filter(user=cast.administrator.user).delete()
    client = without_choice(cast.administrator)
    session = client.session
    del session["account_authentication_methods"]
    session.save()
    response = client.get("/people/?role=idva")
    assert response["Location"] == "/accounts/2fa/totp/activate/?next=%2Fpeople%2F%3Frole%3Didva"
    for reachable in ["/accounts/reauthenticate/", "/agencies/choose/", "/health/"]:
        assert client.get(reachable).status_code in {200, 503}, reachable
    for closed in [
        "/",
        "/people/",
        "/accounts/2fa/",
        "/accounts/password/change/",
        "/accounts/sessions/",
        "/no-page/",
    ]:
        assert client.get(closed)["Location"].startswith("/accounts/2fa/totp/activate/"), closed
    assert client.post("/people/invite/", {"email": "x@example.org"}).status_code == 302


def test_a_role_without_case_data_needs_no_second_step(cast):
    Authenticator.objects.filter(user=cast.commissioner.user).delete()
    client = signed_in_client(cast.commissioner)
    assert client.get(HERE).wsgi_request.membership == cast.commissioner


def test_a_session_that_has_not_shown_the_second_step_never_acts(cast):
    client = signed_in_client(cast.idva)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0}]
    session.save()
    response = client.get("/people/")
    assert response["Location"] == "/accounts/login/?next=%2Fpeople%2F"
    assert response.wsgi_request.membership is None
    assert "_auth_user_id" not in client.session


def test_the_second_step_of_another_user_does_not_count(cast):
    client = signed_in_client(cast.idva)
    session = client.session
    session["account_authentication_methods_user"] = str(cast.social_worker.user_id)
    session.save()
    assert client.get("/people/")["Location"].startswith("/accounts/login/")


def test_programs_are_told_in_json(cast, browser):
    asks = {"headers": {"accept": "application/json"}}
    assert browser.get("/people/", **asks).status_code == 401
    assert browser.get("/api/anything/").status_code == 401
    assert browser.get("/people/", headers={"accept": "text/html, application/json"}).status_code == 302
    assert browser.get("/accounts/login/", **asks).status_code == 200
    Membership.objects.filter(pk=cast.idva.pk).update(ended_at=timezone.now())
    assert without_choice(cast.idva).get("/people/", **asks).json()["detail"]
    assert without_choice(cast.idva).get("/people/", **asks).status_code == 403
    assert signed_in_client(cast.idva).get("/people/", **asks).status_code == 401


def test_htmx_moves_the_whole_page(cast):
    client = without_choice(cast.idva)
    Membership.objects.create(user=cast.idva.user, agency=cast.police_officer.agency, role="referrer")
    response = client.get("/people/", headers={"hx-request": "true"})
    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/agencies/choose/")
