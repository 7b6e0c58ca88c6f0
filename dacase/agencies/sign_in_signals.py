"""What allauth tells about signing in, written down. Receivers of allauth's signals; our models have none."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from dacase.agencies.models import User
from dacase.agencies.services.sign_in import record, record_change


def connect() -> None:
    """Called once, when the application is ready."""
    account.user_logged_in.connect(signed_in, dispatch_uid="dacase.signed_in")
    account.password_changed.connect(password_changed, dispatch_uid="dacase.password_changed")
    account.password_reset.connect(password_reset, dispatch_uid="dacase.password_reset")
    mfa.authentication_failed.connect(code_failed, dispatch_uid="dacase.code_failed")
    mfa.authenticator_used.connect(code_used, dispatch_uid="dacase.code_used")
    mfa.authenticator_removed.connect(app_removed, dispatch_uid="dacase.app_removed")


def signed_in(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """All steps of signing in have been passed."""
    record("signed_in", user=user, request=request)


def password_changed(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """By somebody who knew the old one."""
    record_change("password_changed", user=user, request=request)


def password_reset(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Through the link of an e-mail."""
    record_change("password_reset", user=user, request=request)


def code_failed(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A wrong code at the second step, or one that was used before."""
    record("second_step_failed", user=user, request=request)


def code_used(*, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """A good code. Only a recovery code is worth telling its owner of."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record_change("recovery_code_used", user=user, request=request)


def app_removed(*, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """The app was removed by its owner. Its recovery codes go with it and are told of together."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_change("second_step_removed", user=user, request=request)
