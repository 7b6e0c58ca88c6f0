import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from dacase.agencies.choices import Role
from dacase.agencies.models.agency import Agency, Team
from dacase.agencies.roles import role_may


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self, on: date | None = None) -> QuerySet["Membership"]:
        """Memberships that run on the day `on` (today by default), of active users and agencies."""
        day = on or timezone.localdate()
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            starts_on__lte=day,
            ended_at__isnull=True,
            user__is_active=True,
            agency__is_active=True,
        )

    def visible_to(self, membership: "Membership") -> QuerySet["Membership"]:
        """The memberships of the reader's own agency."""
        return self.filter(agency_id=membership.agency_id)


class Membership(models.Model):
    """A user's work for an agency, in one role, between two dates: the actor of every act.

    `ends_on` is its last day. `ended_at` is set where it was ended at once, in the middle of a day.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=30, choices=Role)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["agency__name", "user__name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="membership_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()}, {self.agency})"

    def may(self, verb: str) -> bool:
        """Whether this membership's role may do `verb`, a row of roles.csv; KeyError for an unknown verb."""
        return role_may(self.role, verb)

    def is_active(self, on: date | None = None) -> bool:
        """Whether the membership runs on the day `on` (today by default)."""
        day = on or timezone.localdate()
        return (
            self.ended_at is None and self.starts_on <= day and (self.ends_on is None or self.ends_on >= day)
        )

    def bar_group_ids(self) -> list[int]:
        """The groups whose exclusions bar this membership: its agency's, its team's, its person's."""
        groups = [self.agency.group_id, self.user.group_id]
        if self.team is not None:
            groups.append(self.team.group_id)
        return groups
