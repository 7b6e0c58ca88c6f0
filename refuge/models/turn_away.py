import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case
from dacase.cases.models.open_to import NotBarred
from refuge.choices import DecidedBy, TurnAwayCause
from refuge.models.unit import RefugeService


class TurnAwayQuerySet(models.QuerySet["TurnAway"]):
    def visible_to(self, membership: Membership) -> QuerySet["TurnAway"]:
        """Turn-aways of the reader's own agency, less exclusions."""
        return self.filter(NotBarred.to(membership, "case_id"), agency_id=membership.agency_id)


class TurnAway(models.Model):
    """A household that asked for a place and was not placed: who decided, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(RefugeService, on_delete=models.PROTECT, related_name="turn_aways")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    happened_on = models.DateField(default=timezone.localdate)
    decided_by = models.CharField(max_length=20, choices=DecidedBy)
    cause = models.CharField(max_length=30, choices=TurnAwayCause)
    adults = models.PositiveSmallIntegerField(default=1)
    children = models.PositiveSmallIntegerField(default=0)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    history = HistoricalRecords()
    objects = TurnAwayQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="turn_away_once_per_submission")
        ]
        indexes = [models.Index(fields=["happened_on"])]
