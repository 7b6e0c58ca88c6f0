"""What tasks add to the case page (settings.CASE_PANELS)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, Rows, asks
from referrals.casework.models import Task
from referrals.casework.selectors.task import open_tasks
from referrals.casework.views.lists import task_table

SHOWN = 5


def _tasks(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    return {"tasks": open_tasks(case, membership)} if membership.may("work_episode") else None


@asks(_tasks)
def tasks_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """What the reader's own agency still has to do in the case; her own is what she does next."""
    found: list[Task] = rows["tasks"]
    table = task_table("Open tasks, the soonest due first", found[:SHOWN]) if found else None
    links = [
        ("Add a task", reverse("casework:task_create", args=[case.pk])),
        ("All tasks", reverse("casework:tasks", args=[case.pk])),
    ]
    mine = [one for one in found if one.worker_id == membership.pk]
    actions = [NextAction(one.title, reverse("casework:task", args=[one.pk]), one.due_at) for one in mine]
    return Panel("Tasks", "casework/panels/tasks.html", {"table": table}, actions, links)
