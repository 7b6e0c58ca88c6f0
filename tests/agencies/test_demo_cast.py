"""The demo's cast on the sign-in page: on this machine, in the demo, and nowhere else."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from dacase.agencies import demo_cast
from dacase.agencies.partnership import DEMO_PASSWORD, load_partnership

LOGIN, SECOND, HERE = "/accounts/login/", "/accounts/2fa/authenticate/", "/agencies/choose/"


@pytest.fixture
def demo(settings, cast):
    settings.DEMO = True
    settings.MFA_TOTP_TOLERANCE = 5


def click(client, email):
    """What the button beside a name sends; then the second step with the code that is shown."""
    page = client.get(LOGIN).content.decode()
    form = re.search(rf'value="{re.escape(email)}".*?name="password" value="([^"]+)"', page, re.DOTALL)
    client.post(LOGIN, {"login": email, "password": form[1]})
    page = client.get(SECOND).content.decode()
    code = re.search(r'name="code"[^>]*value="(\d{6})"|value="(\d{6})"[^>]*name="code"', page)
    return client.post(SECOND, {"code": code[1] or code[2]})


def test_a_click_signs_everybody_of_the_cast_in(demo):
    for person in demo_cast.cast():
        client = Client()
        click(client, person.email)
        membership = client.get(HERE).wsgi_request.membership
        assert (membership.user.email, membership.agency.name) == (person.email, person.agency)
        assert membership.get_role_display() == person.role


def test_signing_out_and_in_again_at_once_works_several_times(demo, browser):
    for _ in range(5):
        assert click(browser, "idva@example.org").status_code == 302
        assert "_auth_user_id" in browser.session
        browser.post("/accounts/logout/")


@pytest.mark.parametrize(
    "extra",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
    ],
)
def test_other_machines_and_proxies_see_no_cast_and_no_code(demo, extra):
    client = Client(**extra)
    assert DEMO_PASSWORD not in client.get(LOGIN).content.decode()
    client.post(LOGIN, {"login": "idva@example.org", "password": DEMO_PASSWORD})
    assert not re.search(r'value="\d{6}"', client.get(SECOND).content.decode())


def test_loopback_by_version_6_is_this_machine(demo):
    assert DEMO_PASSWORD in Client(REMOTE_ADDR="::1").get(LOGIN).content.decode()


@pytest.mark.parametrize(("is_demo", "production"), [(False, False), (False, True), (True, True)])
def test_no_other_installation_shows_any_of_it(cast, settings, is_demo, production):
    settings.DEMO, settings.PRODUCTION = is_demo, production
    client = Client()
    assert DEMO_PASSWORD not in client.get(LOGIN).content.decode()
    client.post(LOGIN, {"login": "idva@example.org", "password": DEMO_PASSWORD})
    page = client.get(SECOND).content.decode()
    assert not re.search(r'value="\d{6}"', page)
    assert "Demonstration: your code" not in page


def test_production_makes_none_of_them(settings):
    settings.PRODUCTION = True
    with pytest.raises(RuntimeError):
        load_partnership()
    with pytest.raises(RuntimeError):
        demo_cast.seed_second_factors()


def test_seeding_twice_changes_nothing_and_keeps_no_readable_secret(committed):
    assert demo_cast.seed_second_factors() == 0
    authenticator = Authenticator.objects.get(user__email="idva@example.org", type="totp")
    assert demo_cast.demo_secret("idva@example.org") not in str(authenticator.data)


def test_what_make_demo_prints_names_everybody_and_how_to_get_in():
    printed = demo_cast.describe()
    assert DEMO_PASSWORD in printed
    for person in demo_cast.cast():
        assert f"{person.role}, {person.agency}" in printed
        assert person.email in printed
    assert max(map(len, printed.splitlines())) < 120
