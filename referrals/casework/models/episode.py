import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case, Party
from dacase.cases.models.case import is_open_to
from referrals.casework.choices import EpisodeKind
from referrals.models import Route


class EpisodeQuerySet(models.QuerySet["Episode"]):
    def visible_to(self, membership: Membership) -> QuerySet["Episode"]:
        """Episodes in cases that the membership may open: who supports is told, how is each agency's own."""
        return self.filter(is_open_to(membership, "case_id"))


class Episode(models.Model):
    """One service's support of one party of a case, from acceptance to closure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="episodes")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=EpisodeKind)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = EpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
