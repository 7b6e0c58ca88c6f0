import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.models import Party
from referrals.casework.choices import LetterState, LetterWay
from referrals.casework.models.owned import OwnedInCase


class Letter(OwnedInCase):
    """A letter or e-mail to one recipient: the victim-survivor (`party`) or a colleague (`colleague`).

    It keeps no address and no text of its own: the template says all, and where it goes is read when it goes.
    State changes only in services/letter.py.
    """

    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    template = models.CharField(max_length=30)
    way = models.CharField(max_length=10, choices=LetterWay)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    colleague = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.CharField(max_length=10, choices=LetterState, default=LetterState.DRAFT)
    why_not = models.CharField(max_length=300, blank=True)
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-written_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="letter_once_per_submission"),
            models.CheckConstraint(
                condition=Q(party__isnull=False, colleague__isnull=True)
                | Q(party__isnull=True, colleague__isnull=False),
                name="letter_has_one_recipient",
            ),
        ]
        indexes = [models.Index(fields=["case", "-written_at", "-id"], name="letters_of_case")]
