"""Writing an agency's safety and support plan in a case, changing it, and sharing it with whoever holds the case."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case
from referrals.casework.models import Plan
from referrals.casework.selectors.plan import own_plans
from referrals.casework.services.owned import save_version, share, take_back
from referrals.services.versions import check_version

PAST = "The day must be today or in the future"
HAS_ONE = "Your agency has a plan in this case already. Go back and open it"


@transaction.atomic
def write_plan(
    case_id: UUID, *, wishes: str = "", review_on: date, submission: UUID, actor: Membership
) -> Plan:
    """Begin the plan of the actor's agency, which it alone reads. The same `submission` gives the same plan.

    Args:
        wishes: what the victim-survivor wishes, in her own words.
        review_on: the day on which it is looked at again.
    Raises NotAllowed, Case.DoesNotExist; ValidationError for a day that has passed and for a second plan.
    """
    check_may(actor, "write_plan")
    case = Case.objects.visible_to(actor).get(pk=case_id)
    _check_day(review_on)
    plan, created = Plan.objects.get_or_create(
        case=case,
        agency=actor.agency,
        defaults={
            "submission": submission,
            "wishes": wishes.strip(),
            "review_on": review_on,
            "written_by": actor,
        },
    )
    if not created and plan.submission != submission:
        raise ValidationError(HAS_ONE)
    if created:
        record_event("plan_written", actor=actor, subject=plan, case_id=case.pk)
    return plan


@transaction.atomic
def change_plan(plan_id: UUID, *, wishes: str, review_on: date, version: int, actor: Membership) -> Plan:
    """Put her wishes right, and say when the plan is looked at again; the former ones stay in its history.

    Raises NotAllowed, Plan.DoesNotExist for another agency's, StaleVersion; ValidationError for a new day that
    has passed.
    """
    plan = lock_plan(plan_id, actor)
    if (plan.wishes, plan.review_on) == (wishes.strip(), review_on):
        return plan
    current = {"wishes": plan.wishes, "review_on": plan.review_on}
    check_version(plan, version, current=current, actor=actor)
    if review_on != plan.review_on:
        _check_day(review_on)
    plan.wishes, plan.review_on, plan.changed_at = wishes.strip(), review_on, timezone.now()
    return save_version(plan, "plan_changed", actor)


@transaction.atomic
def share_plan(plan_id: UUID, *, reason: str, actor: Membership) -> Plan:
    """Let everybody who holds the case read the plan and its actions. Twice is once.

    Raises NotAllowed, Plan.DoesNotExist; ValidationError without a reason.
    """
    plan = lock_plan(plan_id, actor)
    if plan.is_shared:
        return plan
    share(plan, reason=reason, missing="Say why other agencies need to read this plan", actor=actor)
    return save_version(plan, "plan_shared", actor)


@transaction.atomic
def unshare_plan(plan_id: UUID, *, actor: Membership) -> Plan:
    """Take the plan back to its own agency; who has read it has read it. Twice is once."""
    plan = lock_plan(plan_id, actor)
    if not plan.is_shared:
        return plan
    take_back(plan)
    return save_version(plan, "plan_taken_back", actor)


def lock_plan(plan_id: UUID, actor: Membership) -> Plan:
    """A plan of the actor's own agency, locked. Raises NotAllowed, Plan.DoesNotExist."""
    check_may(actor, "write_plan")
    return own_plans(actor).select_for_update(of=("self",)).get(pk=plan_id)


def _check_day(review_on: date) -> None:
    if review_on < timezone.localdate():
        raise ValidationError({"review_on": PAST})
