import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from referrals.casework.choices import ActionOwner, ActionState
from referrals.casework.models.plan import OfAPlanQuerySet, Plan
from referrals.casework.rules.plan import heading_title


class PlanAction(models.Model):
    """What somebody does by a day about one risk or need. It is settled with a reason, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="actions")
    heading = models.CharField(max_length=30)
    need = models.TextField(max_length=2_000)
    text = models.TextField(max_length=2_000)
    owner = models.CharField(max_length=10, choices=ActionOwner)
    worker = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    other_agency = models.CharField(max_length=200, blank=True)
    due_on = models.DateField()
    state = models.CharField(max_length=20, choices=ActionState, default=ActionState.TO_DO)
    reason = models.CharField(max_length=500, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects: ClassVar[Any] = OfAPlanQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "submission"], name="plan_action_once_per_submission"),
            models.CheckConstraint(
                condition=Q(owner=ActionOwner.VICTIM, worker=None, other_agency="")
                | Q(owner=ActionOwner.WORKER, worker__isnull=False, other_agency="")
                | Q(owner=ActionOwner.OTHER, worker=None) & ~Q(other_agency=""),
                name="plan_action_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state=ActionState.TO_DO, settled_at=None, settled_by=None)
                | ~Q(state=ActionState.TO_DO) & Q(settled_at__isnull=False, settled_by__isnull=False),
                name="plan_action_is_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ActionState.TO_DO, ActionState.DONE]) | ~Q(reason=""),
                name="plan_action_is_left_for_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["worker", "due_on", "id"],
                name="plan_actions_due",
                condition=Q(state=ActionState.TO_DO),
            )
        ]

    @property
    def case_id(self) -> uuid.UUID:
        """For the read log."""
        return self.plan.case_id

    @property
    def title(self) -> str:
        """The title of its heading."""
        return heading_title(self.heading)

    @property
    def is_to_do(self) -> bool:
        return self.state == ActionState.TO_DO

    @property
    def who(self) -> str:
        """Who does it, in words for who works with the plan."""
        if self.owner == ActionOwner.WORKER and self.worker is not None:
            return self.worker.user.name
        return self.other_agency or ActionOwner(self.owner).label
