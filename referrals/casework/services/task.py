"""What somebody has to do in a case: added, changed, given to a colleague, done, dropped, put back."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed, check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case
from referrals.casework.choices import TaskState
from referrals.casework.models import Episode, Task
from referrals.casework.rules.task import usual_reminder
from referrals.casework.selectors.task import own_tasks
from referrals.casework.services.episode import check_can_be_given
from referrals.casework.services.owned import save_version
from referrals.services.versions import check_version

ENDED = "This task has ended. Put it back first"


@dataclass(frozen=True)
class What:
    """What is to be done by when.

    Args:
        title: names nobody, because it stands on lists.
        due_time: by when on that day; by the end of office hours unless told.
        remind_on: the day of the e-mail; by rules.task.usual_reminder unless told.
    """

    title: str
    due_on: date
    due_time: time | None = None
    detail: str = ""
    remind_on: date | None = None


@transaction.atomic
def add_task(
    case_id: UUID,
    *,
    what: What,
    worker: Membership,
    episode: UUID | None = None,
    submission: UUID,
    actor: Membership,
) -> Task:
    """Add a task of the actor's agency in a case. The same `submission` gives the same task.

    Args:
        worker: a colleague, or oneself. ValidationError for somebody who is gone or barred from the case.
        episode: an open episode of the agency in the case that it belongs to; then it goes with it to the next worker.
    Raises NotAllowed, Case.DoesNotExist; ValidationError by field.
    """
    check_may(actor, "work_episode")
    case = Case.objects.visible_to(actor).lock(case_id)
    made = Task.objects.filter(agency_id=actor.agency_id, submission=submission).first()
    if made is not None:
        return made
    _check(what, is_new=True)
    check_can_be_given(worker, [case.pk], actor=actor)
    linked = None
    if episode is not None:
        linked = Episode.objects.own_of(actor).filter(case=case, pk=episode, closed_at=None).first()
        if linked is None:
            raise ValidationError({"episode": "Select one of the episodes shown"})
    task, created = Task.objects.get_or_create(
        agency=actor.agency,
        submission=submission,
        defaults={"case": case, "episode": linked, "worker": worker, "made_by": actor, **_facts(what)},
    )
    if created:
        record_event("task_added", actor=actor, subject=task, case_id=case.pk)
    return task


@transaction.atomic
def change_task(task_id: UUID, *, what: What, version: int, actor: Membership) -> Task:
    """Change what is to be done, or by when. The former words stay in the history.

    Raises NotAllowed, Task.DoesNotExist, StaleVersion; ValidationError by field, and once it has ended.
    """
    task = _lock(task_id, actor)
    current = {name: getattr(task, name) for name in What.__dataclass_fields__}
    check_version(task, version, current=current, actor=actor)
    _check_open(task)
    _check(what, is_new=what.due_on != task.due_on)
    for name, value in _facts(what).items():
        setattr(task, name, value)
    return save_version(task, "task_changed", actor)


@transaction.atomic
def give_task(task_id: UUID, *, worker: Membership, version: int, actor: Membership) -> Task:
    """Give a task to a colleague: its worker does, or a manager.

    Raises NotAllowed for anybody else, Task.DoesNotExist, StaleVersion; ValidationError for a colleague who is
    gone or barred from the case, and once it has ended.
    """
    task = _lock(task_id, actor)
    if task.worker_id != actor.pk and not actor.may("allocate_episode"):
        raise NotAllowed("Its worker or a manager gives a task to somebody else.")
    if task.worker_id == worker.pk:
        return task
    check_version(task, version, current={"worker": str(task.worker_id)}, actor=actor)
    _check_open(task)
    check_can_be_given(worker, [task.case_id], actor=actor)
    task.worker = worker
    return save_version(task, "task_given", actor)


@transaction.atomic
def finish_task(task_id: UUID, *, actor: Membership) -> Task:
    """Note that it is done. Twice is once. Raises NotAllowed, Task.DoesNotExist; ValidationError once dropped."""
    task = _lock(task_id, actor)
    if task.state == TaskState.DONE:
        return task
    return _end(task, TaskState.DONE, "task_done", actor)


@transaction.atomic
def drop_task(task_id: UUID, *, reason: str, actor: Membership) -> Task:
    """Note that it will not be done, and why. Twice is once.

    Raises NotAllowed, Task.DoesNotExist; ValidationError without a reason, and once it is done.
    """
    task = _lock(task_id, actor)
    if task.state == TaskState.DROPPED:
        return task
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is not done"})
    task.why_dropped = reason.strip()
    return _end(task, TaskState.DROPPED, "task_dropped", actor)


@transaction.atomic
def put_back_task(task_id: UUID, *, actor: Membership) -> Task:
    """Take back that it was done or dropped: it is open again as it was. Twice is once."""
    task = _lock(task_id, actor)
    if task.is_open:
        return task
    task.state, task.ended_at, task.ended_by, task.why_dropped = TaskState.OPEN, None, None, ""
    return save_version(task, "task_put_back", actor)


def _lock(task_id: UUID, actor: Membership) -> Task:
    """The task, locked after its case: who is barred at that moment is given nothing."""
    check_may(actor, "work_episode")
    own = own_tasks(actor)
    Case.objects.lock_of(own, task_id)
    return own.select_for_update(of=("self",)).get(pk=task_id)


def _facts(what: What) -> dict[str, Any]:
    reminder = what.remind_on or usual_reminder(what.due_on, today=timezone.localdate())
    return {
        "title": what.title.strip(),
        "detail": what.detail.strip(),
        "due_on": what.due_on,
        "due_time": what.due_time,
        "remind_on": reminder,
    }


def _check(what: What, *, is_new: bool) -> None:
    wrong = {}
    if not what.title.strip():
        wrong["title"] = "Say what is to be done"
    if is_new and what.due_on < timezone.localdate():
        wrong["due_on"] = "The day must be today or in the future"
    if what.remind_on and what.remind_on > what.due_on:
        wrong["remind_on"] = "The reminder must not be after the day on which it is due"
    if wrong:
        raise ValidationError(wrong)


def _check_open(task: Task) -> None:
    if not task.is_open:
        raise ValidationError(ENDED)


def _end(task: Task, state: TaskState, verb: str, actor: Membership) -> Task:
    _check_open(task)
    task.state, task.ended_at, task.ended_by = state, timezone.now(), actor
    return save_version(task, verb, actor)
