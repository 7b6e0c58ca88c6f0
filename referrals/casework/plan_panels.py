"""What plans add to the case page (settings.CASE_PANELS)."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, Rows, asks
from dacase.ui.components import Clock, Table, Text
from referrals.casework.choices import ActionState
from referrals.casework.models import Plan, PlanAction
from referrals.casework.selectors.plan import actions_of, plans_of, supported_by

SHOWN = 5


def _plan(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    if not membership.may("view_case"):
        return None
    return {
        "plans": plans_of(case, membership),
        "to_do": actions_of(case, membership).filter(state=ActionState.TO_DO),
        "supports": supported_by(membership, case)[:1],
    }


@asks(_plan)
def plan_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """What is still to do by the plans that this reader may read, what is overdue first."""
    plans, to_do = rows["plans"], rows["to_do"]
    own = next((one for one in plans if one.agency_id == membership.agency_id), None)
    address = reverse("casework:plan", args=[case.pk])
    context = {
        "table": action_table(to_do[:SHOWN]) if to_do else None,
        "more": len(to_do) - SHOWN,
        "has_plan": bool(plans),
    }
    actions, links = [], [("Read the plan", address)] if plans else []
    if membership.may("write_plan") and case.is_open:
        if own is not None:
            actions = _own_actions(own, to_do, address)
            if membership.may("allocate_episode"):
                actions += _stranded(own, to_do)
        else:
            write = ("Write the plan", reverse("casework:plan_create", args=[case.pk]))
            links.append(write)
            actions = [NextAction(*write)] if rows["supports"] else []
    return Panel("Safety and support plan", "casework/panels/plan.html", context, actions, links)


def action_table(actions: list[PlanAction]) -> Table:
    """What is to do, with who does it by when."""
    lines: list[list[object]] = [
        [Text(one.text, one.title), Text(one.who, one.plan.agency.name), Clock(one.due_on)] for one in actions
    ]
    return Table("What is to do, the soonest due first", ["Action", "Who", "By when"], lines)


def _own_actions(plan: Plan, to_do: list[PlanAction], address: str) -> list[NextAction]:
    """What is overdue in the plan of one's own agency, and its review."""
    today = timezone.localdate()
    late = [one for one in to_do if one.plan_id == plan.pk and one.due_on < today]
    actions = (
        [NextAction("See to what is overdue in the plan", address, _office_end(late[0].due_on))]
        if late
        else []
    )
    if plan.review_on <= today:
        change = reverse("casework:plan_change", args=[plan.pk])
        actions.append(
            NextAction("Look at the plan again: the review is due", change, _office_end(plan.review_on))
        )
    return actions


def _stranded(plan: Plan, to_do: list[PlanAction]) -> list[NextAction]:
    """What the plan says that somebody does who cannot any more."""
    return [
        NextAction(
            "Say who does an action of the plan: whoever did cannot any more",
            reverse("casework:plan_action_change", args=[one.pk]),
            _office_end(one.due_on),
        )
        for one in to_do
        if one.plan_id == plan.pk and one.is_stranded  # type: ignore[attr-defined]
    ]


def _office_end(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(17)))
