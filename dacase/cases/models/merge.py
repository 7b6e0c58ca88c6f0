import uuid

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.choices import MergeReason
from dacase.cases.models.person import Person


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, membership: Membership) -> "MergeQuerySet":
        """Merges whose kept person the membership sees."""
        return self.filter(kept__in=Person.objects.visible_to(membership))

    def standing(self) -> "MergeQuerySet":
        """Those that have not been undone."""
        return self.filter(undone_at__isnull=True)


class Merge(models.Model):
    """That two records were one person: what moved from `merged` to `kept`, so that it can be undone exactly.

    `record` is written and read by services/merge.py only: rows that moved, rows that the kept person had,
    and each field that changed as [before, after].
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    merged = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=30, choices=MergeReason)
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    undone_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    record = models.JSONField(default=dict)

    history = HistoricalRecords(excluded_fields=["record"])
    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=models.Q(undone_at=None), name="merged_into_one_at_a_time"
            )
        ]
