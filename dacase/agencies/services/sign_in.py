"""The record of signing in: who did, who failed, whose second factor or password changed."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from dacase.agencies.models import Membership, User
from dacase.agencies.ports import queue_mail, record_event
from dacase.walls.context import acting_as


def record(verb: str, *, user: User | AnonymousUser, request: HttpRequest) -> None:
    """Write `verb` for every agency that the user works for today, so that each one's auditor sees it.

    The user may not be signed in yet, so that the context is opened here, around this one write.
    """
    if not isinstance(user, User):
        return
    memberships = list(Membership.objects.active().filter(user=user).select_related("user", "agency", "team"))
    for membership in memberships:
        with acting_as(membership):
            record_event(verb, actor=membership, data=where(request))
    if not memberships:
        record_outside(verb, user=user, request=request)


def record_attempt(verb: str, *, email: str, request: HttpRequest) -> None:
    """Write a failed sign-in. An address that nobody has is not kept: it may be somebody's password."""
    user = User.objects.filter(email__iexact=email).first() if "\x00" not in email else None
    if user is None:
        record_outside(verb, user=None, request=request)
    else:
        record(verb, user=user, request=request)


def record_outside(verb: str, *, user: User | None, request: HttpRequest) -> None:
    """Write an event of no agency. The application may write it and never read it."""
    data = where(request) | ({"user": user.pk} if user else {})
    with acting_as(None):
        record_event(verb, actor=None, data=data)


def where(request: HttpRequest) -> dict[str, object]:
    """The network address that the request came from, as the trusted proxy tells it."""
    return {"ip": get_adapter().get_client_ip(request)}


def record_change(verb: str, *, user: User, request: HttpRequest) -> None:
    """Write that a password or second factor changed, and tell its owner by e-mail."""
    record(verb, user=user, request=request)
    queue_mail(to=user.email, template="account_changed", context={"what": verb}, actor=None)


def send_password_reset(user: User) -> None:
    """Queue the e-mail with the link to choose a new password. The link is made when it is sent."""
    queue_mail(to=user.email, template="password_reset", context={"user": user.pk}, actor=None)
