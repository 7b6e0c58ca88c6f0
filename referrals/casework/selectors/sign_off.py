"""Judgements and plans that wait for a manager, and what she answered."""

from collections.abc import Iterable

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from referrals.casework.choices import ActionState, SignOffState
from referrals.casework.models import Plan, PlanAction, RiskAssessment, SignOffRequest
from referrals.casework.rules.plan import headings
from referrals.casework.rules.sign_off import ActionAsRead, PlanAsRead
from referrals.casework.selectors.plan import own_actions

LIMIT = 30


def own_sign_offs(membership: Membership) -> QuerySet[SignOffRequest]:
    """Every request of the membership's own agency in cases that it may open, with what its page shows."""
    return SignOffRequest.objects.visible_to(membership).select_related(
        "case__headline__victim",
        "assessment__assessor__user",
        "plan__written_by__user",
        "asked_by__user",
        "answered_by__user",
    )


def sign_offs_of(assessment: RiskAssessment, membership: Membership) -> list[SignOffRequest]:
    """Requests about one assessment, the newest first."""
    return list(own_sign_offs(membership).filter(assessment=assessment).order_by("-asked_at", "-id")[:LIMIT])


def plan_sign_offs(case: Case, membership: Membership) -> QuerySet[SignOffRequest]:
    """Requests of the membership's own agency about its plan of a case, the newest first."""
    asked = own_sign_offs(membership).filter(case=case, plan__isnull=False)
    return asked.order_by("-asked_at", "-id")[:LIMIT]


def as_read(plan: Plan, actions: Iterable[PlanAction]) -> PlanAsRead:
    """A plan of the own agency with its actions as a manager reads it, heading by heading, the soonest due first."""
    order = {code: place for place, code in enumerate(headings())}
    ordered = sorted(actions, key=lambda one: (order.get(one.heading, len(order)), one.due_on, str(one.pk)))
    return PlanAsRead(plan.wishes, plan.review_on, tuple(_action_as_read(one) for one in ordered))


def plan_now(plan: Plan, membership: Membership) -> PlanAsRead:
    """A plan of the membership's own agency as it is now. One query."""
    return as_read(plan, own_actions(membership).filter(plan=plan))


def sign_offs_waiting(membership: Membership) -> QuerySet[SignOffRequest]:
    """Requests that this manager may answer: not her own, and not about her own judgement or plan."""
    waiting = _on_a_day(membership).select_related("asked_by__user").filter(state=SignOffState.OPEN)
    others = waiting.exclude(asked_by__user=membership.user_id)
    others = others.exclude(assessment__assessor__user=membership.user_id)
    return others.exclude(plan__written_by__user=membership.user_id).order_by("asked_at", "id")[:LIMIT]


def sign_offs_sent_back(membership: Membership) -> QuerySet[SignOffRequest]:
    """Her own requests that were sent back and that she has not read."""
    back = _on_a_day(membership).filter(state=SignOffState.SENT_BACK, asked_by=membership, read_at=None)
    return back.order_by("answered_at", "id")[:LIMIT]


def _action_as_read(one: PlanAction) -> ActionAsRead:
    became = "" if one.is_to_do else ": ".join(filter(None, [one.get_state_display(), one.reason]))
    is_dropped = one.state in (ActionState.NOT_NEEDED, ActionState.NOT_POSSIBLE)
    return ActionAsRead(str(one.pk), one.heading, one.need, one.text, one.who, one.due_on, became, is_dropped)


def _on_a_day(membership: Membership) -> QuerySet[SignOffRequest]:
    """With what a day shows of each and no more: its page joins fifteen tables, and planning that takes longest."""
    return SignOffRequest.objects.visible_to(membership).select_related("case__headline__victim")
