"""Recording what a hearing decided: its outcome and its action points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed, check_may
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.selectors.people import last_saved
from dacase.ui.stale import StaleVersion
from dacase.ui.words import day_words
from marac.choices import ActionState, HearingState, MeetingState, PaperKind
from marac.models import ActionPoint, Hearing, HearingPaper, Meeting
from marac.selectors.hearing import seen_by
from marac.selectors.meeting import may_record


@dataclass(frozen=True)
class ActionDraft:
    """An action point as the meeting agreed it.

    Args:
        owner: the agency that undertakes it, invited to the hearing or its coordinator.
        due_on: the last day for it.
        action_point: the one that is changed, or None for a new one.
        is_taken_off: the meeting takes the given one off again.
    """

    task: str
    owner: Agency
    due_on: date
    action_point: UUID | None = None
    is_taken_off: bool = False


@transaction.atomic
def record_hearing(
    hearing: Hearing,
    *,
    outcome: str,
    actions: Sequence[ActionDraft],
    version: int,
    submission: UUID,
    actor: Membership,
) -> Hearing:
    """Record the outcome of a hearing and its action points; again until the meeting is closed.

    The same `submission` changes nothing a second time. Action points that are already reported on stay
    as they are.

    Raises NotAllowed unless the actor coordinates or chairs the meeting; StaleVersion when somebody recorded
    meanwhile; ValidationError before the meeting's day, after it closed, or for an owner who is not invited.
    """
    check_may(actor, "record_hearing")
    # Meeting first, hearing second: the order in which the agenda locks them.
    meeting = Meeting.objects.select_for_update().get(pk=hearing.meeting_id)
    hearing = Hearing.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=hearing.pk)
    _check_may_record(hearing, meeting, actor)
    if hearing.record_submission == submission:
        return hearing
    if hearing.version != version:
        saved_by, saved_at = last_saved(hearing)
        current = {"outcome": hearing.outcome}
        raise StaleVersion(current=current, version=hearing.version, saved_by=saved_by, saved_at=saved_at)
    hearing.outcome, hearing.state, hearing.heard_on = outcome, HearingState.HEARD, meeting.held_on
    hearing.record_submission = submission
    hearing.version += 1
    hearing.save(update_fields=["outcome", "state", "heard_on", "record_submission", "version"])
    if meeting.state == MeetingState.PLANNED:
        meeting.state = MeetingState.HELD
        meeting.save(update_fields=["state"])
    record_event(
        "hearing_recorded",
        actor=actor,
        subject=hearing,
        case_id=hearing.case_id,
        # The day is a code of the calendar: it tells whoever holds the case when it was heard.
        data={"heard_on": meeting.held_on.isoformat(), "marac_referral": str(hearing.marac_referral_id)},
    )
    _record_actions(hearing, actions, actor)
    return hearing


def _check_may_record(hearing: Hearing, meeting: Meeting, actor: Membership) -> None:
    if not may_record(meeting, actor):
        raise NotAllowed("Only the coordinator and the person who chairs this meeting record its hearings.")
    if hearing.closed_at is not None:
        raise ValidationError("This hearing is closed. Its record cannot change any more.")
    if meeting.held_on > timezone.localdate():
        raise ValidationError(
            f"This meeting is on {day_words(meeting.held_on)}. Record its hearings on that day or later."
        )


def _record_actions(hearing: Hearing, actions: Sequence[ActionDraft], actor: Membership) -> None:
    owners = {agency.pk for agency in seen_by(hearing)}
    summary = HearingPaper.objects.get(hearing=hearing, kind=PaperKind.SUMMARY)
    open_ones = ActionPoint.objects.filter(hearing=hearing, state=ActionState.OPEN).select_for_update()
    known = {point.pk: point for point in open_ones}
    for draft in actions:
        if draft.owner.pk not in owners:
            raise ValidationError("Each action point needs an owner who is invited to this hearing.")
        if hearing.heard_on is not None and draft.due_on < hearing.heard_on:
            raise ValidationError("An action point cannot be due before the meeting.")
        if draft.action_point is None:
            _set_action(hearing, draft, str(summary.body.get("reference", "")), actor)
        elif draft.action_point in known:
            _change_action(known[draft.action_point], draft, actor)


def _set_action(hearing: Hearing, draft: ActionDraft, reference: str, actor: Membership) -> None:
    point = ActionPoint.objects.create(
        hearing=hearing,
        case_id=hearing.case_id,
        case_reference=reference,
        heard_on=hearing.heard_on,
        owner_agency=draft.owner,
        task=draft.task,
        due_on=draft.due_on,
    )
    owner = {"owner": str(draft.owner.pk)}
    record_event("action_point_set", actor=actor, subject=point, case_id=hearing.case_id, data=owner)


def _change_action(point: ActionPoint, draft: ActionDraft, actor: Membership) -> None:
    wanted = (draft.task, draft.owner.pk, draft.due_on)
    if not draft.is_taken_off and (point.task, point.owner_agency_id, point.due_on) == wanted:
        return
    point.task, point.owner_agency, point.due_on = draft.task, draft.owner, draft.due_on
    if draft.is_taken_off:
        point.state = ActionState.CANCELLED
    point.version += 1
    point.save(update_fields=["task", "owner_agency", "due_on", "state", "version"])
    verb = "action_point_taken_off" if draft.is_taken_off else "action_point_changed"
    record_event(verb, actor=actor, subject=point, case_id=point.case_id)
