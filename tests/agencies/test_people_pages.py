"""The pages of an agency's administrator, and the public page of an invitation."""

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from dacase.agencies.models import Invitation, Membership
from dacase.agencies.selectors.people import colleagues, people, teams, waiting_invitations
from dacase.agencies.services import invitation as services
from dacase.walls.context import acting_as
from tests.cast import signed_in_client

PEOPLE, INVITE = "/people/", "/people/invite/"
PASSWORD = "three-random-words-here"
ADVOCACY = {
    "Ida Fictional", "Manda Fictional", "Audra Made-Up", "Barry Supposed", "Addie Invented", "Hazel Fictional",
    "Ivy Pretend", "Juniper Imagined", "Kale Supposed", "Larch Made-Up",
}  # fmt: skip


@pytest.fixture
def admin(cast):
    return signed_in_client(cast.administrator)


def invite(cast, **changes):
    fields = {"name": "Nora New", "email": "nora.new@example.org", "role": "idva"} | changes
    with acting_as(cast.administrator):
        return services.invite_colleague(actor=cast.administrator, **fields)


def text(page):
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.content.decode())))


def title(page):
    return re.search(r"<title>\s*(.*?)\s*</title>", page.content.decode(), re.DOTALL)[1]


def submission(page):
    return re.search(r'name="submission" value="([^"]+)"', page.content.decode())[1]


def words(response):
    return [str(one) for one in get_messages(response.wsgi_request)]


def test_people_are_those_of_the_own_agency(cast):
    assert {row.user.name for row in people(cast.administrator)} == ADVOCACY
    assert {row.user.name for row in people(cast.outsider)} == {"Otto Elsewhere"}
    assert not set(colleagues(cast.administrator)) & set(colleagues(cast.police_officer))
    assert {team.name for team in teams(cast.administrator)} == {"IDVA", "Outreach"}


def test_filters_by_role_and_state(cast):
    today = timezone.localdate()

    def named(**filters):
        return {row.user.name for row in people(cast.administrator, **filters)}

    Membership.objects.filter(pk=cast.idva.pk).update(ends_on=today + timedelta(days=3))
    Membership.objects.filter(pk=cast.auditor.pk).update(ended_at=timezone.now(), ends_on=today)
    Membership.objects.filter(pk=cast.barred_colleague.pk).update(starts_on=today + timedelta(days=2))
    assert named(state="current") == ADVOCACY - {"Audra Made-Up", "Barry Supposed"}
    assert named(state="ending") == {"Ida Fictional"}
    assert named(state="later") == {"Barry Supposed"}
    assert named(state="ended") == {"Audra Made-Up"}
    assert named(role="idva_manager") == {"Manda Fictional"}
    assert named(state="") == ADVOCACY


def test_the_list_shows_colleagues_invitations_and_second_steps(admin, cast, django_assert_max_num_queries):
    invite(cast)
    admin.get(PEOPLE)
    with django_assert_max_num_queries(12):
        page = admin.get(PEOPLE)
    assert {name for name in ADVOCACY if name in text(page)} >= ADVOCACY
    assert "Petra Invented" not in text(page)
    assert "Nora New" in text(page)
    assert title(page) == "People – DACase"
    assert "Audra Made-Up" in text(admin.get(f"{PEOPLE}?role=auditor"))
    assert "Ida Fictional" not in text(admin.get(f"{PEOPLE}?role=auditor"))
    assert "Nothing matches" in text(admin.get(f"{PEOPLE}?state=ended"))
    assert admin.get(f"{PEOPLE}?role=x&state=y&after=z").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three_invitations(
    admin, cast, count, django_assert_num_queries
):
    for number in range(count):
        invite(cast, email=f"nora{number}@example.org")
    admin.get(PEOPLE)
    with django_assert_num_queries(11):
        admin.get(PEOPLE)


@pytest.mark.parametrize("path", ["", "{pk}/", "{pk}/end/", "{pk}/second-step/", "invite/"])
def test_every_page_keeps_its_query_budget_and_a_neutral_title(
    admin, cast, path, django_assert_max_num_queries
):
    address = PEOPLE + path.format(pk=cast.idva.pk)
    admin.get(address)
    with django_assert_max_num_queries(12):
        page = admin.get(address)
    assert page.status_code == 200
    assert "Ida" not in title(page)


@pytest.mark.parametrize("key", ["idva", "police_officer", "commissioner", "auditor", "outsider"])
@pytest.mark.parametrize("path", ["", "invite/", "{pk}/", "{pk}/end/", "{pk}/second-step/"])
def test_other_roles_are_told_that_they_may_not(cast, sign_in, key, path):
    assert sign_in(getattr(cast, key)).get(PEOPLE + path.format(pk=cast.idva.pk)).status_code == 403


