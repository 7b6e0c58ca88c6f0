import uuid

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, membership: Membership) -> "HandOverQuerySet":
        """Those of the membership's own agency."""
        return self.filter(agency_id=membership.agency_id)

    def waiting(self) -> "HandOverQuerySet":
        """Those that the receiving worker has not answered."""
        return self.filter(answered_at=None)


class HandOver(models.Model):
    """Work that one worker gives to another in one act. Until it is accepted, the giver stays the worker.

    It names no case: which episodes it holds is said by them, behind each one's own wall.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=1_000, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    is_accepted = models.BooleanField(default=False)

    history = HistoricalRecords()
    objects = HandOverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="hand_over_once_per_submission")
        ]
        indexes = [
            models.Index(fields=["receiver"], name="hand_over_waiting", condition=models.Q(answered_at=None))
        ]
