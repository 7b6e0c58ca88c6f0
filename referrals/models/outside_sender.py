"""Who sent a referral by the public page for professionals, and whether they were called back."""

import uuid

from django.db import models
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from referrals.choices import CallBack, Told
from referrals.models.referral import Referral

SETTLED = (CallBack.CONFIRMED, CallBack.IN_DANGER)
NOT_TRIED_AGAIN = (Told.SPOKE, Told.GAVE_UP)


class OutsideSender(models.Model):
    """What an outside professional said of herself. Not to be believed until she was called back.

    `typed_phone` is hers to give and never the number to call: the front door finds the organisation's
    published one, and writes down where.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="outside_sender")
    name = models.CharField(max_length=120)
    job = models.CharField(max_length=120)
    organisation = models.CharField(max_length=200)
    typed_phone = models.CharField(max_length=40)
    email = models.EmailField(blank=True)
    called_back_at = models.DateTimeField(null=True)
    called_back_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    number_found = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=20, choices=CallBack, blank=True)
    note = models.CharField(max_length=500, blank=True)
    # Of what was decided. A later decision is to be told anew.
    told_at = models.DateTimeField(null=True)
    told_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    told = models.CharField(max_length=20, choices=Told, blank=True)
    told_note = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()

    @property
    def is_settled(self) -> bool:
        """Whether the call back lets the front door go on."""
        return self.outcome in SETTLED

    @property
    def is_to_be_told(self) -> bool:
        """Whether somebody has still to tell her what was decided. An organisation that does not know her is told nothing."""
        decided_at = self.referral.decided_at
        if decided_at is None or self.outcome == CallBack.NOT_KNOWN:
            return False
        return self.told not in NOT_TRIED_AGAIN or self.told_at is None or self.told_at < decided_at
