"""Tasks and their reminders in the world: each agency's own, one of them shared by hand."""

from django.utils import timezone

from dacase.walls.context import acting_as
from referrals.casework.models import Task, TaskReminder

WORKERS = {"advocacy": "idva", "front_door": "front_door_worker", "outsider": "outsider"}


def note(world) -> None:
    """For each case a task that is shared and one that is not, each with a reminder."""
    today = timezone.localdate()
    for key, worker_key in WORKERS.items():
        worker, case = getattr(world.cast, worker_key), world.cases[key]
        with acting_as(worker):
            for shared_at in (timezone.now(), None):
                task = Task.objects.create(
                    case=case, agency=worker.agency, title="Invented", worker=worker, made_by=worker,
                    due_on=today, remind_on=today, shared_at=shared_at,
                )  # fmt: skip
                TaskReminder.objects.create(task=task, remind_on=today, to=worker, state="sent")
