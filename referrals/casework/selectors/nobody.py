"""Work that nobody can do any more: its worker has left, or the case bars her by now."""

from django.contrib.auth.models import Group
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case, Exclusion
from referrals.casework.choices import ActionState, TaskState
from referrals.casework.models import Episode, PlanAction, Task


def cannot_work(worker: str, case: str) -> Q:
    """The condition that the membership in the column `worker` cannot work on the case in the column `case`."""
    ended = Q(**{f"{worker}__ended_at__isnull": False})
    ended |= Q(**{f"{worker}__ends_on__lt": timezone.localdate()})
    bars = Q(group=OuterRef(f"{worker}__user__group")) | Q(group=OuterRef(f"{worker}__team__group"))
    is_barred = Exists(Exclusion.objects.filter(bars, case=OuterRef(case), lifted_at=None))
    return ended | Q(**{f"{worker}__user__is_active": False}) | Q(is_barred)


def held_by_nobody(worker: str, case: str) -> ExpressionWrapper:
    """The same as a column of the rows."""
    return ExpressionWrapper(cannot_work(worker, case), output_field=BooleanField())


def left_behind(case: Case, group: Group, membership: Membership) -> list[str]:
    """What nobody can do any more when a person, a team or an agency is barred from a case (settings.LEFT_BEHIND).

    In sentences for whoever bars them: of the own agency all that is open, of another that it goes on supporting.
    """
    whose = Q(worker__user__group=group) | Q(worker__team__group=group)
    support = Episode.objects.visible_to(membership).filter(case=case, closed_at=None)
    actions = PlanAction.objects.own_of(membership).filter(whose, plan__case=case, state=ActionState.TO_DO)
    tasks = Task.objects.own_of(membership).filter(whose, case=case, state=TaskState.OPEN)
    own = [
        (support.filter(whose, agency_id=membership.agency_id).count(), "support", "supports"),
        (tasks.count(), "task", "tasks"),
        (actions.count(), "action of the plan", "actions of the plan"),
    ]
    words = [f"{number} {one if number == 1 else more}" for number, one, more in own if number]
    found = [f"Nobody can do this any more: {', '.join(words)}. Say who does."] if words else []
    elsewhere = _agencies(support.filter(whose).exclude(agency_id=membership.agency_id))
    found += [f"Nobody works on the support by {agency} any more. Tell its managers." for agency in elsewhere]
    whole = _agencies(support.filter(agency__group=group))
    return found + [
        f"{agency} still supports somebody in this case, and none of its workers can see it."
        for agency in whole
    ]


def _agencies(episodes: QuerySet[Episode]) -> QuerySet[Agency]:
    return Agency.objects.filter(pk__in=episodes.order_by().values("agency"))
