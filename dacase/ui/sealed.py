"""Words that travel in an address without being readable there.

Addresses stay in browser histories and server logs, so a name that was searched for, or the last
surname of a page, goes into them encrypted. The key comes from SECRET_KEY.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

DAY = 24 * 3600
LONGEST = 4000
READERS: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "UUID": UUID,
    "Decimal": Decimal,
}


def seal(values: Any, *, purpose: str) -> str:
    """A token that holds `values`: a list of texts, numbers, dates and UUIDs, or one of them.

    `purpose` names what the token is for; a token made for another purpose does not open.
    """
    return _box(purpose).encrypt(json.dumps(values, default=_write).encode()).decode()


def unseal(token: str | None, *, purpose: str, max_age: int = DAY) -> Any:
    """What seal() put into `token`, or None when it is missing, changed, foreign or older than `max_age` seconds."""
    if not token or len(token) > LONGEST:
        return None
    try:
        return json.loads(_box(purpose).decrypt(token.encode(), ttl=max_age), object_hook=_read)
    except (InvalidToken, ValueError, TypeError):
        return None


def _box(purpose: str) -> Fernet:
    key = hashlib.sha256(f"dacase.ui.sealed:{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _write(value: Any) -> dict[str, str]:
    kind = type(value).__name__
    if kind not in READERS:
        raise TypeError(f"{kind} cannot be sealed.")
    return {kind: value.isoformat() if isinstance(value, date) else str(value)}


def _read(found: dict[str, str]) -> Any:
    ((kind, text),) = found.items()
    return READERS[kind](text)
