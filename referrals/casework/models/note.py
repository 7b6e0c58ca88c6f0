import uuid

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from referrals.casework.choices import NoteKind
from referrals.casework.models.owned import OwnedInCase
from referrals.casework.models.struck import StruckOut


class Note(OwnedInCase, StruckOut):
    """What somebody wrote down about a case. It belongs to the agency until it is shared, and is never deleted:

    what was entered in error is struck out with a reason and stays in the history.
    """

    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=NoteKind)
    happened_at = models.DateTimeField(default=timezone.now)
    text = models.TextField(max_length=20_000)
    author = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-happened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="note_once_per_submission")
        ]
        indexes = [models.Index(fields=["case", "-happened_at", "-id"], name="notes_of_case")]
