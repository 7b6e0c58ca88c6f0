"""What stands in the service navigation, and for whom. To add a room: add a row."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


class Row(NamedTuple):
    """One row: its words, the page's url name, and the verbs of which the role must have one."""

    text: str
    url_name: str
    verbs: tuple[str, ...] = ()


NAVIGATION = (
    Row("My work", "cases:home"),
    Row("My day", "casework:my_day", ("work_episode",)),
    Row("Referrals", "referrals:list", ("make_referral", "triage_referral", "accept_referral")),
    Row("Cases", "cases:list", ("view_case",)),
    Row("MARAC", "marac:meetings", ("view_hearing", "manage_meeting")),
    Row("Action points", "marac:action_points", ("complete_action_point", "record_hearing")),
    Row("Refuge", "refuge:board", ("manage_placement",)),
    Row("Returns", "reporting:list", ("view_return", "request_return")),
    Row("People", "agencies:people", ("manage_people",)),
    Row("Wording", "casework:wordings", ("load_wording",)),
    Row("Record", "cases:read_log", ("view_read_log",)),
)


def items_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The navigation of the acting membership: dicts with `text`, `href` and `active`.

    Nobody signed in, or nobody chosen to act for: no items. `active` marks the one item whose
    address is the longest beginning of the page's own.
    """
    membership = getattr(request, "membership", None)
    if membership is None:
        return []
    items: list[dict[str, Any]] = []
    for row in NAVIGATION:
        if row.verbs and not any(membership.may(verb) for verb in row.verbs):
            continue
        try:
            items.append({"text": row.text, "href": reverse(row.url_name), "active": False})
        except NoReverseMatch:  # told by the system check ui.W001
            continue
    here = [item for item in items if _holds(item["href"], request.path)]
    if here:
        max(here, key=lambda item: len(item["href"]))["active"] = True
    return items


def _holds(href: str, path: str) -> bool:
    # The home page's address is the beginning of every other, so it only counts as itself.
    return path == href or (href != "/" and path.startswith(href))
