"""Safety and support plans of the world: each agency's own, shared in some cases and not in others."""

from django.utils import timezone

from dacase.walls.context import acting_as
from referrals.casework.models import Plan, PlanAction, PlanPrint

# Case -> who writes its plans, and whether the plan is shared.
WRITERS = {
    "advocacy": (("idva", True),),
    "front_door": (("front_door_worker", False), ("idva", True), ("marac_coordinator", False)),
    "outsider": (("outsider", True),),
}


def plan(world) -> None:
    """Plans with an action and a printing each."""
    today = timezone.localdate()
    for key, writers in WRITERS.items():
        for writer_key, is_shared in writers:
            writer = getattr(world.cast, writer_key)
            with acting_as(writer):
                made = Plan.objects.create(
                    case=world.cases[key], agency=writer.agency, review_on=today, written_by=writer,
                    shared_at=timezone.now() if is_shared else None,
                )  # fmt: skip
                PlanAction.objects.create(
                    plan=made, heading="housing", need="Invented", text="Invented", owner="victim",
                    due_on=today, written_by=writer,
                )  # fmt: skip
                PlanPrint.objects.create(plan=made, digest="0" * 64, printed_by=writer)
