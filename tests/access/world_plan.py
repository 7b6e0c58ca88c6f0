"""A safety and support plan in each relation: one agency's own inside a case."""

from uuid import UUID

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from referrals.casework.models import Plan, PlanAction, PlanPrint


def make_plan(case: Case, writer: Membership) -> dict[str, UUID]:
    """A plan of the writer's agency with an action and a printing, written while the case is open to her."""
    today = timezone.localdate()
    with acting_as(writer):
        plan = Plan.objects.create(case=case, agency=writer.agency, review_on=today, written_by=writer)
        action = PlanAction.objects.create(
            plan=plan, heading="housing", need="Invented", text="Invented", owner="victim", due_on=today,
            written_by=writer,
        )  # fmt: skip
        printed = PlanPrint.objects.create(plan=plan, digest="0" * 64, printed_by=writer)
    return {"plan": plan.pk, "plan_action": action.pk, "plan_paper": printed.pk}
