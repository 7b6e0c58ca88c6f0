"""A task: of one agency in a case."""

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from referrals.casework.models import Task


def make_task(case: Case, worker: Membership) -> Task:
    """A task of the worker's agency, added while the case is open to her."""
    with acting_as(worker):
        return Task.objects.create(
            case=case, agency=worker.agency, title="Invented", worker=worker, made_by=worker,
            due_on=timezone.localdate(),
        )  # fmt: skip
