"""The agenda: putting a case on it, its order, taking it off again, and who is invited."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case, Exclusion
from dacase.cases.models.grant import permission_id
from marac.choices import HearingState, MeetingState
from marac.models import Hearing, HearingGrant, MaracReferral, Meeting
from marac.rules import is_repeat
from marac.selectors.marac_referral import heard_on_days
from marac.selectors.meeting import possible_agencies
from marac.services.hearing_paper import draw_papers
from marac.services.meeting import end_invitations, lock_meeting

LONGEST_AGENDA = 200
NO_FILE = (
    "Your agency can no longer open the file of this case. Ask the agency that referred it to share it again."
)


@transaction.atomic
def list_hearing(
    referral: MaracReferral, *, meeting: Meeting, invited: Iterable[Agency], actor: Membership
) -> Hearing:
    """Put a candidate on the agenda of a meeting: number, repeat, papers, invitations.

    Agencies that are barred from the case are left out whatever `invited` says. Listing the same candidate
    again on the same meeting gives the same hearing.

    Args:
        referral: a candidate.
        meeting: one of the actor's own that is not closed.
        invited: the agencies that may read the papers of this hearing until it closes, besides the
            coordinator's own, which keeps them.
        actor: the coordinator.
    Raises NotAllowed unless the actor coordinates the meeting; ValidationError when the meeting is closed, or
    the case is on another agenda or withdrawn.
    """
    meeting = lock_meeting(meeting, actor=actor)
    _check_takes_changes(meeting)
    visible = MaracReferral.objects.visible_to(actor).filter(to_agency_id=actor.agency_id)
    referral = visible.select_related("case", "agency").select_for_update(of=("self",)).get(pk=referral.pk)
    seen = Hearing.objects.visible_to(actor).in_running_order()
    if referral.listed_at is not None:
        earlier = seen.filter(marac_referral=referral, meeting=meeting).first()
        if earlier is not None:
            return earlier
        raise ValidationError("This case is on the agenda of another meeting.")
    if referral.withdrawn_at is not None:
        raise ValidationError("This case has been withdrawn from MARAC.")
    if seen.filter(meeting=meeting, case_id=referral.case_id).exists():
        raise ValidationError("This case has been heard at this meeting. Choose another meeting.")
    hearing = _place_at_end(referral, meeting, actor)
    referral.listed_at = timezone.now()
    referral.save(update_fields=["listed_at"])
    draw_papers(hearing, referral, actor=actor)
    agencies = _allowed(invited, hearing)
    for agency in [meeting.coordinator_agency, *agencies]:
        _invite(hearing, agency, actor)
    record_event(
        "hearing_listed",
        actor=actor,
        subject=hearing,
        case_id=hearing.case_id,
        data={"meeting": str(meeting.pk), "agencies": sorted(str(agency.pk) for agency in agencies)},
    )
    return hearing


def _place_at_end(referral: MaracReferral, meeting: Meeting, actor: Membership) -> Hearing:
    repeat = is_repeat(meeting.held_on, heard_on_days(referral.case_id, actor))
    last = (
        Hearing.objects.visible_to(actor)
        .in_running_order()
        .filter(meeting=meeting)
        .order_by("-number")
        .first()
    )
    # A coordinator who is barred from a case does not see its hearing, but its number is taken all the same.
    for number in range(last.number + 1 if last else 1, LONGEST_AGENDA):
        try:
            with transaction.atomic():
                return Hearing.objects.create(
                    meeting=meeting,
                    case_id=referral.case_id,
                    marac_referral=referral,
                    number=number,
                    criterion=referral.criterion,
                    is_repeat=repeat,
                )
        except IntegrityError as error:
            if "agenda_number_once" not in str(error):
                raise
    raise ValidationError("This agenda is full. Choose another meeting.")


@transaction.atomic
def move_hearing(hearing: Hearing, *, up: bool, actor: Membership) -> Hearing:
    """Move a hearing one place up or down the running order. At the end of the list nothing changes."""
    hearing = _locked(hearing, actor)
    others = Hearing.objects.visible_to(actor).in_running_order().filter(meeting_id=hearing.meeting_id)
    if up:
        neighbour = others.filter(number__lt=hearing.number).order_by("-number").first()
    else:
        neighbour = others.filter(number__gt=hearing.number).order_by("number").first()
    if neighbour is None:
        return hearing
    first, second = hearing.number, neighbour.number
    # A number is free for one hearing at a time: through 0, which no hearing keeps.
    for row, number in ((hearing, 0), (neighbour, first), (hearing, second)):
        row.number = number
        row.save(update_fields=["number"])
    record_event("agenda_reordered", actor=actor, subject=hearing.meeting)
    return hearing


@transaction.atomic
def take_off_agenda(hearing: Hearing, *, withdraw: bool, reason: str, actor: Membership) -> Hearing:
    """Take a hearing off its agenda before it is heard. Doing it twice changes nothing.

    Args:
        hearing: one that has not been heard.
        withdraw: the case leaves MARAC; otherwise it is deferred and waits for another meeting.
        reason: kept with the hearing, seen by the coordinator.
        actor: the coordinator.
    Raises NotAllowed unless the actor coordinates the meeting; ValidationError when it has been heard.
    """
    hearing = _locked(hearing, actor)
    if hearing.state in (HearingState.DEFERRED, HearingState.WITHDRAWN):
        return hearing
    if hearing.state != HearingState.LISTED:
        raise ValidationError("This case has been heard. It stays on the agenda.")
    referral = (
        MaracReferral.objects.select_for_update(of=("self",)).filter(pk=hearing.marac_referral_id).first()
    )
    if referral is None:
        raise ValidationError(NO_FILE)
    hearing.state = HearingState.WITHDRAWN if withdraw else HearingState.DEFERRED
    hearing.outcome, hearing.closed_at = reason, timezone.now()
    hearing.version += 1
    hearing.save(update_fields=["state", "outcome", "closed_at", "version"])
    end_invitations(hearing, keep=actor.agency)
    _close_gap(hearing, actor)
    referral.listed_at = referral.listed_at if withdraw else None
    if withdraw:
        referral.withdrawn_at, referral.withdrawn_reason = timezone.now(), reason
    referral.save(update_fields=["listed_at", "withdrawn_at", "withdrawn_reason"])
    verb = "hearing_withdrawn" if withdraw else "hearing_deferred"
    record_event(verb, actor=actor, subject=hearing, case_id=hearing.case_id)
    return hearing


def _close_gap(gone: Hearing, actor: Membership) -> None:
    """Number the hearings after the one that has gone anew, each taking the place before it."""
    free = gone.number
    after = Hearing.objects.visible_to(actor).in_running_order().filter(meeting_id=gone.meeting_id)
    for hearing in after.filter(number__gt=gone.number).order_by("number"):
        free, hearing.number = hearing.number, free
        hearing.save(update_fields=["number"])


@transaction.atomic
def change_invitations(hearing: Hearing, *, invited: Iterable[Agency], actor: Membership) -> Hearing:
    """Let exactly `invited`, besides the coordinator's agency, read the papers of a hearing until it closes.

    Raises NotAllowed unless the actor coordinates the meeting; ValidationError when the hearing is closed, or
    an agency is barred from the case.
    """
    hearing = _locked(hearing, actor)
    if hearing.closed_at is not None:
        raise ValidationError("This hearing is closed. Nobody can be invited any more.")
    if not Case.objects.visible_to(actor).filter(pk=hearing.case_id).exists():
        raise ValidationError(NO_FILE)
    wanted = list(invited)
    allowed = _allowed(wanted, hearing)
    barred = [agency.name for agency in wanted if agency not in allowed]
    if barred:
        raise ValidationError({"agencies": f"Cannot be invited to this hearing: {', '.join(sorted(barred))}"})
    grants = HearingGrant.objects.filter(content_object=hearing).exclude(group_id=actor.agency.group_id)
    before = set(grants.values_list("group_id", flat=True))
    added = [agency for agency in allowed if agency.group_id not in before]
    removed = before - {agency.group_id for agency in allowed}
    if not added and not removed:
        return hearing
    gone = Agency.objects.filter(group_id__in=removed).values_list("pk", flat=True)
    data = {"invited": [str(agency.pk) for agency in added], "uninvited": [str(pk) for pk in gone]}
    grants.filter(group_id__in=removed).delete()
    for agency in added:
        _invite(hearing, agency, actor)
    record_event("hearing_agencies_changed", actor=actor, subject=hearing, case_id=hearing.case_id, data=data)
    return hearing


def _locked(hearing: Hearing, actor: Membership) -> Hearing:
    """The hearing with its meeting locked, for its coordinator."""
    meeting = lock_meeting(hearing.meeting, actor=actor)
    visible = Hearing.objects.visible_to(actor).select_for_update(of=("self",))
    hearing = visible.get(pk=hearing.pk)
    hearing.meeting = meeting
    return hearing


def _check_takes_changes(meeting: Meeting) -> None:
    if meeting.state == MeetingState.CLOSED:
        raise ValidationError("This meeting is closed. Choose another one.")


def _allowed(agencies: Iterable[Agency], hearing: Hearing) -> list[Agency]:
    """Those of `agencies` that may be invited: of the partnership, and not barred from the case."""
    barred = Exclusion.objects.filter(case_id=hearing.case_id, lifted_at=None).values("group_id")
    possible = possible_agencies(hearing.meeting.coordinator_agency).exclude(group_id__in=barred)
    return list(possible.filter(pk__in=[agency.pk for agency in agencies]))


def _invite(hearing: Hearing, agency: Agency, actor: Membership) -> None:
    HearingGrant.objects.create(
        content_object=hearing,
        group_id=agency.group_id,
        permission_id=permission_id("marac", "view_hearing"),
        granted_by=actor,
    )
