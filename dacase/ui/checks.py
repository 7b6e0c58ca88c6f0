"""System checks of the page furniture."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.urls import NoReverseMatch, reverse

from dacase.ui.navigation import NAVIGATION


@register()
def navigation_leads_somewhere(**kwargs: Any) -> list[CheckMessage]:
    """Warns of a navigation row whose page does not exist: it is left out, for everybody."""
    found: list[CheckMessage] = []
    for row in NAVIGATION:
        try:
            reverse(row.url_name)
        except NoReverseMatch:
            found.append(Warning(f"The navigation row “{row.text}” names no page: {row.url_name}.", id="ui.W001"))
    return found
