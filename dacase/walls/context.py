"""The context of a transaction: who is acting, signed so that SQL alone cannot forge it."""

import hashlib
import hmac
import json
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


def key_bytes() -> bytes:
    """The 32-byte key that signs contexts; the database holds its two HMAC pads (install.py)."""
    return hashlib.sha256(settings.CONTEXT_KEY.encode()).digest()


def sign(claims: dict[str, object]) -> str:
    """`<hex HMAC-SHA256>.<claims as JSON>`, as functions.sql verifies it."""
    text = json.dumps(claims, separators=(",", ":"), sort_keys=True)
    return f"{hmac.new(key_bytes(), text.encode(), hashlib.sha256).hexdigest()}.{text}"


def token_for(membership: "Membership") -> str:
    """The signed context of a membership, good for an hour."""
    return sign(
        {
            "user": membership.user_id,
            "agency": str(membership.agency_id),
            "groups": [membership.agency.group_id],
            "bars": membership.bar_group_ids(),
            "until": int(time.time()) + LIFETIME_SECONDS,
        }
    )


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
