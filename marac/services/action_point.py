"""Reporting on an action point, and opening it again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed, check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.selectors.people import last_saved
from dacase.ui.stale import StaleVersion
from marac.choices import ActionState
from marac.models import ActionPoint, Hearing

REPORTS = (ActionState.DONE, ActionState.NOT_POSSIBLE)


@transaction.atomic
def report_action_point(
    action_point: ActionPoint, *, state: str, outcome: str, version: int, actor: Membership
) -> ActionPoint:
    """Report that an action point of the actor's agency is done, or that it is not possible.

    Args:
        action_point: an open one of the actor's agency.
        state: ActionState.DONE or NOT_POSSIBLE.
        outcome: what was done; with NOT_POSSIBLE the reason, which it needs.
        version: of the action point as the actor saw it.
        actor: of the agency that owns it.
    Raises NotAllowed for another agency; StaleVersion when it changed meanwhile; ValidationError when it is
    not open, or the reason is missing. The same report twice changes nothing.
    """
    check_may(actor, "complete_action_point")
    action_point = _locked(action_point, actor)
    if action_point.owner_agency_id != actor.agency_id:
        raise NotAllowed("Another agency owns this action point, and reports on it.")
    if (action_point.state, action_point.outcome) == (state, outcome):
        return action_point
    if action_point.version != version:
        saved_by, saved_at = last_saved(action_point)
        current = {"state": action_point.state, "outcome": action_point.outcome}
        raise StaleVersion(
            current=current, version=action_point.version, saved_by=saved_by, saved_at=saved_at
        )
    if action_point.state != ActionState.OPEN:
        raise ValidationError("This action point is not open. Ask the coordinator to open it again.")
    if ActionState(state) not in REPORTS:
        raise ValidationError({"state": "Select whether it is done"})
    if state == ActionState.NOT_POSSIBLE and not outcome.strip():
        raise ValidationError({"outcome": "Say why it is not possible"})
    action_point.state, action_point.outcome = state, outcome
    action_point.completed_at, action_point.completed_by = timezone.now(), actor
    _save(action_point)
    verb = "action_point_done" if state == ActionState.DONE else "action_point_not_possible"
    record_event(verb, actor=actor, subject=action_point, case_id=action_point.case_id)
    return action_point


def check_may_reopen(action_point: ActionPoint, actor: Membership) -> None:
    """Raise NotAllowed unless the actor's agency coordinates the meeting that set the action point."""
    coordinated = Hearing.objects.visible_to(actor).filter(meeting__coordinator_agency_id=actor.agency_id)
    if not coordinated.filter(pk=action_point.hearing_id).exists():
        raise NotAllowed("Only the coordinator of the meeting opens an action point again.")


@transaction.atomic
def reopen_action_point(action_point: ActionPoint, *, actor: Membership) -> ActionPoint:
    """Open an action point again that was reported on, by the coordinator. An open one stays as it is.

    The report stays in the history. Raises NotAllowed unless the actor coordinates the meeting.
    """
    check_may(actor, "manage_meeting")
    action_point = _locked(action_point, actor)
    check_may_reopen(action_point, actor)
    if action_point.state == ActionState.OPEN:
        return action_point
    if action_point.state == ActionState.CANCELLED:
        raise ValidationError("The meeting took this action point off. Record a new one at the next hearing.")
    action_point.state, action_point.outcome = ActionState.OPEN, ""
    action_point.completed_at = action_point.completed_by = None
    _save(action_point)
    record_event("action_point_reopened", actor=actor, subject=action_point, case_id=action_point.case_id)
    return action_point


def _locked(action_point: ActionPoint, actor: Membership) -> ActionPoint:
    visible = ActionPoint.objects.visible_to(actor).select_for_update(of=("self",))
    return visible.get(pk=action_point.pk)


def _save(action_point: ActionPoint) -> None:
    action_point.version += 1
    action_point.save(update_fields=["state", "outcome", "completed_at", "completed_by", "version"])
