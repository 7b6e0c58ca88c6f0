"""The demo's cast: how they sign in, told on the sign-in page and by `make demo`. Never in production."""

import base64
import hashlib
import time
from typing import NamedTuple

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.http import HttpRequest

from dacase.agencies.choices import Role
from dacase.agencies.forms.second_factor import unused_counters
from dacase.agencies.models import User
from dacase.agencies.partnership import DEMO_PASSWORD, read_rows

PERIOD = 30  # seconds that one code stands for (RFC 6238)
LOOPBACK = {"127.0.0.1", "::1"}
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
REFUSED = "The demonstration’s people belong to no real installation."


class Person(NamedTuple):
    """One of the cast, with what signs her in."""

    name: str
    agency: str
    role: str
    email: str
    password: str


def cast() -> list[Person]:
    """The people whose rows of demo/users.csv say `cast`, in the order of the file."""
    agencies = {row["key"]: row["name"] for row in read_rows("agencies")}
    return [
        Person(row["name"], agencies[row["agency"]], Role(row["role"]).label, row["email"], DEMO_PASSWORD)
        for row in read_rows("users")
        if row["cast"] == "yes"
    ]


def may_show(request: HttpRequest) -> bool:
    """Whether the cast may be shown: in the demo only, and to this machine only, through no proxy."""
    return (
        settings.DEMO
        and not settings.PRODUCTION
        and request.META.get("REMOTE_ADDR") in LOOPBACK
        and not any(name in request.headers for name in FORWARDED)
    )


def next_code(user: User) -> str:
    """A code of the user's app that is good now and was not used yet; empty when all are used up.

    The oldest first, so that somebody who signs in again at once finds a later one; but not one that
    ends before a slow reader has pressed the button.
    """
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if authenticator is None:
        return ""
    secret = decrypt(authenticator.data["secret"])
    period, elapsed = divmod(time.time(), PERIOD)
    counters = unused_counters(authenticator)
    lasting = [counter for counter in counters if counter >= period or elapsed < PERIOD / 3] or counters
    return format_hotp_value(hotp_value(secret, lasting[0])) if lasting else ""


def seed_second_factors(using: str = "owner") -> int:
    """Give everybody of the invented partnership who has none an authenticator. Returns how many were made."""
    if settings.PRODUCTION:
        raise RuntimeError(REFUSED)
    have = Authenticator.objects.using(using).filter(type=Authenticator.Type.TOTP).values("user_id")
    users = User.objects.using(using).filter(email__regex=r"@example\.(org|com|net)$").exclude(pk__in=have)
    made = [
        Authenticator(
            user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(demo_secret(user.email))}
        )
        for user in users
    ]
    Authenticator.objects.using(using).bulk_create(made)
    return len(made)


def demo_secret(email: str) -> str:
    """The same secret for the same address on every machine, so that one app can play the whole cast."""
    digest = hashlib.sha256(f"dacase-demo:{email}".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def describe() -> str:
    """What `make demo` prints: who there is, and how they sign in."""
    people = cast()
    wide = max(len(person.name) for person in people)
    widest = max(len(person.email) for person in people)
    lines = [
        f"  {person.name:<{wide}}  {person.email:<{widest}}  {person.role}, {person.agency}"
        for person in people
    ]
    return "\n".join(
        [
            "Sign in as one of the invented cast. On this machine one click on the sign-in page does it:",
            *lines,
            f"Password of everybody: {DEMO_PASSWORD}",
            "The second step’s code is shown and filled in on its page.",
        ]
    )
