import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from referrals.casework.choices import SignOffState
from referrals.casework.models.owned import InnerInCase
from referrals.casework.models.plan import Plan
from referrals.casework.models.risk_assessment import RiskAssessment
from referrals.casework.rules.sign_off import PlanAsRead


class SignOffRequest(InnerInCase):
    """A worker asks a manager to stand behind a judgement of risk, or behind a plan.

    Answered once, by somebody who did not make it. A completed assessment never changes; of a plan the answer
    speaks for what the manager has read (`plan_as_read`), and for nothing that is planned later.
    """

    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(
        RiskAssessment, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=1_000, blank=True)
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=SignOffState, default=SignOffState.OPEN)
    answer = models.TextField(max_length=4_000, blank=True)
    answered_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    plan_as_read = models.JSONField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="sign_off_once_per_submission"),
            models.UniqueConstraint(
                fields=["assessment"], condition=Q(state=SignOffState.OPEN), name="one_open_sign_off"
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state=SignOffState.OPEN), name="one_open_sign_off_of_a_plan"
            ),
            models.CheckConstraint(
                condition=Q(assessment__isnull=False, plan=None) | Q(assessment=None, plan__isnull=False),
                name="sign_off_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(plan=None) | Q(state=SignOffState.OPEN) | Q(plan_as_read__isnull=False),
                name="answered_about_a_plan_that_is_kept",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("asked_by")), name="nobody_signs_off_her_own"
            ),
            models.CheckConstraint(
                condition=~Q(state=SignOffState.SENT_BACK) | ~Q(answer=""), name="sent_back_with_words"
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "asked_at"], name="sign_offs_open", condition=Q(state=SignOffState.OPEN)
            ),
            models.Index(
                fields=["asked_by", "answered_at"],
                name="sign_offs_sent_back",
                condition=Q(state=SignOffState.SENT_BACK, read_at=None),
            ),
            models.Index(fields=["assessment", "-asked_at"], name="sign_offs_of_assessment"),
            models.Index(fields=["case", "-asked_at"], name="sign_offs_of_case"),
        ]

    @property
    def author(self) -> Membership:
        """Who made the judgement, or wrote the plan."""
        if self.assessment is not None:
            return self.assessment.assessor
        return self.plan.written_by if self.plan is not None else self.asked_by

    def is_of(self, membership: Membership) -> bool:
        """Whether the person asked for it, or made what it is about: then somebody else answers."""
        return membership.user_id in (self.asked_by.user_id, self.author.user_id)

    @property
    def plan_answered(self) -> PlanAsRead | None:
        """The plan as it was when it was answered; None before, and where it is about a judgement."""
        return PlanAsRead.of_kept(self.plan_as_read) if self.plan_as_read else None

    @property
    def about(self) -> str:
        """What it is about, in words that name nobody."""
        return "Judgement of risk" if self.assessment_id else "Safety and support plan"
