"""Safety and support plans of a case: the agency's own, and what others have shared."""

from django.db.models import Q, QuerySet

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from referrals.casework.choices import ActionState
from referrals.casework.models import Episode, Plan, PlanAction, PlanPrint
from referrals.casework.rules.plan import headings
from referrals.casework.selectors.nobody import held_by_nobody

SOONEST_FIRST = ("due_on", "id")


def plans_of(case: Case, membership: Membership) -> QuerySet[Plan]:
    """The plans of a case that the membership may read, in the order written."""
    return Plan.objects.visible_to(membership).filter(case=case).select_related("agency", "written_by__user")


def actions_of(case: Case, membership: Membership) -> QuerySet[PlanAction]:
    """The actions of those plans, the soonest due first, settled ones too.

    Of other agencies' plans without headings that ask for a verb which the membership lacks: what is planned
    about immigration tells the status. `is_stranded`: whether the worker who is named cannot do it any more.
    """
    kept = [
        one.code for one in headings().values() if one.others_need and not membership.may(one.others_need)
    ]
    actions = PlanAction.objects.visible_to(membership).filter(plan__case=case)
    actions = actions.exclude(~Q(plan__agency_id=membership.agency_id), heading__in=kept)
    actions = actions.select_related("plan__agency", "worker__user", "settled_by__user")
    return actions.annotate(is_stranded=held_by_nobody("worker", "plan__case")).order_by(*SOONEST_FIRST)


def prints_of(case: Case, membership: Membership) -> QuerySet[PlanPrint]:
    """When those plans were printed for her, the newest first."""
    prints = PlanPrint.objects.visible_to(membership).filter(plan__case=case)
    return prints.select_related("printed_by__user").order_by("-printed_at", "-id")


def own_plans(membership: Membership) -> QuerySet[Plan]:
    """Every plan of the membership's own agency, in cases that it may open."""
    return Plan.objects.own_of(membership).select_related("case", "agency")


def own_actions(membership: Membership) -> QuerySet[PlanAction]:
    """Every action of those plans."""
    actions = PlanAction.objects.own_of(membership)
    return actions.select_related("plan__case", "plan__agency", "worker__user")


def own_prints(membership: Membership) -> QuerySet[PlanPrint]:
    """Every printing of those plans."""
    return PlanPrint.objects.own_of(membership).select_related("plan__case", "plan__agency", "printed_by")


def to_do_of(plan: Plan, membership: Membership) -> QuerySet[PlanAction]:
    """What is still to do of a plan, the soonest due first."""
    actions = PlanAction.objects.visible_to(membership).filter(plan=plan, state=ActionState.TO_DO)
    return actions.select_related("worker__user").order_by(*SOONEST_FIRST)


def supported_by(membership: Membership, case: Case) -> QuerySet[Episode]:
    """Open support of the membership's own agency in a case."""
    return Episode.objects.own_of(membership).filter(case=case, closed_at=None)
