"""Reads of turn-aways: the agency's own."""

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from refuge.models import TurnAway


def turn_aways(membership: Membership, *, decided_by: str = "", cause: str = "") -> QuerySet[TurnAway]:
    """The turn-aways of the membership's agency, filtered by who decided and by cause.

    Never joined with the case, which the agency may have lost since.
    """
    found = TurnAway.objects.visible_to(membership).select_related("service", "recorded_by__user")
    filters = {name: value for name, value in {"decided_by": decided_by, "cause": cause}.items() if value}
    return found.filter(**filters)
