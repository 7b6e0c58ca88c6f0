"""The letterbox: what somebody without an account has sent by a public page, until it is taken in."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from referrals.choices import ReferralDoor

MOST_CHARACTERS = 60_000


class PublicReferralQuerySet(models.QuerySet["PublicReferral"]):
    def visible_to(self, membership: Membership) -> "PublicReferralQuerySet":
        """What was sent to the front door of the reader's agency."""
        return self.filter(receiver_id=membership.agency_id)

    def waiting(self) -> "PublicReferralQuerySet":
        """Neither taken in nor dealt with by hand."""
        return self.filter(taken_in_at__isnull=True, settled_at__isnull=True)


class PublicReferral(models.Model):
    """One message from a public page. Anybody may put one in; only the front door it is for may read it.

    `id` is made from the page's number and from what was sent, and is the referral's `submission`: a double
    click is one, and a page changed and sent again is another. `body` is emptied once it is taken in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receiver = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=20, choices=ReferralDoor)
    body = models.JSONField(default=dict)
    received_at = models.DateTimeField(default=timezone.now)
    taken_in_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PublicReferralQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=LessThanOrEqual(
                    Length(Cast(F("body"), output_field=models.TextField())), MOST_CHARACTERS
                ),
                name="public_referral_is_not_too_long",
            )
        ]
        indexes = [
            models.Index(
                fields=["receiver", "received_at", "id"],
                name="letterbox",
                condition=Q(taken_in_at__isnull=True, settled_at__isnull=True),
            )
        ]
