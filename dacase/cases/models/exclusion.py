import uuid

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.models.case import Case


class ExclusionQuerySet(models.QuerySet["Exclusion"]):
    def barring(self, membership: Membership) -> QuerySet["Exclusion"]:
        """Exclusions in force that bar this membership: its agency, its team or the person."""
        return self.filter(group_id__in=membership.bar_group_ids(), lifted_at__isnull=True)


class Exclusion(models.Model):
    """A person, a team or an agency barred from a case, whatever is granted. Beats every grant.

    `group` is the personal group of a user or the group of a team or agency.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exclusions")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    set_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()
    objects = ExclusionQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at"]
        indexes = [
            models.Index(
                fields=["group", "case"], name="exclusion_in_force", condition=models.Q(lifted_at=None)
            )
        ]
