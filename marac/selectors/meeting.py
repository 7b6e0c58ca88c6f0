"""Reads of MARAC meetings: the list, the next one, who may chair, who is invited."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dacase.agencies.choices import AgencyKind, Role
from dacase.agencies.models import Agency, Membership
from dacase.audit.models import Event
from marac.choices import HearingState, MeetingState
from marac.models import Hearing, Meeting, MeetingAgency
from marac.rules import next_meeting_on


def meetings(membership: Membership, *, state: str = "") -> QuerySet[Meeting]:
    """The meetings that the membership may see, the latest first, filtered by state (choices.MeetingState)."""
    found = Meeting.objects.visible_to(membership).select_related("chair__user", "coordinator_agency")
    return found.filter(state=state) if state else found


def hearing_counts(found: list[Meeting], membership: Membership) -> dict[object, int]:
    """How many hearings of each meeting the membership sees, by the meeting's key."""
    counted = (
        Hearing.objects.visible_to(membership)
        .in_running_order()
        .filter(meeting__in=found)
        .order_by()
        .values_list("meeting_id")
        .annotate(Count("pk"))
    )
    return dict(counted)


def is_coordinator(meeting: Meeting, membership: Membership) -> bool:
    """Whether the membership coordinates this meeting: her agency's, in a role that manages meetings."""
    return meeting.coordinator_agency_id == membership.agency_id and membership.may("manage_meeting")


def may_record(meeting: Meeting, membership: Membership) -> bool:
    """Whether the membership records the hearings of this meeting: its coordinator, or the one who chairs it."""
    if not membership.may("record_hearing"):
        return False
    return is_coordinator(meeting, membership) or meeting.chair_id == membership.pk


def chairs() -> QuerySet[Membership]:
    """Everybody who may chair a meeting, of any agency."""
    found = Membership.objects.active().filter(role=Role.MARAC_CHAIR)
    return found.select_related("user", "agency").order_by("user__name")


def possible_agencies(coordinator: Agency) -> QuerySet[Agency]:
    """The agencies that may be invited to a MARAC: all but commissioners and the coordinator's own."""
    return (
        Agency.objects.filter(is_active=True).exclude(kind=AgencyKind.COMMISSIONER).exclude(pk=coordinator.pk)
    )


def core_agencies(meeting: Meeting) -> list[Agency]:
    """The core agencies of a meeting, by name."""
    named = MeetingAgency.objects.filter(meeting=meeting, agency__is_active=True).select_related("agency")
    return [row.agency for row in named.order_by("agency__name")]


def latest_meeting(coordinator: Agency) -> Meeting | None:
    """The coordinator's meeting with the latest day."""
    return Meeting.objects.filter(coordinator_agency=coordinator).order_by("-held_on").first()


def proposed_day(coordinator: Agency) -> date:
    """The day proposed for the coordinator's next meeting: a fortnight after the latest one."""
    latest = latest_meeting(coordinator)
    return next_meeting_on(latest.held_on if latest else None, today=timezone.localdate())


def preselected_agencies(coordinator: Agency) -> list[Agency]:
    """Whom a new meeting invites unless told otherwise: the core agencies of the last one, or all possible."""
    latest = latest_meeting(coordinator)
    return core_agencies(latest) if latest else list(possible_agencies(coordinator))


def open_meetings(membership: Membership) -> QuerySet[Meeting]:
    """The membership's own meetings that still take hearings, the soonest first."""
    own = Meeting.objects.visible_to(membership).filter(coordinator_agency_id=membership.agency_id)
    return own.exclude(state=MeetingState.CLOSED).order_by("held_on")


def next_open_meeting(membership: Membership) -> Meeting | None:
    """The coordinator's soonest meeting from today on that takes hearings."""
    return open_meetings(membership).filter(held_on__gte=timezone.localdate()).first()


def next_meeting_with_hearings(membership: Membership) -> Meeting | None:
    """The soonest meeting from today on with a hearing that the membership sees; `listed` counts them."""
    seen = Hearing.objects.visible_to(membership).filter(state=HearingState.LISTED)
    return (
        Meeting.objects.visible_to(membership)
        .filter(Exists(seen.filter(meeting=OuterRef("pk"))), held_on__gte=timezone.localdate())
        .annotate(listed=Count("hearings", filter=Q(hearings__in=seen)))
        .select_related("chair__user", "coordinator_agency")
        .order_by("held_on")
        .first()
    )


def earliest_open_meeting(membership: Membership) -> Meeting | None:
    """The coordinator's soonest meeting that is not closed, also one that has passed; `listed`, `heard` counted."""
    seen = Hearing.objects.visible_to(membership)
    return (
        open_meetings(membership)
        .annotate(
            listed=Count("hearings", filter=Q(hearings__in=seen.filter(state=HearingState.LISTED))),
            heard=Count("hearings", filter=Q(hearings__in=seen.filter(state=HearingState.HEARD))),
        )
        .first()
    )


@dataclass(frozen=True)
class LastChange:
    """Who changed a meeting last, and when."""

    by: str
    at: datetime


def last_change(meeting: Meeting, membership: Membership) -> LastChange:
    """The newest event of a meeting in the agency's own log: a meeting keeps no history of its own."""
    events = Event.objects.visible_to(membership).filter(subject_id=meeting.pk).select_related("actor__user")
    newest = events.first()
    if newest is None or newest.actor is None:
        return LastChange(by="A colleague", at=timezone.now())
    return LastChange(by=newest.actor.user.name, at=newest.at)
