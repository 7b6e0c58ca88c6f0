import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from referrals.casework.choices import CoverReason


class CoverQuerySet(models.QuerySet["Cover"]):
    def visible_to(self, membership: Membership) -> "CoverQuerySet":
        """Those of the membership's own agency."""
        return self.filter(agency_id=membership.agency_id)

    def running(self) -> "CoverQuerySet":
        """Those that run today. They end by their last day, without anybody's doing."""
        today = timezone.localdate()
        return self.filter(from_on__lte=today, until_on__gte=today, ended_at=None)


class Cover(models.Model):
    """A worker is away and a colleague does what falls due meanwhile. The work stays the worker's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    colleague = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField()
    reason = models.CharField(max_length=20, choices=CoverReason)
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()
    objects = CoverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")), name="cover_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=~Q(worker=F("colleague")), name="nobody_covers_herself"),
        ]
        indexes = [
            models.Index(fields=["colleague", "until_on"], name="cover_by", condition=Q(ended_at=None)),
            models.Index(fields=["worker", "until_on"], name="cover_of", condition=Q(ended_at=None)),
        ]
