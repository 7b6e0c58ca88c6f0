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
STRANDED = "Give a task to a colleague: whoever had it cannot do it any more"


def _tasks(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    return {"tasks": open_tasks(case, membership)} if membership.may("work_episode") else None


@asks(_tasks)
def tasks_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """What the reader's own agency still has to do in the case; her own is what she does next.

    Whoever says who works on what also gives away what nobody can do any more.
    """
    found: list[Task] = rows["tasks"]
    table = task_table("Open tasks, the soonest due first", found[:SHOWN]) if found else None
    links = [
        ("Add a task", reverse("casework:task_create", args=[case.pk])),
        ("All tasks", reverse("casework:tasks", args=[case.pk])),
    ]
    mine = [one for one in found if one.worker_id == membership.pk]
    actions = [NextAction(one.title, reverse("casework:task", args=[one.pk]), one.due_at) for one in mine]
    if membership.may("allocate_episode"):
        actions += [
            NextAction(STRANDED, reverse("casework:task_give", args=[one.pk]), one.due_at)
            for one in found
            if one.is_stranded  # type: ignore[attr-defined]
        ]
    return Panel("Tasks", "casework/panels/tasks.html", {"table": table}, actions, links)
