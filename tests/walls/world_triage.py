"""Questions to senders and escalations, of the front door and of services, for the world of the walls."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from dacase.walls.context import acting_as
from referrals.models import Escalation, Referral, ReferralQuestion, Route


def ask_and_escalate(cast: Any) -> None:
    """A question about each referral, and an escalation of each clock that somebody is on."""
    for referral in Referral.objects.using("owner").all():
        sender = cast.outsider if referral.sender_id == cast.outsider.pk else referral.sender
        with acting_as(sender):
            question = ReferralQuestion.objects.create(referral_id=referral.pk, code="identity")
            ReferralQuestion.objects.filter(pk=question.pk).update(answer="Invented")
        escalate(referral.pk, referral.receiver_agency_id)
    for route in Route.objects.using("owner").all():
        escalate(route.referral_id, route.to_agency_id, route_id=route.pk)


def escalate(referral_id: Any, agency_id: Any, **route: Any) -> None:
    # As the owner: only its function writes escalations.
    Escalation.objects.using("owner").create(
        referral_id=referral_id,
        agency_id=agency_id,
        step=1,
        told="second_person",
        due_at=timezone.now() - timedelta(hours=1),
        **route,
    )
