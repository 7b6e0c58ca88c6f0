"""Safety and support plans for tests, made through the services."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from referrals.casework.models import Plan, PlanAction
from referrals.casework.services import plan, plan_action
from referrals.casework.services.plan_action import Step


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def planned(case: Case, actor: Membership, **changes: Any) -> Plan:
    """A plan that is looked at again in four weeks."""
    values = {"wishes": "To sleep at night.", "review_on": in_days(28), "submission": uuid.uuid4()} | changes
    with acting_as(actor):
        return plan.write_plan(case.pk, actor=actor, **values)


def step(**changes: Any) -> Step:
    """Something that she does herself within a week."""
    values = {
        "heading": "money",
        "need": "He reads her bank statements",
        "text": "Open an account of her own",
        "owner": "victim",
        "due_on": in_days(7),
    }
    return Step(**values | changes)


def added(made: Plan, actor: Membership, **changes: Any) -> PlanAction:
    """An action of a plan, as `step` says it. `overdue`: it was due so many days ago."""
    overdue = changes.pop("overdue", 0)
    with acting_as(actor):
        action = plan_action.add_action(made.pk, step=step(**changes), submission=uuid.uuid4(), actor=actor)
        if overdue:
            PlanAction.objects.filter(pk=action.pk).update(due_on=in_days(-overdue))
        return PlanAction.objects.get(pk=action.pk)
