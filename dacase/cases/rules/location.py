"""Whether two locations are the same, asked without reading either: equality of a keyed digest."""

import hashlib
import hmac
import re
from functools import cache

from django.conf import settings

from dacase.cases.choices import LocationKind

POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b")


def match_key(kind: str, value: str) -> str:
    """`<kind>:<HMAC-SHA256>` of the normal form of a location; empty for what is never matched.

    The key is derived from CONTEXT_KEY, so that a copy of the table answers no guess at an address.
    """
    plain = normal_form(kind, value)
    if not plain:
        return ""
    text = f"{LocationKind(kind).value}:{plain}".encode()
    digest = hmac.digest(_key(settings.CONTEXT_KEY), text, "sha256").hex()
    return f"{LocationKind(kind).value}:{digest}"


@cache
def _key(context_key: str) -> bytes:
    return hashlib.sha256(f"location match {context_key}".encode()).digest()


def normal_form(kind: str, value: str) -> str:
    """How a location is compared: digits of a phone, postcode and numbers of an address, an e-mail in small letters."""
    if kind == LocationKind.PHONE:
        return _phone(value)
    if kind == LocationKind.EMAIL:
        return value.strip().lower()
    return _address(value) if kind == LocationKind.ADDRESS else ""


def _phone(value: str) -> str:
    digits = re.sub(r"[^\d+]", "", value.replace("(0)", ""))
    digits = re.sub(r"^(\+44|0044)0?", "0", digits).lstrip("+")
    return digits if len(digits) >= 7 else ""


def _address(value: str) -> str:
    text = " ".join(value.upper().replace(",", " ").split())
    code = POSTCODE.search(text)
    numbers = re.findall(r"\b\d+[A-Z]?\b", text[: code.start()]) if code else []
    if code and numbers:
        return f"{code[1]}{code[2]} {' '.join(numbers)}"
    return "".join(letter for letter in text if letter.isalnum())
