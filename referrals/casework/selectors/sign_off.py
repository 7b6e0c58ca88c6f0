"""Judgements that wait for a manager, and what she answered."""

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from referrals.casework.choices import SignOffState
from referrals.casework.models import RiskAssessment, SignOffRequest

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


def sign_offs_waiting(membership: Membership) -> QuerySet[SignOffRequest]:
    """Requests that this manager may answer: not her own, and not about her own judgement."""
    waiting = _on_a_day(membership).select_related("asked_by__user").filter(state=SignOffState.OPEN)
    others = waiting.exclude(asked_by__user=membership.user_id)
    others = others.exclude(assessment__assessor__user=membership.user_id)
    return others.exclude(plan__written_by__user=membership.user_id).order_by("asked_at", "id")[:LIMIT]


def sign_offs_sent_back(membership: Membership) -> QuerySet[SignOffRequest]:
    """Her own requests that were sent back and that she has not read."""
    back = _on_a_day(membership).filter(state=SignOffState.SENT_BACK, asked_by=membership, read_at=None)
    return back.order_by("answered_at", "id")[:LIMIT]


def _on_a_day(membership: Membership) -> QuerySet[SignOffRequest]:
    """With what a day shows of each and no more: its page joins fifteen tables, and planning that takes longest."""
    return SignOffRequest.objects.visible_to(membership).select_related("case__headline__victim")
