import uuid

from django.db import models
from django.db.models import QuerySet
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from refuge.choices import ServiceKind


class RefugeServiceQuerySet(models.QuerySet["RefugeService"]):
    def visible_to(self, membership: Membership) -> QuerySet["RefugeService"]:
        """The services of the reader's own agency: nobody else learns where a refuge is."""
        return self.filter(agency_id=membership.agency_id)


class RefugeService(models.Model):
    """A house or scheme of an agency. `address` is where it is; `service_address` is what papers may name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=ServiceKind)
    address = models.CharField(max_length=500)
    service_address = models.CharField(max_length=500)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = RefugeServiceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="service_name_once_per_agency"),
            models.UniqueConstraint(fields=["agency", "submission"], name="service_once_per_submission"),
        ]

    def __str__(self) -> str:
        return self.name


class UnitQuerySet(models.QuerySet["Unit"]):
    def visible_to(self, membership: Membership) -> QuerySet["Unit"]:
        """The units of the reader's own agency."""
        return self.filter(agency_id=membership.agency_id)


class Unit(models.Model):
    """A room or flat that one household takes at a time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(RefugeService, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(max_length=60)
    sleeps = models.PositiveSmallIntegerField()
    has_cot = models.BooleanField(default=False)
    is_step_free = models.BooleanField(default=False)
    is_self_contained = models.BooleanField(default=False)
    is_available = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ["service__name", "name"]
        constraints = [models.UniqueConstraint(fields=["service", "name"], name="unit_name_once_per_service")]

    def __str__(self) -> str:
        return self.name
