import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.choices import AgencyKind
from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case
from dacase.cases.models.case import is_open_to
from marac.choices import Criterion
from referrals.choices import Aware, Consent


class MaracReferralQuerySet(models.QuerySet["MaracReferral"]):
    def visible_to(self, membership: Membership) -> "MaracReferralQuerySet":
        """MARAC referrals of cases that the membership may open."""
        return self.filter(is_open_to(membership, "case_id"))

    def candidates(self) -> "MaracReferralQuerySet":
        """Referrals that wait to be put on an agenda."""
        return self.filter(listed_at__isnull=True, withdrawn_at__isnull=True)


class MaracReferral(models.Model):
    """A case referred to MARAC, with the criterion it meets. A candidate until it is put on an agenda."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="marac_referrals")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=20, choices=AgencyKind)
    referred_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    referred_at = models.DateTimeField(default=timezone.now)
    criterion = models.CharField(max_length=30, choices=Criterion)
    reason = models.TextField(max_length=5_000)
    victim_aware = models.CharField(max_length=20, choices=Aware)
    consent = models.CharField(max_length=20, choices=Consent)
    listed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    history = HistoricalRecords()
    objects = MaracReferralQuerySet.as_manager()

    class Meta:
        ordering = ["referred_at"]
        constraints = [
            models.UniqueConstraint(fields=["case", "submission"], name="marac_referral_once_per_submission"),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(listed_at=None, withdrawn_at=None),
                name="one_candidate_per_case",
            ),
        ]
        indexes = [models.Index(fields=["referred_at"])]
