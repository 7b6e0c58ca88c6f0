import uuid
from datetime import time

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet

from dacase.agencies.models import Agency, Membership
from marac.choices import MeetingState


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, membership: Membership) -> QuerySet["Meeting"]:
        """Meetings that the agency coordinates, is a core agency of, or is invited to a hearing of."""
        from marac.models.hearing import Hearing

        core = MeetingAgency.objects.filter(meeting=OuterRef("pk"), agency_id=membership.agency_id)
        invited = Hearing.objects.visible_to(membership).filter(meeting=OuterRef("pk"))
        return self.filter(Q(coordinator_agency_id=membership.agency_id) | Exists(core) | Exists(invited))


class Meeting(models.Model):
    """A MARAC meeting on a day. It names no case: hearings do, behind their own walls."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    coordinator_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    held_on = models.DateField()
    starts_at = models.TimeField(default=time(9, 30))
    chair = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    version = models.PositiveIntegerField(default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["coordinator_agency", "held_on"], name="one_meeting_a_day"),
            models.UniqueConstraint(
                fields=["coordinator_agency", "submission"], name="meeting_once_per_submission"
            ),
        ]


class MeetingAgency(models.Model):
    """A core agency of a meeting, invited to each of its hearings unless left out of one."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="core_agencies")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "agency"], name="core_agency_once")]
