import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case, Party
from dacase.cases.models.open_to import NotBarred
from refuge.choices import LeavingReason, PlacementState
from refuge.models.unit import Unit


class Nights(Func):
    """The nights of a placement as a date range: the night of the first day, not that of the last."""

    function = "daterange"


class PlacementQuerySet(models.QuerySet["Placement"]):
    def visible_to(self, membership: Membership) -> "PlacementQuerySet":
        """Placements of the reader's own agency, less exclusions. Nobody outside the service sees where."""
        return self.filter(NotBarred.to(membership, "case_id"), agency_id=membership.agency_id)


class Placement(models.Model):
    """A household in a unit from a first night until the day it leaves (open while `ends_on` is empty).

    The database refuses two placements of one unit that share a night.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="placements")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=PlacementState, default=PlacementState.PLACED)
    leaving_reason = models.CharField(max_length=20, choices=LeavingReason, blank=True)
    placed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            ExclusionConstraint(
                name="unit_taken_once_a_night",
                expressions=[
                    (Nights("starts_on", "ends_on", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("unit", RangeOperators.EQUAL),
                ],
                condition=~Q(state=PlacementState.CANCELLED),
                violation_error_message="Another household has this unit on some of these nights.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="placement_ends_after_it_starts",
            ),
            models.UniqueConstraint(fields=["agency", "submission"], name="placement_once_per_submission"),
        ]
        indexes = [models.Index(fields=["starts_on"]), models.Index(fields=["agency", "-starts_on"])]


class PlacementMember(models.Model):
    """One party of the household that was placed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="members")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["placement", "party"], name="member_once_per_placement")
        ]
