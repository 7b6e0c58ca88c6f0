"""Returns and their figures. No name, no location and no case reaches these tables."""

import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from dacase.jobs.models import Job


class ReturnQuerySet(models.QuerySet["Return"]):
    def visible_to(self, membership: Membership) -> QuerySet["Return"]:
        """The returns of the reader's own agency."""
        return self.filter(agency_id=membership.agency_id)


class Return(models.Model):
    """A set of measures counted for a period. `period` is a financial quarter: `2026-Q1` is April to June 2026."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    period = models.CharField(max_length=10)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    requested_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="made_return")
    counted_at = models.DateTimeField(null=True, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="return_once_per_submission")
        ]


class Figure(models.Model):
    """One counted value of a return: a measure, and where it is broken down, the breakdown's value."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_return = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="figures")
    position = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=60)
    breakdown = models.CharField(max_length=60, blank=True)
    value = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["made_return", "measure", "breakdown"], name="figure_once")
        ]
