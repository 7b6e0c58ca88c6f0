"""The public pages: what they leave behind, what they refuse, what they say."""

import uuid

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dacase.jobs.models import OutboxMessage
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from referrals.models import PublicReferral, Referral
from referrals.services.public_referral import TASK
from tests.referrals.builders import send

SUBJECT = ("abuse", "violence", "victim", "domestic", "referral", "dacase", "refuge", "case")
PAGES = ["/hello/", "/hello/sent/0/", "/hello/sent/1/", "/hello/sent/4/"]


def typed(**changes):
    return {
        "submission": str(uuid.uuid4()),
        "phone": "07700 900321",
        "ways": ["safe_to_call"],
        "safe_times": "Mondays",
        "called": "Wren",
        "wishes": ["talk"],
        "words": "Invented.",
    } | changes


def partners(**changes):
    rows = {
        f"{name}-{key}": value
        for name in ("perpetrators", "children")
        for key, value in {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0}.items()
    }
    return (
        rows
        | {
            "submission": str(uuid.uuid4()),
            "phone": "07700 900321",
            "ways": ["safe_to_call"],
            "what_happened": "Invented.",
            "priority": "high",
            "family_name": "Testcase",
            "victim_aware": "yes",
            "consent": "given",
            "sender_name": "Gale Invented",
            "sender_job": "Nurse",
            "organisation": "Moorside Surgery",
            "kind": "primary_care",
            "sender_phone": "07700 900555",
        }
        | changes
    )


BORN_1900 = {"date_of_birth_day": "1", "date_of_birth_month": "1", "date_of_birth_year": "1900"}
ROW_1900 = {f"children-0-{name}": value for name, value in (BORN_1900 | {"family_name": "Testcase"}).items()}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ways": ["safe_to_leave_message"]}, "Leaving a message is only safe"),
        (BORN_1900, "Date of birth must be within the last 120 years"),
        (ROW_1900, "Date of birth must be within the last 120 years"),
    ],
)
def test_what_could_not_be_taken_in_is_said_before_it_is_sent(cast, client, changes, said):
    page = client.post(reverse("referrals:partners"), partners(**changes)).content.decode()
    assert said in page
    assert letters(cast) == []


def letters(cast):
    with acting_as(cast.front_door_worker):
        return list(PublicReferral.objects.all())


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_the_page_says_what_it_is_about_or_stays(db, client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert not response.cookies
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "no-referrer"
    page = response.content.decode().lower()
    head = page[: page.index("</head>")] + path + str(dict(response.headers)).lower()
    for word in SUBJECT:
        assert word not in head.replace("cache", "").replace("initial-scale", ""), word
        assert word not in page.replace("lowercase", ""), word
    assert 'autocomplete="on"' not in page


def test_the_page_after_sending_asks_the_browser_to_forget(db, client):
    assert client.get("/hello/sent/1/")["Clear-Site-Data"] == '"cache", "storage"'
    left = client.get("/hello/leave/")
    assert left.status_code == 302
    assert left["Location"].startswith("https://")
    assert left["Clear-Site-Data"] == '"storage"'
    assert left["Referrer-Policy"] == "no-referrer"
    assert "We will read what you wrote" in client.get("/hello/sent/9/").content.decode()


def test_asking_for_help_needs_no_cookie_and_leads_on(cast):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/hello/", typed())
    assert (response.status_code, response["Location"]) == (303, "/hello/sent/1/")
    assert not client.cookies
    (one,) = letters(cast)
    assert one.body["contact"]["safe_times"] == "Mondays"
    assert one.body["people"][0]["given_name"] == "Wren"
    assert one.body["what_happened"] == "Asks for help with: Somebody to talk to.\n\nInvented."
    assert OutboxMessage.objects.filter(task=TASK).count() == 1


def test_a_double_click_is_one(cast, client):
    page = typed()
    assert [client.post("/hello/", page).status_code for _ in range(2)] == [303, 303]
    assert len(letters(cast)) == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"phone": ""}, "phone", "Enter the phone number that we may use"),
        ({"phone": "nonsense"}, "phone", "Enter a phone number"),
        ({"ways": []}, "ways", "Tick how we may use"),
        ({"ways": ["safe_to_write"]}, "email", "Enter the email address"),
        ({"ways": ["safe_to_leave_message"]}, "ways", "To leave you a message"),
        ({"called": "x" * 1_000_000}, "called", "must be 100 characters or fewer"),
        ({"words": "a\x00b"}, "words", "cannot be stored"),
        ({"submission": "x"}, "submission", "Send it again"),
        ({"phone": "", "ways": [], "wishes": [], "words": ""}, "words", "Tell us how to get in touch"),
    ],
)
def test_bad_input_is_said_beside_the_field_and_nothing_is_kept(cast, client, changes, field, words):
    response = client.post("/hello/", typed(**changes))
    assert response.status_code == 200
    assert words in " ".join(response.context["form"].errors[field])
    assert not letters(cast)
    assert not OutboxMessage.objects.exists()


