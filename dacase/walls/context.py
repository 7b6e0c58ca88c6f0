"""The context of a transaction: who is acting, signed so that SQL alone cannot forge it."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connections, transaction

if TYPE_CHECKING:
    from dacase.agencies.models import Membership

LIFETIME_SECONDS = 3_600
SETTING = "dacase.context"
CLAIMS = ("until", "user", "agency", "groups", "bars")


def key_bytes() -> bytes:
    """The 32-byte key that signs contexts; the database holds its two HMAC pads (install.py)."""
    return hashlib.sha256(settings.CONTEXT_KEY.encode()).digest()


def sign(claims: dict[str, object]) -> str:
    """`<hex HMAC-SHA256>.<until> <user> <agency> <groups> <bars>`, as functions.sql verifies and reads it.

    Plain words, because a page has them read some thirty times and PostgreSQL splits them faster than JSON.
    """
    text = " ".join(_word(claims[name]) for name in CLAIMS)
    return f"{hmac.new(key_bytes(), text.encode(), hashlib.sha256).hexdigest()}.{text}"


def _word(claim: object) -> str:
    """One claim as PostgreSQL reads it: a list as an array."""
    return f"{{{','.join(map(str, claim))}}}" if isinstance(claim, list) else str(claim)


def token_for(membership: "Membership") -> str:
    """The signed context of a membership, good for an hour."""
    return sign(claims_of(membership))


def claims_of(membership: "Membership") -> dict[str, object]:
    """Who acts: the moment it ends, person, agency, the groups that see for her and those that bar her."""
    return {
        "until": int(time.time()) + LIFETIME_SECONDS,
        "user": membership.user_id,
        "agency": membership.agency_id,
        "groups": [membership.agency.group_id],
        "bars": membership.bar_group_ids(),
    }


@contextmanager
def acting_as(membership: "Membership | None", using: str = "default") -> Iterator[None]:
    """Open a transaction in which the database shows what `membership` may see, and nothing otherwise.

    Inside an open transaction it narrows or widens to the given membership and gives the former context
    back at the end. With None, no row of any case is there.
    """
    connection = connections[using]
    is_inside = connection.in_atomic_block
    token = token_for(membership) if membership is not None else ""
    with transaction.atomic(using=using):
        former = ""
        with connection.cursor() as cursor:
            if is_inside:
                cursor.execute("SELECT current_setting(%s, true)", [SETTING])
                former = cursor.fetchone()[0] or ""
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, token])
        try:
            yield
        finally:
            # The end of the outermost transaction takes the context with it; nothing need be given back.
            if is_inside and not connection.needs_rollback:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, former])