@pytest.mark.parametrize("path", ["{pk}/", "{pk}/end/", "{pk}/second-step/", "{pk}/end/undo/"])
def test_people_of_other_agencies_look_as_if_they_did_not_exist(admin, cast, path):
    for pk in (cast.police_officer.pk, uuid4()):
        address = PEOPLE + path.format(pk=pk)
        if not path.endswith("undo/"):
            assert admin.get(address).status_code == 404
        assert admin.post(address, {"when": "now"}).status_code == 404
    assert Membership.objects.get(pk=cast.police_officer.pk).is_active()


def test_inviting_through_the_page(admin, cast):
    form = admin.get(INVITE)
    typed = {
        "name": "Nora New",
        "email": "nora.new@example.org",
        "role": "idva",
        "submission": submission(form),
    }
    for _ in range(2):
        response = admin.post(INVITE, typed)
        assert response["Location"] == PEOPLE
    assert set(words(response)) == {
        "The invitation goes to nora.new@example.org now. Its link is good for 7 days."
    }
    row = Invitation.objects.get()
    page = admin.get(f"{PEOPLE}invitations/{row.pk}/")
    assert "nora.new@example.org" in text(page)
    assert admin.post(f"{PEOPLE}invitations/{row.pk}/send-again/")["Location"] == PEOPLE
    assert admin.post(f"{PEOPLE}invitations/{row.pk}/withdraw/")["Location"] == PEOPLE
    assert admin.get(f"{PEOPLE}invitations/{row.pk}/").status_code == 404
    assert not waiting_invitations(cast.administrator).exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Enter their name"),
        (
            {"name": "N", "email": "no-address", "role": "idva"},
            "Enter an email address in the correct format",
        ),
        ({"name": "N", "email": "n@example.org"}, "Select their role"),
        ({"name": "N", "email": "idva@example.org", "role": "idva"}, "works for your agency already"),
        (
            {"name": "x" * 1_000_000, "email": "n@example.org", "role": "idva"},
            "must be 120 characters or fewer",
        ),
        ({"name": "a\x00b", "email": "n@example.org", "role": "idva"}, "cannot be stored"),
        ({"name": "N", "email": "n@example.org", "role": "front_door"}, "select one of the answers"),
        (
            {"name": "N", "email": "n@example.org", "role": "idva", "team": "not-a-team"},
            "select one of the answers",
        ),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(admin, cast, typed, said):
    page = admin.post(INVITE, {"submission": str(uuid4())} | typed)
    assert page.status_code == 200
    assert said in text(page)
    assert not Invitation.objects.exists()


def test_another_agencys_team_is_no_choice(admin, cast):
    team = cast.police_officer.team
    typed = {
        "name": "N",
        "email": "n@example.org",
        "role": "idva",
        "team": str(team.pk),
        "submission": str(uuid4()),
    }
    assert "select one of the answers" in text(admin.post(INVITE, typed))


def test_changing_a_role_and_the_second_of_two_who_save(admin, cast):
    address = f"{PEOPLE}{cast.idva.pk}/"
    assert admin.post(address, {"role": "referrer", "team": "", "version": 1})["Location"] == PEOPLE
    page = admin.post(address, {"role": "idva_manager", "team": "", "version": 1})
    assert "Addie Invented saved this page while you were typing" in text(page)
    assert "Referrer" in text(page)
    version = re.search(r'name="version" value="(\d+)"', page.content.decode())[1]
    assert admin.post(address, {"role": "idva_manager", "team": "", "version": version})["Location"] == PEOPLE
    assert Membership.objects.get(pk=cast.idva.pk).role == "idva_manager"


def test_ending_work_through_the_pages(admin, cast):
    address = f"{PEOPLE}{cast.idva.pk}/end/"
    day = timezone.localdate() + timedelta(days=30)
    typed = {"when": "later", "last_day_day": day.day, "last_day_month": day.month, "last_day_year": day.year}
    assert admin.post(address, typed)["Location"] == PEOPLE
    assert Membership.objects.get(pk=cast.idva.pk).ends_on == day
    assert "Take the end back" in text(admin.get(f"{PEOPLE}{cast.idva.pk}/"))
    assert admin.post(f"{PEOPLE}{cast.idva.pk}/end/undo/")["Location"] == f"{PEOPLE}{cast.idva.pk}/"
    assert admin.post(address, {"when": "now"})["Location"] == PEOPLE
    assert not Membership.objects.get(pk=cast.idva.pk).is_active()
    assert "This work has ended" in text(admin.get(f"{PEOPLE}{cast.idva.pk}/"))
    assert "has ended already" in text(admin.post(address, {"when": "now"}))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Select when the work ends"),
        ({"when": "later"}, "Enter the last day"),
        (
            {"when": "later", "last_day_day": "31", "last_day_month": "2", "last_day_year": "2030"},
            "must be a real date",
        ),
        (
            {"when": "later", "last_day_day": "1", "last_day_month": "2", "last_day_year": "2020"},
            "today or in the future",
        ),
        (
            {"when": "later", "last_day_day": "\x00", "last_day_month": "2", "last_day_year": "x" * 100_000},
            "real date",
        ),
    ],
)
def test_an_end_that_cannot_be_is_refused_beside_its_field(admin, cast, typed, said):
    page = admin.post(f"{PEOPLE}{cast.idva.pk}/end/", {"csrfmiddlewaretoken": "x"} | typed)
    assert said in text(page)
    assert Membership.objects.get(pk=cast.idva.pk).ends_on is None


