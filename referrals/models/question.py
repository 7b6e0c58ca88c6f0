import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from referrals.choices import QuestionCode
from referrals.models.referral import Referral
from referrals.rules.decision import RETURN, reason_words


class ReferralQuestionQuerySet(models.QuerySet["ReferralQuestion"]):
    def waiting(self) -> QuerySet["ReferralQuestion"]:
        """Questions that nobody has answered."""
        return self.filter(answered_at__isnull=True)

    def visible_to(self, membership: Membership) -> QuerySet["ReferralQuestion"]:
        """Questions about referrals that the membership may see."""
        return self.filter(Exists(Referral.objects.visible_to(membership).filter(pk=OuterRef("referral_id"))))


class ReferralQuestion(models.Model):
    """Something that a referral's sender is asked. The referral's clock runs on meanwhile.

    `asked_by` is empty where the referral arrived without a safe way to make contact: then the front door
    asks by itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="questions")
    code = models.CharField(max_length=20, choices=QuestionCode)
    text = models.CharField(max_length=1_000, blank=True)
    asked_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=2_000, blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()
    objects = ReferralQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "code"],
                condition=Q(answered_at=None) & ~Q(code=QuestionCode.OTHER),
                name="one_question_of_a_kind_waits",
            )
        ]

    @property
    def words(self) -> str:
        """What the sender reads: the words of the code, and what was added to them."""
        known = "" if self.code == QuestionCode.OTHER else reason_words(RETURN, self.code)
        return "\n".join(filter(None, [known, self.text]))
