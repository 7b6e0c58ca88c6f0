"""Reads of action points: an agency's own, and for the coordinator those of every hearing she sees."""

from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from dacase.agencies.models import Membership
from marac.choices import ActionState
from marac.models import ActionPoint

# The ways in which the list is filtered; "overdue" is open and late.
FILTERS = [("open", "Open"), ("overdue", "Overdue"), ("done", "Done"), ("not_possible", "Not possible")]


def action_points(
    membership: Membership, *, state: str = "open", whose: str = "", today: date | None = None
) -> QuerySet[ActionPoint]:
    """Action points of the membership's agency, filtered.

    Args:
        membership: who reads.
        state: one of FILTERS.
        whose: "all" adds those of other agencies at hearings that the membership sees.
        today: the day by which something is overdue.
    """
    found = ActionPoint.objects.visible_to(membership).exclude(state=ActionState.CANCELLED)
    found = found.select_related("owner_agency")
    if whose != "all":
        found = found.filter(owner_agency_id=membership.agency_id)
    if state == "overdue":
        return found.filter(state=ActionState.OPEN, due_on__lt=today or timezone.localdate())
    return found.filter(state=state) if state in ActionState.values else found


def own_open(membership: Membership) -> QuerySet[ActionPoint]:
    """The open action points of the membership's agency, the soonest due first."""
    return action_points(membership).order_by("due_on", "id")


def visible_action_points(membership: Membership) -> QuerySet[ActionPoint]:
    """Every action point that the membership may open."""
    return ActionPoint.objects.visible_to(membership).select_related("owner_agency", "completed_by__user")


def is_owner(action_point: ActionPoint, membership: Membership) -> bool:
    """Whether the membership's agency owns the action point and its role may report on one."""
    return action_point.owner_agency_id == membership.agency_id and membership.may("complete_action_point")


def is_late(action_point: ActionPoint, *, today: date) -> bool:
    """Whether an open action point is past its day."""
    return action_point.state == ActionState.OPEN and action_point.due_on < today
