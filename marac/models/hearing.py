import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.models.grant import permission_id
from dacase.cases.models.open_to import OpenTo
from marac.choices import IN_RUNNING_ORDER, Criterion, HearingState, PaperKind
from marac.models.marac_referral import MaracReferral
from marac.models.meeting import Meeting


class Invited(OpenTo):
    """Whether the agency holds a current invitation to the hearing, and nothing bars the membership from its case.

    Asked of the hearing's own row.
    """

    sql = OpenTo.sql.replace("cases_grant", "marac_hearinggrant").replace(
        "content_object_id = {column}", "content_object_id = {row}.id"
    )


class HearingQuerySet(models.QuerySet["Hearing"]):
    def visible_to(self, membership: Membership) -> "HearingQuerySet":
        """Hearings that the agency holds a current grant on, less what bars the membership."""
        return self.filter(Invited.to(membership, "case_id", [permission_id("marac", "view_hearing")]))

    def in_running_order(self) -> "HearingQuerySet":
        """Hearings that hold a place on their agenda: not deferred, not withdrawn."""
        return self.filter(state__in=IN_RUNNING_ORDER)


class Hearing(models.Model):
    """A case on the agenda of a meeting. Invited agencies see its papers until it closes, and no case.

    `viewer_groups` and `viewers_recheck_at` are kept by the database from the hearing's grants.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="hearings")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="hearings")
    # More than one where a hearing was deferred and the case listed again.
    marac_referral = models.ForeignKey(MaracReferral, on_delete=models.PROTECT, related_name="hearings")
    number = models.PositiveSmallIntegerField()
    criterion = models.CharField(max_length=30, choices=Criterion)
    is_repeat = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=HearingState, default=HearingState.LISTED)
    outcome = models.TextField(max_length=5_000, blank=True)
    heard_on = models.DateField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # The last form that recorded the outcome, so that a double click records it once.
    record_submission = models.UUIDField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1)
    viewer_groups = ArrayField(models.IntegerField(), default=list, editable=False)
    viewers_recheck_at = models.DateTimeField(null=True, editable=False)

    history = HistoricalRecords(excluded_fields=["viewer_groups", "viewers_recheck_at"])
    objects = HearingQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "case"],
                condition=Q(state__in=IN_RUNNING_ORDER),
                name="case_once_per_meeting",
            ),
            models.UniqueConstraint(
                fields=["meeting", "number"],
                condition=Q(state__in=IN_RUNNING_ORDER),
                name="agenda_number_once",
            ),
        ]
        indexes = [models.Index(fields=["case", "-heard_on"]), models.Index(fields=["heard_on"])]


class HearingGrant(GroupObjectPermissionBase):
    """An agency's invitation to one hearing: scope `hearing`, a django-guardian permission row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content_object = models.ForeignKey(Hearing, on_delete=models.CASCADE, related_name="grants")
    valid_from = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    history = HistoricalRecords()

    class Meta(GroupObjectPermissionBase.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="hearing_grant_ends_after_it_starts",
            )
        ]


class HearingPaper(models.Model):
    """A paper of a hearing: what was drawn from the case for it, frozen when the hearing was listed.

    Drawn by an allow-list (services/hearing.py): names, dates of birth, relationships, criterion, risk.
    Never a location. Agencies that hold no grant on the case read this and nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hearing = models.ForeignKey(Hearing, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=20, choices=PaperKind)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    history = HistoricalRecords()

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["hearing", "kind"], name="one_paper_of_a_kind")]
