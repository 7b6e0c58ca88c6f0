import uuid

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from referrals.casework.choices import RiskTool
from referrals.casework.rules.risk_assessment import COUNT, Tool, tool_to_read
from referrals.casework.rules.wording import LONGEST_HELP, LONGEST_QUESTION


class ToolWordingQuerySet(models.QuerySet["ToolWording"]):
    def visible_to(self, membership: Membership) -> QuerySet["ToolWording"]:
        """What the own agency loaded, to be used or withdrawn. In an assessment everybody reads it."""
        return self.filter(agency_id=membership.agency_id)

    def used(self) -> QuerySet["ToolWording"]:
        """Confirmed and not withdrawn."""
        return self.filter(confirmed_at__isnull=False, withdrawn_at__isnull=True)


class ToolWording(models.Model):
    """The licensed wording of one version of a tool, loaded by an agency of the partnership from its own file.

    It waits until it is confirmed, is shown with assessments from `from_date` on, and is never changed: it is
    withdrawn, and other wording loaded. So the row is its own history.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    tool = models.CharField(max_length=20, choices=RiskTool)
    tool_version = models.CharField(max_length=20)
    from_date = models.DateField(default=timezone.localdate)
    # Who holds the licence and the acknowledgement that it asks for, shown wherever the wording is.
    licence = models.TextField(max_length=1_000)
    sha256 = models.CharField(max_length=64)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    loaded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    loaded_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ToolWordingQuerySet.as_manager()

    class Meta:
        ordering = ["-loaded_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="wording_once_per_submission"),
            models.UniqueConstraint(
                fields=["tool", "tool_version", "from_date"],
                condition=Q(confirmed_at__isnull=False, withdrawn_at=None),
                name="one_wording_from_a_day",
            ),
        ]

    @property
    def definition(self) -> Tool:
        """The version of the tool that it is the wording of, known or not."""
        return tool_to_read(self.tool, self.tool_version, scoring=COUNT)

    @property
    def is_used(self) -> bool:
        return self.confirmed_at is not None and self.withdrawn_at is None


class TopicWording(models.Model):
    """The question and the help of one topic, as licensed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wording = models.ForeignKey(ToolWording, on_delete=models.CASCADE, related_name="topics")
    code = models.CharField(max_length=10)
    question = models.TextField(max_length=LONGEST_QUESTION)
    help = models.TextField(max_length=LONGEST_HELP, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["wording", "code"], name="one_wording_per_topic")]
