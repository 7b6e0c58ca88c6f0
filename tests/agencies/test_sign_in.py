"""Signing in through the pages, as a person does, and as somebody else tries to."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.db import connections
from django.test import Client

from dacase.agencies.models import User
from dacase.agencies.partnership import DEMO_PASSWORD
from dacase.audit.models import Event
from dacase.jobs.models import OutboxMessage
from dacase.walls.context import acting_as
from tests.agencies.conftest import code_for, give_password
from tests.cast import Cast

LOGIN, SECOND, HERE = "/accounts/login/", "/accounts/2fa/authenticate/", "/agencies/choose/"
TOO_MANY = b"too many tries"


def is_in(client):
    return "_auth_user_id" in client.session


def verbs_of(membership):
    with acting_as(membership):
        return list(Event.objects.order_by("at").values_list("verb", flat=True))


def from_office(address):
    return {"REMOTE_ADDR": address}


def test_both_steps_lead_to_the_page_that_was_asked_for(walk_in, cast):
    assert walk_in.get(HERE)["Location"] == f"{LOGIN}?next={HERE}"
    response = walk_in.walk_in(cast.idva, HERE)
    assert (response.status_code, response["Location"]) == (302, HERE)
    page = walk_in.get(HERE)
    assert page.wsgi_request.membership == cast.idva
    assert verbs_of(cast.idva) == ["signed_in"]
    walk_in.post("/accounts/logout/")
    assert not is_in(walk_in)
    assert verbs_of(cast.idva) == ["signed_in", "signed_out"]


def test_the_password_alone_opens_nothing(browser, cast):
    assert give_password(browser, cast.idva.user.email)["Location"] == SECOND
    assert not is_in(browser)
    for path in [
        HERE,
        "/people/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/password/change/",
    ]:
        assert browser.get(path)["Location"].startswith(LOGIN), path
    assert browser.get(HERE).wsgi_request.membership is None


def test_a_wrong_password_says_neither_which_was_wrong_nor_whether_there_is_an_account(browser, cast):
    known = give_password(browser, cast.idva.user.email, "wrong-password-1")
    unknown = give_password(browser, "nobody@example.org", "wrong-password-1")
    assert known.status_code == unknown.status_code == 200
    clean = [
        re.sub(rb'(csrf[^>]*value="|X-CSRFToken": ")[^"]*|value="[^"]*@[^"]*"', b"", one.content)
        for one in (known, unknown)
    ]
    assert clean[0] == clean[1]
    assert verbs_of(cast.idva) == ["sign_in_failed"]


def test_what_an_unknown_address_tried_is_written_and_read_by_nobody(committed, browser):
    give_password(browser, "nobody@example.org", "wrong-password-1")
    for membership in Cast().all():
        with acting_as(membership):
            assert not Event.objects.exists()
    row = Event.objects.using("owner").get()
    assert (row.verb, row.agency_id, row.case_id, row.actor_id, row.data) == (
        "sign_in_failed",
        None,
        None,
        None,
        {"ip": "127.0.0.1"},
    )


def test_five_wrong_passwords_lock_one_account_and_no_office(cast):
    office = [Client(**from_office("192.0.2.7")) for _ in range(3)]
    for _ in range(5):
        assert TOO_MANY not in give_password(office[0], cast.idva.user.email, "wrong-password-1").content
    for _ in range(20):
        assert TOO_MANY in give_password(office[0], cast.idva.user.email, DEMO_PASSWORD).content
    assert not is_in(office[0])
    elsewhere = Client(**from_office("198.51.100.9"))
    assert TOO_MANY in give_password(elsewhere, cast.idva.user.email.upper(), DEMO_PASSWORD).content
    assert give_password(office[1], cast.social_worker.user.email)["Location"] == SECOND
    assert verbs_of(cast.idva).count("sign_in_failed") == 5
    assert verbs_of(cast.idva).count("sign_in_locked") == 21


def test_one_address_that_tries_many_accounts_is_stopped(cast, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/10m/key,12/10m/ip"}
    thief = Client(**from_office("192.0.2.66"))
    answers = [give_password(thief, f"guess{number}@example.org", "Summer2026!!") for number in range(14)]
    assert [TOO_MANY in one.content for one in answers] == [False] * 12 + [True] * 2


def test_a_forged_forwarding_header_does_not_escape_the_limit(cast, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "50/10m/key,3/10m/ip"}
    for count, expected in [(0, True), (1, True)]:
        cache.clear()
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = count
        # The proxy appends the address it saw; what stands before it is the client's own claim.
        answers = [
            Client(
                **from_office("192.0.2.66"), headers={"x-forwarded-for": f"203.0.113.{n}, 192.0.2.50"}
            ).post(LOGIN, {"login": f"guess{n}@example.org", "password": "Summer2026!!"})
            for n in range(4)
        ]
        assert (TOO_MANY in answers[-1].content) is expected


def test_wrong_codes_are_limited_and_written_down(browser, cast):
    give_password(browser, cast.idva.user.email)
    answers = [browser.post(SECOND, {"code": "000000"}) for _ in range(7)]
    assert all(one.status_code == 200 for one in answers)
    assert TOO_MANY in answers[-1].content
    assert TOO_MANY in browser.post(SECOND, {"code": code_for(cast.idva.user)}).content
    assert not is_in(browser)
    assert verbs_of(cast.idva) == ["second_step_failed"] * 5 + ["sign_in_locked"] * 3


def test_a_code_works_once_also_when_the_cache_has_forgotten_it(browser, cast):
    user = cast.idva.user
    code = code_for(user)
    give_password(browser, user.email)
    assert browser.post(SECOND, {"code": code}).status_code == 302
    cache.clear()
    other = Client()
    give_password(other, user.email)
    assert b"used already" in other.post(SECOND, {"code": code}).content
    assert not is_in(other)
    assert other.post(SECOND, {"code": code_for(user)}).status_code == 302
    assert is_in(other)


def test_an_older_code_does_not_work_after_a_newer_one(browser, cast):
    from dacase.agencies.forms.second_factor import unused_counters, use_code

    authenticator = Authenticator.objects.get(user=cast.idva.user, type="totp")
    secret = TOTP(authenticator).instance.wrap() and __import__(
        "allauth.mfa.utils", fromlist=["decrypt"]
    ).decrypt(authenticator.data["secret"])
    codes = [format_hotp_value(hotp_value(secret, counter)) for counter in unused_counters(authenticator)]
    assert len(codes) == 3
    assert use_code(authenticator, codes[1])
    assert not use_code(authenticator, codes[0])
    assert use_code(authenticator, codes[2])


def test_fifty_uses_of_one_code_at_once_let_one_in(committed):
    user = Cast().idva.user
    clients = [Client() for _ in range(50)]
    for client in clients[:4]:
        give_password(client, user.email)
    pending = [dict(client.session.items()) for client in clients[:4]]
    # Four password steps stand for fifty: hashing is slow on purpose, and the race is in the second step.
    for number, client in enumerate(clients[4:]):
        session = client.session
        session.update(pending[number % 4])
        session.save()
        client.cookies["session"] = session.session_key
    code = code_for(user)

    def send(client):
        try:
            client.post(SECOND, {"code": code})
            return is_in(client)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(send, clients))
    assert sum(results) == 1


def test_recovery_codes_work_once_and_their_owner_is_told(browser, cast):
    user = cast.idva.user
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    give_password(browser, user.email)
    assert browser.post(SECOND, {"code": code}).status_code == 302
    assert is_in(browser)
    assert verbs_of(cast.idva) == ["recovery_code_used", "signed_in"]
    mail = OutboxMessage.objects.get()
    assert (mail.args["to"], mail.args["template"]) == (user.email, "account_changed")
    other = Client()
    give_password(other, user.email)
    assert not is_in(other)
    assert other.post(SECOND, {"code": code}).status_code == 200


def test_setting_up_the_second_step_shows_recovery_codes_once(walk_in, cast):
    user = cast.idva.user
    Authenticator.objects.filter(user=user).delete()
    walk_in.walk_in(cast.idva, "/people/")
    following = walk_in.get("/people/")["Location"]
    asked = walk_in.get(following)  # whoever has just signed in is not asked for her password again
    secret = re.search(rb'app-secret">([A-Z2-7]+)<', asked.content)[1].decode()
    import time

    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert walk_in.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    response = walk_in.post("/accounts/2fa/totp/activate/", {"code": code})
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    first, second = walk_in.get(response["Location"]), walk_in.get(response["Location"])
    codes = re.findall(rb"<li>(\d{8})</li>", first.content)
    assert len(codes) == 10
    assert not re.findall(rb"<li>(\d{8})</li>", second.content)
    assert walk_in.get(HERE).wsgi_request.membership == cast.idva
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret not in stored
    assert "second_step_set_up" in verbs_of(cast.idva)
    # The code that proved the app is used up.
    other = Client()
    give_password(other, user.email)
    assert not is_in(other)
    assert other.post(SECOND, {"code": code}).status_code == 200
    assert not is_in(other)


def test_a_browser_from_before_the_second_step_must_show_it(walk_in, cast):
    user = cast.commissioner.user
    Authenticator.objects.filter(user=user).delete()
    walk_in.walk_in(cast.commissioner, HERE)
    assert walk_in.get(HERE).wsgi_request.membership == cast.commissioner
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    assert walk_in.get(HERE)["Location"].startswith(LOGIN)
    assert not is_in(walk_in)


def test_removing_the_app_asks_for_its_code_and_then_for_a_new_app(walk_in, cast):
    walk_in.walk_in(cast.idva, HERE)
    session = walk_in.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 601
    session.save()
    response = walk_in.post("/accounts/2fa/totp/deactivate/")
    assert response["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert Authenticator.objects.filter(user=cast.idva.user, type="totp").exists()
    assert walk_in.get("/accounts/reauthenticate/")["Location"].startswith("/accounts/2fa/reauthenticate/")
    walk_in.post(response["Location"], {"code": code_for(cast.idva.user)})
    assert not Authenticator.objects.filter(user=cast.idva.user).exists()
    assert walk_in.get("/people/")["Location"].startswith("/accounts/2fa/totp/activate/")
    assert "second_step_removed" in verbs_of(cast.idva)


def reset_link(user):
    """What the e-mail of a forgotten password leads to."""
    from dacase.agencies.templatetags.mail_links import password_reset_link

    return password_reset_link(user.pk).removeprefix(settings.BASE_URL)


def test_a_new_password_does_not_pass_the_second_step(browser, cast):
    user = cast.idva.user
    browser.post("/accounts/password/reset/", {"email": user.email})
    mail = OutboxMessage.objects.get()
    assert {**mail.args, "mail_id": ""} == {
        "to": user.email,
        "template": "password_reset",
        "with_user": user.pk,
        "mail_id": "",
    }
    form = browser.get(reset_link(user))["Location"]
    passwords = {"password1": "three-random-words-here", "password2": "three-random-words-here"}
    assert browser.post(form, passwords)["Location"] == "/accounts/password/reset/key/done/"
    assert not is_in(browser)
    assert give_password(browser, user.email, "three-random-words-here")["Location"] == SECOND
    assert not is_in(browser)
    assert verbs_of(cast.idva) == ["password_reset"]


def test_a_reset_link_works_once(browser, cast):
    link = reset_link(cast.idva.user)
    form = browser.get(link)["Location"]
    passwords = {"password1": "three-random-words-here", "password2": "three-random-words-here"}
    assert browser.post(form, passwords).status_code == 302
    other = Client()
    assert other.get(link).status_code == 200
    assert b"password1" not in other.get(link).content


def test_asking_for_a_new_password_answers_the_same_for_every_address(browser, cast):
    answers = [
        browser.post("/accounts/password/reset/", {"email": one})
        for one in (cast.idva.user.email, "no@example.org")
    ]
    assert {(one.status_code, one["Location"]) for one in answers} == {
        (302, "/accounts/password/reset/done/")
    }
    assert OutboxMessage.objects.count() == 1


def test_changing_the_password_ends_every_session(walk_in, cast):
    walk_in.walk_in(cast.idva, HERE)
    other = Client()
    give_password(other, cast.idva.user.email)
    other.post(SECOND, {"code": code_for(cast.idva.user)})
    assert is_in(other)
    new = {
        "oldpassword": DEMO_PASSWORD,
        "password1": "three-random-words-here",
        "password2": "three-random-words-here",
    }
    assert walk_in.post("/accounts/password/change/", new)["Location"] == LOGIN
    assert walk_in.get(HERE)["Location"].startswith(LOGIN)
    assert other.get(HERE)["Location"].startswith(LOGIN)
    assert "password_changed" in verbs_of(cast.idva)


@pytest.mark.parametrize("bad", ["short", "password1234", "police.officer@example.org", "123456789012"])
def test_a_weak_password_is_refused(walk_in, cast, bad):
    walk_in.walk_in(cast.police_officer, HERE)
    response = walk_in.post(
        "/accounts/password/change/", {"oldpassword": DEMO_PASSWORD, "password1": bad, "password2": bad}
    )
    assert response.status_code == 200
    assert User.objects.get(pk=cast.police_officer.user_id).check_password(DEMO_PASSWORD)


def test_passwords_are_kept_with_argon2(cast):
    assert identify_hasher(cast.idva.user.password).algorithm == "argon2"


@pytest.mark.parametrize(
    "bad", ["//evil.example.org/", "https://evil.example.org/", "/\\evil.example.org", "javascript:x"]
)
def test_signing_in_leads_to_pages_of_this_site_only(cast, bad):
    client = Client()
    client.post(LOGIN, {"login": cast.idva.user.email, "password": DEMO_PASSWORD, "next": bad})
    response = client.post(SECOND, {"code": code_for(cast.idva.user)})
    assert response["Location"] == "/"


def test_nobody_signs_up(browser, cast):
    page = browser.post(
        "/accounts/signup/",
        {"email": "x@example.org", "password1": DEMO_PASSWORD, "password2": DEMO_PASSWORD},
    )
    assert not User.objects.filter(email="x@example.org").exists()
    assert b"invitation" in page.content


@pytest.mark.parametrize(
    "path", ["email/", "confirm-email/", "3rdparty/", "2fa/trust/", "2fa/webauthn/", "login/code/confirm/"]
)
def test_pages_of_allauth_that_we_do_not_have_do_not_exist(walk_in, cast, path):
    walk_in.walk_in(cast.idva, HERE)
    assert walk_in.get(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        {"login": "a\x00b@example.org", "password": "x"},
        {"login": "x@example.org", "password": "x\x00" * 20},
        {"login": "x" * 1_000_000, "password": "x"},
        {"login": "", "password": ""},
        {"login": "x@example.org", "password": "x" * 1_000_000},
        {},
    ],
)
def test_nonsense_on_the_sign_in_page_is_answered_plainly(browser, db, typed):
    assert browser.post(LOGIN, typed).status_code == 200


@pytest.mark.parametrize(
    "typed", [{}, {"code": ""}, {"code": "\x00"}, {"code": "١٢٣٤٥٦"}, {"code": "9" * 100_000}, {"x": "1"}]
)
def test_nonsense_at_the_second_step_is_answered_plainly(browser, cast, typed):
    give_password(browser, cast.idva.user.email)
    assert browser.post(SECOND, typed).status_code in {200, 302}
    assert not is_in(browser)


def test_messages_of_signing_in_are_ours(walk_in, cast):
    walk_in.walk_in(cast.idva, HERE)
    response = walk_in.post("/accounts/logout/")
    assert [str(one) for one in get_messages(response.wsgi_request)] in (
        [],
        ["You are signed out."],
        ["You have signed out."],
    )
