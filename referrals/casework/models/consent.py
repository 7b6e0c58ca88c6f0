import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.lookups import IsNull
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import LawfulBasis
from dacase.cases.models import Case, Party
from dacase.cases.models.case import is_open_to
from referrals.casework.choices import ConsentAnswer, ConsentWay
from referrals.casework.rules.consent import NOT_ASKED, purpose_label


class ConsentQuerySet(models.QuerySet["ConsentRecord"]):
    def visible_to(self, membership: Membership) -> QuerySet["ConsentRecord"]:
        """Records in cases that the membership may open."""
        return self.filter(is_open_to(membership, "case_id"))

    def standing(self) -> "ConsentQuerySet":
        """Those that nothing newer about the same person, purpose and service has taken the place of."""
        return self.filter(~Exists(_newer()))

    def earlier(self) -> "ConsentQuerySet":
        """Those that something newer has taken the place of."""
        return self.filter(Exists(_newer()))


def _newer() -> QuerySet["ConsentRecord"]:
    same = Q(service=OuterRef("service")) | Q(IsNull(OuterRef("service"), True), service=None)
    newer = ConsentRecord.objects.filter(
        same, party=OuterRef("party"), purpose=OuterRef("purpose"), version__gt=OuterRef("version")
    )
    return newer.order_by()


class ConsentRecord(models.Model):
    """What one person of a case has said to one purpose, at one time. Never changed: a change is a new record.

    `version` counts the records of one person, purpose and service; the highest stands. `service` is whose
    service the purpose is of, empty where one answer holds for everybody (data/consent_purposes.csv);
    `agency` is who recorded it. `goes_on` says that the agency goes on without consent: on which basis, why it is
    necessary and no more than needed, and who decided.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20)
    service = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    with_whom = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=10, choices=ConsentAnswer)
    answered_on = models.DateField(default=timezone.localdate)
    way = models.CharField(max_length=10, choices=ConsentWay, blank=True)
    reason = models.CharField(max_length=1_000, blank=True)
    is_informed = models.BooleanField()
    why_not_informed = models.CharField(max_length=500, blank=True)
    goes_on = models.BooleanField(default=False)
    lawful_basis = models.CharField(max_length=30, choices=LawfulBasis, blank=True)
    necessity = models.TextField(max_length=2_000, blank=True)
    proportionality = models.TextField(max_length=2_000, blank=True)
    decided_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    review_on = models.DateField(null=True, blank=True)
    until_on = models.DateField(null=True, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    history = HistoricalRecords()
    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-recorded_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="consent_once_per_submission"),
            models.UniqueConstraint(
                fields=["party", "purpose", "service", "version"],
                nulls_distinct=False,
                name="one_consent_per_version",
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=sorted(NOT_ASKED)) | ~Q(reason=""),
                name="consent_not_asked_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(is_informed=True) | ~Q(why_not_informed=""),
                name="consent_not_informed_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(goes_on=False)
                | (
                    ~Q(answer=ConsentAnswer.GIVEN)
                    & ~Q(lawful_basis__in=["", LawfulBasis.CONSENT])
                    & ~Q(necessity="")
                    & ~Q(proportionality="")
                    & Q(decided_by__isnull=False)
                ),
                name="without_consent_on_a_basis",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-recorded_at", "-id"], name="consents_of_case"),
            models.Index(fields=["case", "review_on"], name="consents_to_review"),
        ]

    @property
    def label(self) -> str:
        """What it is for, in words; whose service where the purpose has one. Names no person."""
        words = purpose_label(self.purpose)
        return f"{words} ({self.service})" if self.service else words

    @property
    def is_given(self) -> bool:
        """Whether consent holds today: given, and not past its last day."""
        return self.answer == ConsentAnswer.GIVEN and not self.has_ended

    @property
    def has_ended(self) -> bool:
        """Whether the last day for which it was given, or decided, has passed."""
        return self.until_on is not None and self.until_on < timezone.localdate()

    @property
    def is_due(self) -> bool:
        """Whether it must be looked at again by now."""
        return self.review_on is not None and self.review_on <= timezone.localdate()
