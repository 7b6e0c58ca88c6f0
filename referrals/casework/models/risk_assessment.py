import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import Band
from dacase.cases.models import Case
from dacase.cases.models.case import is_open_to
from referrals.casework.choices import Answer, AnswerSource, EarlyReason, RiskTool
from referrals.casework.rules.risk_assessment import COUNT, JUDGEMENT, Tool, tool_to_read


class RiskAssessmentQuerySet(models.QuerySet["RiskAssessment"]):
    def visible_to(self, membership: Membership) -> QuerySet["RiskAssessment"]:
        """Assessments in cases that the membership may open."""
        return self.filter(is_open_to(membership, "case_id"))

    def completed(self) -> QuerySet["RiskAssessment"]:
        return self.filter(completed_at__isnull=False)


class RiskAssessment(models.Model):
    """One snapshot of risk with one tool. Begun, answered section by section, then completed for good.

    A tool is a definition in data/tools.csv with its own topics and answers, and the assessment keeps the version
    that it was begun with; one that is graded by judgement has no count, and `judged_band` is the grade. On completion `yes_count` and `band` are fixed by the threshold in force on `assessed_on`
    (data/thresholds.csv), so that a later change of threshold leaves past bands alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="risk_assessments")
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    tool = models.CharField(max_length=20, choices=RiskTool, default=RiskTool.DASH)
    tool_version = models.CharField(max_length=20)
    # Why the risk was assessed again before the review was due.
    early_reason = models.CharField(max_length=20, choices=EarlyReason, blank=True)
    early_words = models.TextField(max_length=1_000, blank=True)
    # Why the tool was used although it is not made for the victim-survivor's age.
    tool_reason = models.TextField(max_length=500, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    assessor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    assessed_on = models.DateField(default=timezone.localdate)
    yes_count = models.PositiveSmallIntegerField(default=0)
    is_high_by_judgement = models.BooleanField(default=False)
    judged_band = models.CharField(max_length=10, choices=Band, blank=True)
    judgement_reason = models.TextField(max_length=5_000, blank=True)
    band = models.CharField(max_length=10, choices=Band, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = RiskAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["-assessed_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "submission"], name="assessment_once_per_submission")
        ]
        indexes = [models.Index(fields=["assessed_on"]), models.Index(fields=["case", "-assessed_on"])]

    @property
    def definition(self) -> Tool:
        """The version of its tool that it was begun with, to be read by even where it was taken out."""
        scoring = JUDGEMENT if self.judged_band else COUNT
        return tool_to_read(self.tool, self.tool_version, scoring=scoring)


class RiskAnswer(models.Model):
    """The answer to one topic of a tool, with where it came from and a note."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    assessment = models.ForeignKey(RiskAssessment, on_delete=models.CASCADE, related_name="answers")
    topic = models.CharField(max_length=10)
    answer = models.CharField(max_length=10, choices=Answer)
    source = models.CharField(max_length=20, choices=AnswerSource, default=AnswerSource.VICTIM)
    note = models.TextField(max_length=2_000, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["topic"]
        constraints = [models.UniqueConstraint(fields=["assessment", "topic"], name="one_answer_per_topic")]
