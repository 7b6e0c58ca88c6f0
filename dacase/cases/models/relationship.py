import uuid

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.models.case import Case, is_open_to
from dacase.cases.models.party import Party


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    def visible_to(self, membership: Membership) -> QuerySet["Relationship"]:
        """Relationships in cases that the membership may open."""
        return self.filter(is_open_to(membership, "case_id"))


class Relationship(models.Model):
    """How one party of a case stands to another. One row; the other way round is its kind's inverse."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    other = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()
    objects = RelationshipQuerySet.as_manager()

    class Meta:
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "kind", "other"],
                condition=Q(ended_at=None),
                name="relationship_once_while_it_lasts",
            ),
            models.CheckConstraint(condition=~Q(party=F("other")), name="relationship_of_two"),
        ]
        indexes = [models.Index(fields=["case"])]
