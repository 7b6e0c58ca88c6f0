from django.db import models
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from referrals.casework.models.episode import Episode
from referrals.casework.models.owned import OwnedInCase


class ExitOutcome(OwnedInCase):
    """One answer about what has changed, given when an episode closes. Items and answers: data/outcomes.csv."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="outcomes")
    item = models.CharField(max_length=30)
    answer = models.CharField(max_length=20)
    rated_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    history = HistoricalRecords()

    class Meta:
        ordering = ["item"]
        constraints = [
            models.UniqueConstraint(fields=["episode", "item"], name="one_outcome_per_item_and_episode")
        ]
