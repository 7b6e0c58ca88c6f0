"""System checks of the page furniture."""

from typing import Any

from django.core import checks
from django.urls import NoReverseMatch, reverse

from dacase.ui.navigation import NAVIGATION


@checks.register()
def navigation_leads_somewhere(**kwargs: Any) -> list[checks.CheckMessage]:
    """Warns of a navigation row whose page does not exist: it is left out, for everybody."""
    found: list[checks.CheckMessage] = []
    for row in NAVIGATION:
        try:
            reverse(row.url_name)
        except NoReverseMatch:
            found.append(
                checks.Warning(
                    f"The navigation row “{row.text}” names no page: {row.url_name}.", id="ui.W001"
                )
            )
    return found
