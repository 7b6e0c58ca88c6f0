"""Browsers on their way in, and an agency's administrator."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.test import Client

from dacase.agencies.forms.second_factor import unused_counters
from dacase.agencies.partnership import DEMO_PASSWORD

PERIOD = 30  # seconds that a code is shown


def code_for(user):
    """A code that the user's app could show now, and that is taken for some seconds more."""
    wait_for_room_in_period()
    authenticator = Authenticator.objects.get(user=user, type="totp")
    return format_hotp_value(
        hotp_value(decrypt(authenticator.data["secret"]), unused_counters(authenticator)[0])
    )


def wait_for_room_in_period():
    """Near the end of a period of 30 seconds its successor is waited for: a busy machine may be slow to send."""
    left = PERIOD - time.time() % PERIOD
    if left < 5:
        time.sleep(left)


def give_password(client, email, password=DEMO_PASSWORD, **extra):
    """The first page of signing in, sent."""
    return client.post("/accounts/login/", {"login": email, "password": password}, **extra)


@pytest.fixture
def browser():
    """A browser that nobody has signed in with."""
    return Client()


@pytest.fixture
def walk_in(browser):
    """Sign in through the pages, both steps, as a person does."""

    def go(membership, following=""):
        response = browser.post(
            "/accounts/login/", {"login": membership.user.email, "password": DEMO_PASSWORD, "next": following}
        )
        if response["Location"] == "/accounts/2fa/authenticate/":
            response = browser.post("/accounts/2fa/authenticate/", {"code": code_for(membership.user)})
        return response

    browser.walk_in = go
    return browser
