import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from referrals.choices import SENT_BACK, RouteState
from referrals.models.referral import Referral


class RouteQuerySet(models.QuerySet["Route"]):
    def live(self) -> "RouteQuerySet":
        """Routes that the service has not returned or declined."""
        return self.exclude(state__in=SENT_BACK)

    def waiting(self) -> "RouteQuerySet":
        """Routes that no named person has accepted yet, and that were not sent back."""
        waits = self.filter(state__in=[RouteState.ROUTED, RouteState.OPENED])
        # The same in the words of the index route_waiting, so that a service's few are read and not its all.
        return waits.filter(accepted_at=None, sent_back_at=None)

    def visible_to(self, membership: Membership) -> "RouteQuerySet":
        """Routes of referrals that the membership may see."""
        return self.filter(Exists(Referral.objects.visible_to(membership).filter(pk=OuterRef("referral_id"))))


class Route(models.Model):
    """A referral on its way to one service: routed, opened, then accepted by a named person or sent back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="routes")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    routed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    routed_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=RouteState, default=RouteState.ROUTED)
    opened_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    sent_back_at = models.DateTimeField(null=True, blank=True)
    sent_back_reason = models.CharField(max_length=1_000, blank=True)
    # When the service has ended its work after accepting; its sender is told.
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = RouteQuerySet.as_manager()

    class Meta:
        ordering = ["routed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "to_agency"],
                condition=~Q(state__in=SENT_BACK),
                name="one_live_route_per_service",
            )
        ]
        indexes = [
            models.Index(
                fields=["to_agency", "due_at", "id"],
                name="route_waiting",
                condition=Q(accepted_at=None, sent_back_at=None),
            ),
            models.Index(fields=["routed_at"]),
        ]
