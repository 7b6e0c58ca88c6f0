"""Setting up MARAC meetings, changing and closing them."""

from collections.abc import Iterable
from datetime import date, time
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed, check_may
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.ui.stale import StaleVersion
from marac.choices import HearingState, MeetingState
from marac.models import Hearing, HearingGrant, Meeting, MeetingAgency
from marac.rules import is_repeat
from marac.selectors.marac_referral import heard_on_days
from marac.selectors.meeting import chairs, core_agencies, last_change, possible_agencies

SAME_DAY = "You already have a meeting on this day"


@transaction.atomic
def create_meeting(
    *,
    held_on: date,
    starts_at: time,
    chair: Membership,
    agencies: Iterable[Agency],
    submission: UUID,
    actor: Membership,
) -> Meeting:
    """Set up a meeting of the actor's MARAC. The same `submission` gives the same meeting again.

    Args:
        held_on: its day; an agency has one meeting a day.
        starts_at: the time of day at which it starts.
        chair: a membership in the role of a MARAC chair.
        agencies: the core agencies, invited to each hearing unless left out of one.
        submission: the form's number.
        actor: the coordinator.
    Raises NotAllowed for a role that may not; ValidationError by field.
    """
    check_may(actor, "manage_meeting")
    _lock_days(actor)
    own = Meeting.objects.filter(coordinator_agency_id=actor.agency_id)
    earlier = own.filter(submission=submission).first()
    if earlier is not None:
        return earlier
    if own.filter(held_on=held_on).exists():
        raise ValidationError({"held_on": SAME_DAY})
    meeting = Meeting.objects.create(
        coordinator_agency=actor.agency,
        submission=submission,
        held_on=held_on,
        starts_at=starts_at,
        chair=_checked_chair(chair),
    )
    _set_core_agencies(meeting, agencies)
    record_event("meeting_created", actor=actor, subject=meeting)
    return meeting


@transaction.atomic
def change_meeting(
    meeting: Meeting,
    *,
    held_on: date,
    starts_at: time,
    chair: Membership,
    agencies: Iterable[Agency],
    version: int,
    actor: Membership,
) -> Meeting:
    """Change day, time, chair and core agencies. Hearings on the agenda keep the agencies invited to them.

    On another day, which cases are repeats is decided anew.
    Raises NotAllowed unless the actor coordinates it; StaleVersion when somebody saved meanwhile;
    ValidationError when it has been held.
    """
    _lock_days(actor)
    meeting = lock_meeting(meeting, actor=actor)
    if meeting.version != version:
        saved = last_change(meeting, actor)
        raise StaleVersion(
            current={
                "held_on": meeting.held_on,
                "starts_at": meeting.starts_at,
                "chair": str(meeting.chair_id),
                "agencies": [str(agency.pk) for agency in core_agencies(meeting)],
            },
            version=meeting.version,
            saved_by=saved.by,
            saved_at=saved.at,
        )
    if meeting.state != MeetingState.PLANNED:
        raise ValidationError("This meeting has been held. It cannot be moved any more.")
    own = Meeting.objects.filter(coordinator_agency_id=actor.agency_id).exclude(pk=meeting.pk)
    if own.filter(held_on=held_on).exists():
        raise ValidationError({"held_on": SAME_DAY})
    moved = meeting.held_on != held_on
    meeting.held_on, meeting.starts_at, meeting.chair = held_on, starts_at, _checked_chair(chair)
    meeting.version += 1
    meeting.save(update_fields=["held_on", "starts_at", "chair", "version"])
    _set_core_agencies(meeting, agencies)
    if moved:
        _decide_repeats(meeting, actor)
    record_event("meeting_changed", actor=actor, subject=meeting)
    return meeting


