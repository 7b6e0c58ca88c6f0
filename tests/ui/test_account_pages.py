"""The pages of django-allauth, as the product shows them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.template.loader import render_to_string
from django.urls import get_resolver, reverse

from dacase.ui.account_forms import LABELS

# allauth's own furniture, which nobody must ever see.
FOREIGN = re.compile(r"allauth|Remember Me|placeholder=|<li><strong>|Menu:", re.IGNORECASE)


def check_page(response, heading, status=200):
    page = response.content.decode()
    assert response.status_code == status
    assert re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", page, re.DOTALL)[1] == heading
    assert page.count("<h1") == 1
    assert '<html lang="en-GB"' in page
    assert '<main class="govuk-main-wrapper" id="main-content">' in page
    assert re.search(r"<title>[^<]+ – DACase</title>", page)
    assert not FOREIGN.search(page), FOREIGN.search(page)[0]
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for link in re.findall(r'class="govuk-error-summary__list.*?</ul>', page, re.DOTALL):
        assert set(re.findall(r'href="#([^"]+)"', link)) <= set(ids)
    return page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("account_login", "Sign in"),
        ("account_signup", "Accounts are by invitation"),
        ("account_inactive", "This account is not in use"),
        ("account_reset_password", "Forgotten password"),
        ("account_reset_password_done", "Check your email"),
        ("account_reset_password_from_key_done", "Your password is changed"),
    ],
)
def test_pages_on_the_way_in(client, name, heading):
    check_page(client.get(reverse(name)), heading)


@pytest.mark.django_db
def test_errors_of_signing_in(client):
    page = check_page(client.post(reverse("account_login"), {"login": "nobody", "password": ""}), "Sign in")
    assert '<a href="#id_login">Enter an email address, like name@example.org</a>' in page
    assert '<a href="#id_password">Enter your password</a>' in page
    wrong = client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "x" * 12})
    page = check_page(wrong, "Sign in")
    assert "There is a problem" in page
    assert 'value="nobody@example.org"' in page


@pytest.mark.django_db
def test_a_reset_link_that_is_no_good_says_what_to_do(client):
    path = reverse("account_reset_password_from_key", args=["1", "abc-def"])
    page = check_page(client.get(path, follow=True), "This link no longer works")
    assert reverse("account_reset_password") in page


def test_signed_out_says_why_and_that_nothing_is_lost():
    words = {
        "signed_out_reason": "You were signed out because nothing happened for 30 minutes.",
        "kept_draft": True,
    }
    page = render_to_string("account/login.html", words)
    assert "You were signed out because nothing happened for 30 minutes." in page
    assert "We kept what you typed. Sign in again to carry on." in page


def test_pages_of_an_account(cast, sign_in):
    browser = sign_in(cast.idva)
    page = check_page(browser.get(reverse("mfa_index")), "Second step")
    assert 'aria-current="page"' in page
    page = check_page(browser.get(reverse("account_change_password")), "Password")
    for name in ("oldpassword", "password1", "password2"):
        assert LABELS[name] in page
    check_page(browser.get(reverse("usersessions_list")), "Where you are signed in")
    check_page(browser.get(reverse("account_logout")), "Sign out?")


def test_a_square_to_scan_is_drawn_into_the_page(cast, sign_in):
    Authenticator.objects.filter(user=cast.commissioner.user).delete()
    browser = sign_in(cast.commissioner)
    text = check_page(browser.get(reverse("mfa_activate_totp")), "Set up an authenticator app")
    assert re.search(r'<svg viewBox="[\d. ]+" aria-hidden="true" focusable="false"><path d="M', text)
    assert "data:image" not in text


def test_every_allauth_page_that_is_routed_has_a_template_of_ours():
    """A new setting may open a page of allauth: then this fails until the page has our own template."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    known = {
        "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
        "account_change_password", "account_set_password", "account_reset_password", "account_reset_password_done",
        "account_reset_password_from_key", "account_reset_password_from_key_done",
        "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
        "usersessions_list",
    }  # fmt: skip
    assert {name for name in names if name.startswith(("account_", "mfa_", "usersessions_"))} <= known
