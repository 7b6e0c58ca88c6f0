import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case
from dacase.cases.models.case import is_open_to
from referrals.casework.choices import FrequencyChange, Severity, SeverityChange, Stage


class SeverityGridQuerySet(models.QuerySet["SeverityGrid"]):
    def visible_to(self, membership: Membership) -> QuerySet["SeverityGrid"]:
        """Grids of cases that the membership may open."""
        return self.filter(is_open_to(membership, "case_id"))


class SeverityGrid(models.Model):
    """How severe each type of abuse was on one day, and how that has changed.

    Never changed once recorded, which the wall enforces: a newer grid stands beside the older.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    stage = models.CharField(max_length=10, choices=Stage)
    assessed_on = models.DateField(default=timezone.localdate)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    assessed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(max_length=5_000, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    history = HistoricalRecords()
    objects = SeverityGridQuerySet.as_manager()

    class Meta:
        ordering = ["assessed_on", "recorded_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "submission"], name="severity_once_per_submission")
        ]
        indexes = [models.Index(fields=["case", "assessed_on"], name="severity_of_case")]


class SeverityLineQuerySet(models.QuerySet["SeverityLine"]):
    def visible_to(self, membership: Membership) -> QuerySet["SeverityLine"]:
        """Lines of the grids that the membership may see."""
        return self.filter(grid__in=SeverityGrid.objects.visible_to(membership))


class SeverityLine(models.Model):
    """One type of abuse in a grid: a code of data/severity_types.csv."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    grid = models.ForeignKey(SeverityGrid, on_delete=models.CASCADE, related_name="lines")
    abuse_type = models.CharField(max_length=20)
    severity = models.CharField(max_length=10, choices=Severity)
    severity_change = models.CharField(max_length=15, choices=SeverityChange)
    frequency_change = models.CharField(max_length=15, choices=FrequencyChange)

    history = HistoricalRecords()
    objects = SeverityLineQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grid", "abuse_type"], name="one_line_per_abuse_type")]
