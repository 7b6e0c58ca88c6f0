"""The one e-mail that a task sends on a day: at most once, with a link and nothing of the case."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.jobs.services import enqueue
from referrals.casework.choices import ReminderState, TaskState
from referrals.casework.models import Task, TaskReminder
from referrals.casework.selectors.task import own_tasks, stands_in_today

TASK = "casework.send_reminder"


@dataclass(frozen=True)
class Reminder:
    """A claimed e-mail: to whom, and the path of the page that says more."""

    key: UUID
    to: str
    path: str


@transaction.atomic
def remind_of_tasks(on: date | None = None) -> int:
    """Put an e-mail on its way for each open task whose reminder is due by a day. Returns how many.

    Acts for nobody and sees no case: the database's own function answers with keys, and leaves out whoever's
    work has ended (those are on the managers' team page). Run twice it sends nothing twice.

    Args:
        on: the day to judge by; today by default.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task, remind_on, worker FROM tasks_to_remind(%s)", [on or timezone.localdate()]
        )
        due = cursor.fetchall()
    workers = Membership.objects.in_bulk({worker for _, _, worker in due})
    for task, day, worker in due:
        args = {"task": task, "day": day.isoformat()}
        enqueue(TASK, args=args, key=f"task_reminder:{task}:{day}:{worker}", actor=workers[worker])
    return len(due)


@transaction.atomic
def claim_reminder(task_id: UUID, *, day: date, actor: Membership) -> Reminder | None:
    """Claim the e-mail of a task for a day; None where there is nothing to send, or it was claimed before.

    Committed before the e-mail leaves: one found claimed was being sent when its worker died, and may have
    gone. My day shows the task anyway, so none goes again. Today's cover gets it in the worker's place.
    """
    task = own_tasks(actor).select_for_update(of=("self",)).filter(pk=task_id).first()
    if task is None or not _is_wanted(task, day, actor):
        return None
    to = stands_in_today(actor, task.case_id) or actor
    claim, is_new = TaskReminder.objects.get_or_create(task=task, remind_on=day, defaults={"to": to})
    if not is_new and claim.state != ReminderState.NOT_TAKEN:
        return None
    if not is_new:
        claim.to, claim.state = to, ReminderState.SENDING
        claim.save(update_fields=["to", "state"])
    return Reminder(claim.pk, to.user.email, reverse("casework:task", args=[task.pk]))


def _is_wanted(task: Task, day: date, actor: Membership) -> bool:
    return task.state == TaskState.OPEN and task.remind_on == day and task.worker_id == actor.pk


@transaction.atomic
def settle_reminder(key: UUID, *, was_sent: bool, actor: Membership) -> None:
    """The mail server has taken it, or has certainly not, and then it may be tried again."""
    state = ReminderState.SENT if was_sent else ReminderState.NOT_TAKEN
    TaskReminder.objects.filter(pk=key).update(state=state)
