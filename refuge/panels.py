"""What safe accommodation adds to the case page and to the home page."""

from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, Rows, asks
from dacase.ui.components import Metric
from refuge.choices import PlacementState
from refuge.selectors.placement import accommodation_events, accommodation_known, placements_of
from refuge.selectors.unit import Board, UnitState, board


def _accommodation(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    if not membership.may("view_case"):
        return None
    asked: dict[str, QuerySet[Any]] = {"events": accommodation_events(case.pk)}
    return asked | ({"own": placements_of(case, membership)} if membership.may("manage_placement") else {})


@asks(_accommodation)
def placements_of_case(case: Case, membership: Membership, rows: Rows) -> Panel | None:
    """For the refuge agency its placements; for every other agency that holds the case, that there is one.

    What other agencies read comes from the case's events alone. It never says where.
    """
    known = accommodation_known(rows["events"])
    others = [
        one
        for one in known
        if one.agency.pk != membership.agency_id or not membership.may("manage_placement")
    ]
    if not membership.may("manage_placement"):
        return (
            Panel("Safe accommodation", "refuge/panels/elsewhere.html", {"known": others}) if others else None
        )
    own = rows["own"]
    links = []
    if case.is_open and not any(one.state == PlacementState.PLACED for one in own):
        links.append(("Place the household", reverse("refuge:place", args=[case.pk])))
    return Panel(
        "Safe accommodation",
        "refuge/panels/placements_of_case.html",
        {"own": own, "known": others},
        links=links,
    )


def tonight(membership: Membership) -> Panel | None:
    """Free units tonight, who arrives and who leaves today, for people who manage placements."""
    if not membership.may("manage_placement"):
        return None
    today = timezone.localdate()
    found = board(membership, today, today=today)
    url = reverse("refuge:board")
    links = [("See the board", url), ("Record a turn-away", reverse("refuge:turn_away_create"))]
    if not found.has_units:
        links = [("Add a service", reverse("refuge:service_create"))]
    context = {
        "has_units": found.has_units,
        "metrics": [
            Metric("Units free tonight", found.count(UnitState.FREE), url, meaning="good"),
            Metric("Arriving today", len(found.arriving), url),
            Metric("Leaving today", len(found.leaving), url),
        ],
    }
    return Panel("Tonight", "refuge/panels/tonight.html", context, overdue_actions(found), links)


def overdue_actions(found: Board) -> list[NextAction]:
    """One for each unit whose household should have left and is still recorded in it."""
    late = [
        night
        for one in found.services
        for night in one.units
        if night.state == UnitState.OVERDUE and night.stay
    ]
    return [
        NextAction(
            f"Record whether the household in {night.unit.name} has left",
            reverse("refuge:placement", args=[night.stay.pk]),
            timezone.make_aware(datetime.combine(night.stay.ends_on, time(23, 59)))
            if night.stay.ends_on
            else None,
        )
        for night in late
        if night.stay is not None
    ]
