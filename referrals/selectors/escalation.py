"""Escalations: what still waits for somebody, and those of one referral or route."""

from django.db.models import Q, QuerySet

from dacase.agencies.models import Membership
from referrals.models import Escalation, Referral, Route


def waiting_escalations(membership: Membership) -> QuerySet[Escalation]:
    """What was escalated to the reader, is still undecided or not accepted, and that nobody is on yet.

    Not what she holds herself: a second person is told.
    """
    undecided = Q(route__isnull=True, referral__decided_at__isnull=True)
    unaccepted = Q(route__accepted_at__isnull=True, route__sent_back_at__isnull=True, route__isnull=False)
    here = Q(agency_id=membership.agency_id) | Q(told="everybody")
    return (
        Escalation.objects.visible_to(membership)
        .filter(here, undecided | unaccepted, acknowledged_at__isnull=True)
        .exclude(holder=membership, told="second_person")
        .select_related("referral", "route__to_agency", "agency")
    )


def escalations_of(
    referral: Referral, membership: Membership, route: Route | None = None
) -> list[Escalation]:
    """Those of the referral's running limit, or of its route's, the first step first."""
    due_at = route.due_at if route is not None else referral.due_at
    found = Escalation.objects.visible_to(membership).filter(referral=referral, route=route, due_at=due_at)
    return list(found.select_related("acknowledged_by__user", "agency").order_by("step"))
