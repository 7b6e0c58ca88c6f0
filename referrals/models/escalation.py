import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from referrals.choices import EscalatedTo
from referrals.models.referral import Referral
from referrals.models.route import Route


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def visible_to(self, membership: Membership) -> QuerySet["Escalation"]:
        """Those of the membership's own agency, and of what its front door has routed; no sender sees one."""
        seen = Referral.objects.visible_to(membership).filter(pk=OuterRef("referral_id"))
        own = Q(agency_id=membership.agency_id) | Q(referral__receiver_agency_id=membership.agency_id)
        return self.filter(own, Exists(seen))


class Escalation(models.Model):
    """That a referral waited beyond its limit and a second person was told, once a step of its clock.

    Written by the database's own function `escalate_late` and by nothing else: the clockwork acts for nobody
    and sees no case. `due_at` is the limit that was missed; a clock that starts anew escalates anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="escalations")
    route = models.ForeignKey(
        Route, on_delete=models.CASCADE, null=True, blank=True, related_name="escalations"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    step = models.PositiveSmallIntegerField()
    told = models.CharField(max_length=20, choices=EscalatedTo)
    holder = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
    acknowledged_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()
    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "step", "due_at"],
                condition=Q(route=None),
                name="one_escalation_a_step_at_the_front_door",
            ),
            models.UniqueConstraint(
                fields=["route", "step", "due_at"],
                condition=Q(route__isnull=False),
                name="one_escalation_a_step_at_the_service",
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "made_at"], name="escalation_waiting", condition=Q(acknowledged_at=None)
            )
        ]
