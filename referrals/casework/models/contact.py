import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.choices import ContactMethod
from dacase.cases.models import Party
from referrals.casework.choices import Direction, WasSafe, WithWhom
from referrals.casework.models.episode import Episode
from referrals.casework.models.owned import OwnedInCase


class ContactAttempt(OwnedInCase):
    """One try to make contact, or one contact that was made. Belongs to the agency that made it.

    `against_plan` says that it happened although the safe-contact plan does not allow it, which a manager
    must see. Outcomes: data/contact_outcomes.csv.
    """

    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="attempts")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    direction = models.CharField(max_length=10, choices=Direction)
    method = models.CharField(max_length=20, choices=ContactMethod)
    with_whom = models.CharField(max_length=20, choices=WithWhom)
    outcome = models.CharField(max_length=30)
    was_safe = models.CharField(max_length=10, choices=WasSafe)
    was_agreed = models.BooleanField(default=False)
    next_try_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=1_000, blank=True)
    plan_version = models.PositiveIntegerField(null=True, blank=True)
    against_plan = models.BooleanField(default=False)
    seen_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="attempt_once_per_submission")
        ]
        indexes = [
            models.Index(fields=["episode", "-made_at", "-id"], name="attempts_of_episode"),
            models.Index(
                fields=["agency", "made_at"],
                name="attempts_against_plan",
                condition=Q(against_plan=True, seen_at=None),
            ),
        ]