def test_own_work_has_no_form(admin, cast):
    page = admin.get(f"{PEOPLE}{cast.administrator.pk}/")
    assert "This is your own work" in text(page)
    assert 'name="role"' not in page.content.decode()
    refused = admin.post(f"{PEOPLE}{cast.administrator.pk}/end/", {"when": "now"})
    assert "cannot do this to your own work" in text(refused)
    refused = admin.post(f"{PEOPLE}{cast.administrator.pk}/second-step/")
    assert words(refused) == [
        "You cannot do this to your own work. Ask another administrator of your agency."
    ]


def test_resetting_a_second_step_asks_to_make_sure_first(admin, cast):
    address = f"{PEOPLE}{cast.idva.pk}/second-step/"
    assert "Make sure that it is them" in text(admin.get(address))
    assert "been sent an email" in words(admin.post(address))[0]


def link(row):
    return f"/invitation/{services.token_of(row)}/"


def test_somebody_new_comes_in_and_signs_in(browser, cast, django_assert_max_num_queries):
    row = invite(cast)
    with django_assert_max_num_queries(12):
        page = browser.get(link(row))
    assert "Addie Invented has invited you to work with Brightwater Advocacy as IDVA" in text(page)
    assert title(page) == "Your invitation – DACase"
    assert "abuse" not in text(page).lower()
    assert page["Cache-Control"] == "no-store, private"
    answer = browser.post(link(row), {"name": "Nora Newer", "password": PASSWORD, "again": PASSWORD})
    assert answer["Location"] == "/accounts/login/"
    assert "Your account is ready" in text(browser.get("/accounts/login/"))
    signed_in = browser.post(
        "/accounts/login/", {"login": row.email, "password": PASSWORD, "next": "/cases/"}
    )
    assert signed_in["Location"] == "/cases/"
    assert browser.get("/cases/")["Location"].startswith("/accounts/2fa/totp/activate/")
    assert browser.get(link(row)).status_code == 410


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Enter your name"),
        ({"name": "N", "password": PASSWORD, "again": "other"}, "The two passwords are not the same"),
        ({"name": "N", "password": "short", "again": "short"}, "too short"),
        ({"name": "N", "password": "password1234", "again": "password1234"}, "too common"),
        ({"name": "N", "password": "nora.new@example.org", "again": "nora.new@example.org"}, "too similar"),
        ({"name": "\x00", "password": PASSWORD, "again": PASSWORD}, "cannot be stored"),
        ({"name": "N", "password": "x" * 1_000_000, "again": "x" * 1_000_000}, "500 characters or fewer"),
        ({"name": "x" * 1_000_000, "password": PASSWORD, "again": PASSWORD}, "120 characters or fewer"),
    ],
)
def test_a_name_or_password_that_will_not_do_is_said(browser, cast, typed, said):
    row = invite(cast)
    page = browser.post(link(row), {"csrfmiddlewaretoken": "x"} | typed)
    assert page.status_code == 200
    assert said in text(page)
    assert waiting_invitations(cast.administrator).filter(pk=row.pk).exists()


@pytest.mark.parametrize("token", ["x", "\x00", "x" * 5000, "%F0%9F%98%80", "..%2F"])
def test_a_link_that_was_never_sent_is_answered_plainly(browser, db, token):
    assert browser.get(f"/invitation/{token}/").status_code in {404, 410}


def test_somebody_with_an_account_signs_in_first_and_joins(browser, cast):
    row = invite(cast, email=cast.police_officer.user.email)
    page = browser.get(link(row))
    assert "You have an account already" in text(page)
    assert 'name="password"' not in page.content.decode()
    assert browser.post(link(row), {"name": "T", "password": PASSWORD, "again": PASSWORD}).status_code == 200
    assert not Membership.objects.filter(user=cast.police_officer.user, agency=cast.idva.agency).exists()
    client = signed_in_client(cast.police_officer)
    assert "Work with Brightwater Advocacy" in text(client.get(link(row)))
    assert client.post(link(row))["Location"] == "/agencies/choose/"
    assert "Brightwater Advocacy – IDVA" in text(client.get("/agencies/choose/"))


def test_an_invitation_of_somebody_else_is_not_accepted(cast):
    row = invite(cast)
    client = signed_in_client(cast.police_officer)
    assert "for somebody else" in text(client.get(link(row)))
    assert client.post(link(row)).status_code == 409
    assert waiting_invitations(cast.administrator).filter(pk=row.pk).exists()
