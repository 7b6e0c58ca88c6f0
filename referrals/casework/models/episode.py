import uuid

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case, Party
from dacase.cases.models.case import is_open_to
from referrals.casework.choices import EpisodeKind, EpisodeState
from referrals.casework.models.hand_over import HandOver
from referrals.choices import Priority
from referrals.models import Route


class EpisodeQuerySet(models.QuerySet["Episode"]):
    def visible_to(self, membership: Membership) -> QuerySet["Episode"]:
        """Episodes in cases that the membership may open: who supports is told, how is each agency's own."""
        return self.filter(is_open_to(membership, "case_id"))

    def own_of(self, membership: Membership) -> QuerySet["Episode"]:
        """Those of the membership's own agency, which alone works on them."""
        return self.visible_to(membership).filter(agency_id=membership.agency_id)


class Episode(models.Model):
    """One service's support of one party of a case, from acceptance to closure.

    `next_contact_at` is when the worker must make contact next: the first-contact clock at the beginning, then
    what the last attempt said, and none once it has ended. Its state is worked out from its dates.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="episodes")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=EpisodeKind)
    priority = models.CharField(max_length=10, choices=Priority, default=Priority.STANDARD)
    route = models.ForeignKey(Route, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    worker = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hand_over = models.ForeignKey(
        HandOver, on_delete=models.PROTECT, null=True, blank=True, related_name="episodes"
    )
    opened_at = models.DateTimeField(default=timezone.now)
    allocated_at = models.DateTimeField(null=True, blank=True)
    first_contact_due_at = models.DateTimeField(default=timezone.now)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    contacted_at = models.DateTimeField(null=True, blank=True)
    next_contact_at = models.DateTimeField(null=True, blank=True)
    closing_asked_at = models.DateTimeField(null=True, blank=True)
    closing_reason = models.CharField(max_length=30, blank=True)
    closed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_off_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = EpisodeQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "agency", "kind", "party"],
                condition=Q(closed_at=None),
                name="one_open_episode_of_a_kind",
            ),
            models.UniqueConstraint(fields=["agency", "submission"], name="episode_once_per_submission"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(closing_reason=""), name="episode_closes_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(next_contact_at__isnull=False),
                name="open_episode_has_a_next_contact",
            ),
        ]
        indexes = [
            models.Index(
                fields=["worker", "next_contact_at", "id"], name="episode_day", condition=Q(closed_at=None)
            ),
            models.Index(fields=["agency", "worker"], name="episode_team", condition=Q(closed_at=None)),
            models.Index(fields=["worker", "opened_at"], name="episode_taken_on"),
        ]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_on_offer(self) -> bool:
        """Whether a colleague has yet to answer whether she takes it over."""
        return self.hand_over is not None and self.hand_over.answered_at is None

    @property
    def state(self) -> EpisodeState:
        if self.closed_at is not None:
            return EpisodeState.CLOSED
        if self.closing_asked_at is not None:
            return EpisodeState.SIGN_OFF
        if self.worker_id is None:
            return EpisodeState.NOBODY
        return EpisodeState.FIRST_CONTACT if self.contacted_at is None else EpisodeState.IN_SUPPORT
