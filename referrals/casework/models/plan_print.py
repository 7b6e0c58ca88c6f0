import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from referrals.casework.models.plan import OfAPlanQuerySet, Plan


class PlanPrint(models.Model):
    """That a plan was printed for the victim-survivor, by whom and when.

    Who prints has said that it is safe to give. `digest` is that of the words, so that the paper can be shown
    again while they are the same and no longer.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="prints")
    digest = models.CharField(max_length=64)
    printed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField(default=timezone.now)

    history = HistoricalRecords()
    objects: ClassVar[Any] = OfAPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-printed_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "submission"], name="plan_print_once_per_submission")
        ]

    @property
    def case_id(self) -> uuid.UUID:
        """For the read log."""
        return self.plan.case_id
