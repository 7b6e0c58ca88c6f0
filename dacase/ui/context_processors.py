"""What every page's layout needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from dacase.ui.navigation import items_for


def furniture(request: HttpRequest) -> dict[str, Any]:
    """Adds the product's name, whether this is the demo, the navigation, the acting membership (or None) and the header's links.

    “Switch agency” appears where the acting middleware set `request.can_switch`.
    """
    return {
        "product_name": "DACase",
        "demo": getattr(settings, "DEMO", False),
        "navigation": items_for(request),
        "membership": getattr(request, "membership", None),
        "sign_out_url": _address("account_logout"),
        "account_url": _address("mfa_index"),
        "switch_url": _address("agencies:choose") if getattr(request, "can_switch", False) else "",
    }


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