def test_no_way_to_get_in_touch_is_taken_in_too(cast, client):
    response = client.post("/hello/", typed(phone="", ways=[], soon="yes"))
    assert response["Location"] == "/hello/sent/0/"
    assert letters(cast)[0].body["priority"] == "high"


def test_far_too_long_a_message_is_answered_on_the_same_quiet_page(cast, client):
    response = client.post("/hello/", typed(words="x" * 3_000_000))
    assert response.status_code == 400
    assert "That was too long" in response.content.decode()


def test_a_program_that_fills_every_box_is_asked_again_and_nothing_is_lost(cast, client):
    response = client.post("/hello/", typed(web_page="https://example.org"))
    assert "press the button again" in response.content.decode()
    assert "https://example.org" not in response.content.decode()
    assert not letters(cast)


def test_a_form_of_another_site_is_refused(cast, client):
    assert client.post("/hello/", typed(), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert client.post("/hello/", typed(), headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303
    assert len(letters(cast)) == 1


def test_one_address_sends_only_so_much_and_keeps_what_it_typed(cast, client, settings):
    settings.PUBLIC_RATE_LIMITS = {"hello": "1/h/ip"}
    client.post("/hello/", typed())
    again = client.post("/hello/", typed(words="Something else."))
    assert "Many messages have come from here" in again.content.decode()
    assert "Something else." in again.content.decode()
    assert len(letters(cast)) == 1


def test_somebody_signed_in_sends_it_no_differently(cast, sign_in):
    assert sign_in(cast.idva).post("/hello/", typed()).status_code == 303
    assert len(letters(cast)) == 1


def test_a_professional_without_an_account_sends_a_referral(cast, client):
    assert client.get("/partners/refer/").status_code == 200
    response = client.post("/partners/refer/", partners())
    assert response["Location"] == "/partners/refer/sent/"
    (one,) = letters(cast)
    assert one.body["outside"]["organisation"] == "Moorside Surgery"
    assert "call" in client.get("/partners/refer/sent/").content.decode()


def test_the_professionals_page_names_what_is_missing_and_keeps_the_rest(cast, client):
    response = client.post("/partners/refer/", partners(organisation="", kind="commissioner"))
    assert set(response.context["form"].errors) == {"organisation", "kind"}
    assert "Gale Invented" in response.content.decode()
    assert not letters(cast)
    more = client.post("/partners/refer/", partners(add="children"))
    assert "children-1-family_name" in more.content.decode()


def test_the_professionals_page_wants_its_token(db):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/partners/refer/", partners()).status_code == 403


def test_the_front_door_reads_what_could_not_be_taken_in(cast, sign_in, client):
    client.post("/hello/", typed(soon="yes"))
    (one,) = letters(cast)
    with acting_as(cast.front_door_worker):
        PublicReferral.objects.update(refused_at="2026-01-01T00:00Z")
    worker = sign_in(cast.front_door_worker)
    assert "Messages to read by hand" in worker.get("/").content.decode()
    assert (
        reverse("referrals:letter", args=[one.pk])
        in worker.get(reverse("referrals:letters")).content.decode()
    )
    page = worker.get(reverse("referrals:letter", args=[one.pk])).content.decode()
    assert "Wren" in page
    assert "07700 900321" in page
    assert "High: somebody may be in danger now" in page
    worker.post(reverse("referrals:letter_settle", args=[one.pk]))
    assert "Messages to read by hand" not in worker.get("/").content.decode()


def outside_referral(cast, client):
    client.post("/partners/refer/", partners())
    (one,) = letters(cast)
    run_message(OutboxMessage.objects.get(key=f"letter-{one.pk}").pk)
    with acting_as(cast.front_door_worker):
        return Referral.objects.get(submission=one.pk)


def test_the_front_door_is_told_to_call_back_and_offered_nothing_before(cast, sign_in, client):
    referral = outside_referral(cast, client)
    worker = sign_in(cast.front_door_worker)
    assert "Call back the sender first" in worker.get("/referrals/queue/").content.decode()
    page = worker.get(f"/referrals/{referral.pk}/triage/").content.decode()
    assert "Do not call it first" in page
    assert f"/referrals/{referral.pk}/open-case/" not in page
    assert f"/referrals/{referral.pk}/return/" not in page
    refused = worker.post(f"/referrals/{referral.pk}/open-case/", {"version": 1})
    assert "Call back the sender first" in refused.content.decode()


def test_a_call_back_is_recorded_on_its_page(cast, sign_in, client):
    referral = outside_referral(cast, client)
    worker, where = sign_in(cast.front_door_worker), f"/referrals/{referral.pk}/call-back/"
    wrong = worker.post(where, {"version": 1, "number_found": "", "outcome": "in_danger"})
    assert set(wrong.context["form"].errors) == {"number_found"}
    wrong = worker.post(where, {"version": 1, "number_found": "Website", "outcome": "in_danger"})
    assert set(wrong.context["form"].errors) == {"note"}
    keep = reverse("cases:draft_save") + f"?for={where}"
    worker.post(keep, {"version": 1, "number_found": "The council’s own list"})
    assert "The council’s own list" in worker.get(where).content.decode()
    said = {"version": 1, "number_found": "Website", "outcome": "confirmed"}
    assert worker.post(where, said).status_code == 302
    assert worker.post(where, said).status_code == 302
    stale = sign_in(cast.mash_gorse).post(where, said | {"outcome": "not_known"})
    assert "saved this page while you were typing" in stale.content.decode()
    page = worker.get(f"/referrals/{referral.pk}/triage/").content.decode()
    assert f"/referrals/{referral.pk}/open-case/" in page


def test_a_referral_of_an_agency_has_nobody_to_call_back(cast, sign_in):
    referral = send(cast.police_officer)
    where = f"/referrals/{referral.pk}/call-back/"
    assert sign_in(cast.front_door_worker).get(where).status_code == 404
    assert sign_in(cast.idva).get(where).status_code == 403


def test_the_queue_costs_the_same_with_one_outside_sender_and_with_three(cast, sign_in, client):
    worker, counts = sign_in(cast.front_door_worker), []
    worker.get("/referrals/queue/")  # the first page of a session also writes the session
    for _ in range(3):
        client.post("/partners/refer/", partners())
        for message in OutboxMessage.objects.unfinished().filter(task=TASK):
            run_message(message.pk)
        with CaptureQueriesContext(connection) as asked:
            worker.get("/referrals/queue/")
        counts.append(len(asked))
    assert counts[0] == counts[2] <= 12


def broken(error):
    def raises(*args, **kwargs):
        raise error

    return raises


def test_a_lost_cache_loses_no_message(cast, client, monkeypatch):
    monkeypatch.setattr("referrals.views.public_referral.consume", broken(ConnectionError()))
    assert client.post("/hello/", typed()).status_code == 303
    assert client.post("/partners/refer/", partners()).status_code == 302
    assert len(letters(cast)) == 2


def test_an_error_page_of_the_public_page_is_as_quiet(db, client, monkeypatch):
    monkeypatch.setattr("referrals.views.public_referral.HelloForm", None)
    client.raise_request_exception = False
    for path, status in {"/hello/": 500, "/hello/nowhere/": 404}.items():
        answer = client.get(path)
        assert answer.status_code == status
        page = answer.content.decode()
        assert "This did not work" in page
        assert "Exit this page" in page
        assert not [word for word in SUBJECT if word in page.lower()]
        assert not answer.cookies
    assert "Page not found" in client.get("/nowhere/").content.decode()


def test_where_the_database_cannot_keep_it_the_words_stay_on_the_page(cast, client, monkeypatch):
    monkeypatch.setattr("referrals.services.public_referral.enqueue", broken(OperationalError()))
    for path, page in (("/hello/", typed()), ("/partners/refer/", partners())):
        answer = client.post(path, page).content.decode()
        assert "could not take this in just now" in answer
        assert "Invented." in answer
    assert not letters(cast)
