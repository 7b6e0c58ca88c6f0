import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from referrals.casework.models.episode import Episode
from referrals.casework.models.owned import InnerInCase


class Supervision(InnerInCase):
    """That a manager talked a support through with its worker: what was said, what was decided. Never shared."""

    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="supervisions")
    worker = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    held_on = models.DateField(default=timezone.localdate)
    discussed = models.TextField(max_length=10_000)
    decisions = models.TextField(max_length=10_000)
    next_due_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="supervision_once_per_submission"),
            models.CheckConstraint(condition=~Q(worker=F("supervisor")), name="nobody_supervises_herself"),
            models.CheckConstraint(
                condition=Q(next_due_on__gte=F("held_on")), name="supervision_is_due_after_it_was_held"
            ),
        ]
        indexes = [
            models.Index(fields=["episode", "-held_on", "-id"], name="supervisions_of_episode"),
            models.Index(fields=["agency", "made_at"], name="supervisions_of_agency"),
        ]
