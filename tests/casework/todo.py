"""Tasks for tests, added through the service."""

import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from referrals.casework.models import Task
from referrals.casework.services import task as services
from referrals.casework.services.task import What


def what(**changes: Any) -> What:
    """Something to do in a week."""
    return What(
        **{"title": "Ring the housing office", "due_on": timezone.localdate() + timedelta(days=7)} | changes
    )


def added(case: Case, actor: Membership, worker: Membership | None = None, **changes: Any) -> Task:
    """A task of the actor's own, unless given to a colleague."""
    about = {name: changes.pop(name) for name in ("episode", "submission") if name in changes}
    with acting_as(actor):
        return services.add_task(
            case.pk,
            what=what(**changes),
            worker=worker or actor,
            actor=actor,
            **{"submission": uuid.uuid4()} | about,
        )
