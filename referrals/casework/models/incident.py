import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case, Party
from dacase.cases.models.case import is_open_to
from dacase.ui.words import day_words
from referrals.casework.choices import Known, Precision, ReportedBy
from referrals.casework.models.struck import StruckOut
from referrals.casework.rules.incident import kinds


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, membership: Membership) -> "IncidentQuerySet":
        """Incidents of cases that the membership may open."""
        return self.filter(is_open_to(membership, "case_id"))

    def standing(self) -> "IncidentQuerySet":
        """Those that are not struck out."""
        return self.filter(struck_at__isnull=True)

    def first_records(self) -> "IncidentQuerySet":
        """One record of each incident: the one that was made first."""
        return self.filter(same_as__isnull=True)


class Incident(StruckOut):
    """One thing that happened, as one agency recorded it for everybody who holds the file.

    The agency that recorded it may change it, or strike it out with a reason; nothing is ever deleted. Where two
    have recorded the same, both accounts stay, and `same_as` says so: it counts once. Where it happened has no
    field: locations are a class of their own behind a wall of their own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    # Of an incident of which only the month is known, the first day of that month.
    happened_on = models.DateField()
    precision = models.CharField(max_length=10, choices=Precision, default=Precision.EXACT)
    kinds = ArrayField(models.CharField(max_length=20), help_text="Codes of data/abuse_types.csv")
    what_happened = models.TextField(max_length=10_000)
    perpetrator = models.ForeignKey(
        Party, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", help_text="Null: not known"
    )
    children_present = models.CharField(max_length=10, choices=Known, default=Known.NOT_KNOWN)
    reported_by = models.CharField(max_length=20, choices=ReportedBy, default=ReportedBy.VICTIM)
    reported_on = models.DateField(null=True, blank=True)
    known_to = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who learned of it",
    )
    police_told = models.CharField(max_length=10, choices=Known, default=Known.NOT_KNOWN)
    crime_reference = models.CharField(max_length=40, blank=True)
    same_as = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="records",
        help_text="The record of the same incident that was made first",
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "submission"], name="incident_once_per_submission"),
            models.CheckConstraint(condition=models.Q(kinds__len__gte=1), name="incident_of_some_kind"),
            models.CheckConstraint(
                condition=~models.Q(same_as=models.F("id")), name="incident_same_as_another"
            ),
        ]
        indexes = [models.Index(fields=["case", "-happened_on", "-id"], name="incidents_of_case")]

    @property
    def when(self) -> str:
        """“3 March 2026”, “About 3 March 2026”, “March 2026”, as well as it is known."""
        if self.precision == Precision.MONTH:
            return f"{self.happened_on:%B %Y}"
        return f"{'About ' if self.precision == Precision.ABOUT else ''}{day_words(self.happened_on)}"

    @property
    def kind_words(self) -> str:
        """Its kinds of abuse by their labels, in the order of the list."""
        return ", ".join(kind.label for kind in kinds().values() if kind.code in self.kinds)
