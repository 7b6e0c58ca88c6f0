"""What django-allauth asks us: who may sign up, where to go afterwards, how a secret is kept."""

import base64
import hashlib
from time import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from dacase.agencies.models import User
from dacase.agencies.services import sign_in

WRONG = "The email address or the password is not right. Check both and try again"
TOO_MANY = "There have been too many tries. Wait 10 minutes and try again, or choose a new password"


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail and password, for people who were invited. Every try is recorded."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "incorrect_password": "The password is not right. Try again",
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": "There have been too many requests. Wait a few minutes and try again",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str) -> bool:
        """Only a path of this site: no other host, however it is spelt."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            sign_in.record_attempt("sign_in_locked", email=credentials.get("email", ""), request=request)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        sign_in.record_attempt("sign_in_failed", email=credentials.get("email", ""), request=request)

    def logout(self, request: HttpRequest) -> None:
        sign_in.record("signed_out", user=request.user, request=request)
        super().logout(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of somebody who has just signed in: both steps were shown a moment ago."""
        records = get_authentication_records(context.request, context.request.user)
        newest = max((record["at"] for record in records), default=0.0)
        return time() - newest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Who has a second step shows it again; the password alone is not enough to change it."""
        methods = super().get_reauthentication_methods(user)
        return [one for one in methods if one["id"] == "mfa_reauthenticate"] or methods

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        # Through the outbox, so that a known and an unknown address take equally long to answer.
        sign_in.send_password_reset(user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing: every e-mail goes through the outbox, with templates of ours."""


class MFAAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted, with a key that the database does not have."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is not right, or it was used already. Enter the code that the app shows now",
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> MultiFernet:
    """The key in use first; keys that SECRET_KEY_FALLBACKS still names can be read."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(f"dacase.second-factor:{key}".encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