@transaction.atomic
def close_meeting(meeting: Meeting, *, actor: Membership) -> Meeting:
    """Close a meeting and its hearings: from now on only the coordinator's agency sees their papers.

    Closing again closes what was left open, and otherwise changes nothing.
    Raises NotAllowed unless the actor coordinates it; ValidationError while a hearing waits for its outcome.
    """
    meeting = lock_meeting(meeting, actor=actor)
    hearings = Hearing.objects.visible_to(actor).filter(meeting=meeting, closed_at=None)
    if hearings.filter(state=HearingState.LISTED).exists():
        raise ValidationError("Record the outcome of every hearing first, or take it off the agenda.")
    for hearing in hearings.select_for_update(of=("self",)):
        _close_hearing(hearing, meeting, actor)
    if meeting.state != MeetingState.CLOSED:
        meeting.state = MeetingState.CLOSED
        meeting.version += 1
        meeting.save(update_fields=["state", "version"])
        record_event("meeting_closed", actor=actor, subject=meeting)
    return meeting


def _lock_days(actor: Membership) -> None:
    """One lock for the days of an agency's meetings: two people, or a double click, cannot take the same one."""
    Agency.objects.select_for_update(no_key=True).get(pk=actor.agency_id)


def lock_meeting(meeting: Meeting, *, actor: Membership) -> Meeting:
    """The meeting, locked until the transaction ends. Everything that changes an agenda comes through here.

    Raises NotAllowed unless the actor's agency coordinates it and its role may manage meetings.
    """
    check_may(actor, "manage_meeting")
    meeting = Meeting.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=meeting.pk)
    check_coordinates(meeting, actor)
    return meeting


def check_coordinates(meeting: Meeting, actor: Membership) -> None:
    """Raise NotAllowed unless the actor's agency coordinates the meeting."""
    if meeting.coordinator_agency_id != actor.agency_id:
        raise NotAllowed("Another agency coordinates this meeting. Ask its coordinator.")


def end_invitations(hearing: Hearing, *, keep: Agency) -> list[str]:
    """End the grants of a hearing, all but that of `keep`. Returns the keys of the agencies that lose it."""
    grants = HearingGrant.objects.filter(content_object=hearing).exclude(group_id=keep.group_id)
    agencies = Agency.objects.filter(group_id__in=grants.values("group_id"))
    lost = [str(pk) for pk in agencies.values_list("pk", flat=True)]
    grants.delete()
    return lost


def _close_hearing(hearing: Hearing, meeting: Meeting, actor: Membership) -> None:
    hearing.closed_at = timezone.now()
    hearing.version += 1
    hearing.save(update_fields=["closed_at", "version"])
    lost = end_invitations(hearing, keep=meeting.coordinator_agency)
    record_event(
        "hearing_closed", actor=actor, subject=hearing, case_id=hearing.case_id, data={"agencies": lost}
    )


def _checked_chair(chair: Membership) -> Membership:
    if not chairs().filter(pk=chair.pk).exists():
        raise ValidationError({"chair": "Select somebody who may chair a MARAC"})
    return chair


def _set_core_agencies(meeting: Meeting, agencies: Iterable[Agency]) -> None:
    wanted = {agency.pk for agency in agencies}
    wanted &= set(possible_agencies(meeting.coordinator_agency).values_list("pk", flat=True))
    if not wanted:
        raise ValidationError({"agencies": "Select at least one agency"})
    rows = MeetingAgency.objects.filter(meeting=meeting)
    rows.exclude(agency_id__in=wanted).delete()
    missing = wanted - set(rows.values_list("agency_id", flat=True))
    MeetingAgency.objects.bulk_create([MeetingAgency(meeting=meeting, agency_id=pk) for pk in missing])


def _decide_repeats(meeting: Meeting, actor: Membership) -> None:
    for hearing in Hearing.objects.visible_to(actor).filter(meeting=meeting, state=HearingState.LISTED):
        repeat = is_repeat(meeting.held_on, heard_on_days(hearing.case_id, actor))
        if repeat != hearing.is_repeat:
            hearing.is_repeat = repeat
            hearing.save(update_fields=["is_repeat"])
