"""The actions of a plan: added, changed, settled, and put back."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from referrals.casework.choices import ActionOwner, ActionState
from referrals.casework.models import Plan, PlanAction
from referrals.casework.rules.plan import headings
from referrals.casework.selectors.episode import workers_to_give
from referrals.casework.selectors.plan import own_actions
from referrals.casework.services.plan import PAST, lock_plan
from referrals.services.versions import check_version

NEEDS_REASON = {
    ActionState.NOT_NEEDED: "Say why it is no longer needed",
    ActionState.NOT_POSSIBLE: "Say why it is not possible",
}


@dataclass(frozen=True)
class Step:
    """What an action says.

    Args:
        heading: a heading of data/plan_headings.csv.
        need: the risk or need that it answers, in one's own words.
        text: what is done.
        owner: a value of choices.ActionOwner; with WORKER `worker` is the membership's key, with OTHER
            `other_agency` its name.
        due_on: the day by which it is done.
    """

    heading: str
    need: str
    text: str
    owner: str
    due_on: date
    worker: UUID | None = None
    other_agency: str = ""


@transaction.atomic
def add_action(plan_id: UUID, *, step: Step, submission: UUID, actor: Membership) -> PlanAction:
    """Add an action to a plan of the actor's agency. The same `submission` gives the same action.

    Raises NotAllowed, Plan.DoesNotExist; ValidationError for what `step` lacks and for a day that has passed.
    """
    plan = lock_plan(plan_id, actor)
    made = PlanAction.objects.own_of(actor).filter(plan=plan, submission=submission).first()
    if made is not None:
        return made
    fields = _checked(step, plan, actor, kept=None)
    action = PlanAction.objects.create(plan=plan, submission=submission, written_by=actor, **fields)
    _record("plan_action_added", action, plan, actor)
    return action


@transaction.atomic
def change_action(action_id: UUID, *, step: Step, version: int, actor: Membership) -> PlanAction:
    """Change what an action says; the former words stay in its history.

    Raises NotAllowed, PlanAction.DoesNotExist for another agency's, StaleVersion; ValidationError as add_action,
    and once it is settled.
    """
    action = _lock(action_id, actor)
    fields = _checked(step, action.plan, actor, kept=action)
    if all(getattr(action, name) == value for name, value in fields.items()):
        return action
    current = {name: getattr(action, name) for name in fields if name != "worker_id"}
    current["worker"] = str(action.worker_id or "")
    check_version(action, version, current=current, actor=actor)
    if not action.is_to_do:
        raise ValidationError("This action is settled. Put it back first")
    for name, value in fields.items():
        setattr(action, name, value)
    return _save(action, "plan_action_changed", actor)


@transaction.atomic
def settle_action(
    action_id: UUID, *, state: str, reason: str = "", version: int, actor: Membership
) -> PlanAction:
    """Say that an action is done, no longer needed or not possible. Twice is once.

    Args:
        state: a value of choices.ActionState other than TO_DO.
        reason: why, where it is not done.
    Raises NotAllowed, PlanAction.DoesNotExist, StaleVersion when a colleague has changed it meanwhile;
    ValidationError without a reason, and when it is settled otherwise.
    """
    action, settled = _lock(action_id, actor), ActionState(state)
    if settled == ActionState.TO_DO:
        raise ValueError("An action is put back by put_back_action")
    if action.state == settled:
        return action
    if not action.is_to_do:
        raise ValidationError("This action is settled already. Put it back first")
    check_version(action, version, actor=actor)
    if settled in NEEDS_REASON and not reason.strip():
        raise ValidationError({"reason": NEEDS_REASON[settled]})
    action.state, action.reason = settled, reason.strip() if settled in NEEDS_REASON else ""
    action.settled_at, action.settled_by = timezone.now(), actor
    return _save(action, "plan_action_settled", actor)


@transaction.atomic
def put_back_action(action_id: UUID, *, actor: Membership) -> PlanAction:
    """Make a settled action one to do again. Twice is once. Raises NotAllowed, PlanAction.DoesNotExist."""
    action = _lock(action_id, actor)
    if action.is_to_do:
        return action
    action.state, action.reason = ActionState.TO_DO, ""
    action.settled_at, action.settled_by = None, None
    return _save(action, "plan_action_put_back", actor)


def _lock(action_id: UUID, actor: Membership) -> PlanAction:
    check_may(actor, "write_plan")
    action: PlanAction = own_actions(actor).select_for_update(of=("self",)).get(pk=action_id)
    return action


def _checked(step: Step, plan: Plan, actor: Membership, *, kept: PlanAction | None) -> dict[str, object]:
    """The fields of an action as `step` says; `kept` is the action as it stands, whose day and worker may stay."""
    wrong = {}
    if step.heading not in headings():
        wrong["heading"] = "Select one of the headings shown"
    if not step.need.strip():
        wrong["need"] = "Say which risk or need it answers"
    if not step.text.strip():
        wrong["text"] = "Say what is done"
    if step.due_on < timezone.localdate() and (kept is None or kept.due_on != step.due_on):
        wrong["due_on"] = PAST
    owner = ActionOwner(step.owner)
    worker = step.worker if owner == ActionOwner.WORKER else None
    other = step.other_agency.strip() if owner == ActionOwner.OTHER else ""
    if owner == ActionOwner.WORKER and not _can_be_given(worker, plan, actor, kept):
        wrong["worker"] = "Select one of the colleagues shown"
    if owner == ActionOwner.OTHER and not other:
        wrong["other_agency"] = "Enter the name of the agency"
    if wrong:
        raise ValidationError(wrong)
    return {
        "heading": step.heading,
        "need": step.need.strip(),
        "text": step.text.strip(),
        "owner": owner.value,
        "worker_id": worker,
        "other_agency": other,
        "due_on": step.due_on,
    }


def _can_be_given(worker: UUID | None, plan: Plan, actor: Membership, kept: PlanAction | None) -> bool:
    if worker is None:
        return False
    stays = kept is not None and kept.worker_id == worker
    return stays or worker in {one.pk for one in workers_to_give(actor, [plan.case_id])}


def _save(action: PlanAction, verb: str, actor: Membership) -> PlanAction:
    action.version += 1
    action.save()
    _record(verb, action, action.plan, actor)
    return action


def _record(verb: str, action: PlanAction, plan: Plan, actor: Membership) -> None:
    # Whoever holds the case reads its events, and an unshared plan must not tell them under which heading.
    record_event(verb, actor=actor, subject=action, case_id=plan.case_id)
