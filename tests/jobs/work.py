"""Tasks of the tests, run in this process and by real workers (tests/jobs/worker_app.py)."""

import os
import time
from pathlib import Path

from django.db import IntegrityError

from dacase.jobs.models import Job, OutboxMessage
from dacase.jobs.services import begin_job, fail_job, finish_job, report_progress, start_job
from dacase.jobs.tasks_base import TaskRefusedError, outbox_task


class UnreachableError(Exception):
    """Something outside cannot be reached just now."""


@outbox_task("tests.effect")
def effect(*, name, actor):
    """Leaves one row, seen by the actor's agency only."""
    start_job(name, actor=actor)


@outbox_task("tests.count_jobs")
def count_jobs(*, actor):
    """Leaves what it could see as the count of a row that anybody sees."""
    OutboxMessage.objects.create(task="tests.seen", args={"jobs": Job.objects.count()})


def tell_job(*, reason, actor, job="", **args):
    if job:
        fail_job(Job.objects.get(pk=job), error=reason)


@outbox_task("tests.fails", on_failure=tell_job)
def fails(*, actor, job=""):
    start_job("half done", actor=actor)
    raise IntegrityError("Key (name)=(Vera Testcase) already exists.")


@outbox_task("tests.refused", on_failure=tell_job)
def refused(*, actor, job=""):
    raise TaskRefusedError("The period has not begun yet.")


@outbox_task("tests.unreachable", retry_on=(UnreachableError,), max_attempts=3)
def unreachable(*, actor):
    raise UnreachableError


@outbox_task("tests.in_steps", in_steps=True, on_failure=tell_job)
def in_steps(*, job, steps):
    """Reports progress, waits where a gate is set, then leaves its effect."""
    with steps.step():
        begin_job(Job.objects.get(pk=job), total=2)
    with steps.step():
        report_progress(Job.objects.get(pk=job), done=1, doing="Counting")
    wait_at_gate()
    with steps.finish() as actor:
        start_job("effect", actor=actor)
        finish_job(Job.objects.get(pk=job), doing="Counted")


@outbox_task("tests.steps_without_end", in_steps=True)
def steps_without_end(*, steps):
    with steps.step() as actor:
        start_job("effect", actor=actor)


def wait_at_gate():
    """Stops while the file named in DACASE_TEST_GATE is there."""
    gate = os.environ.get("DACASE_TEST_GATE")
    while gate and Path(gate).exists():
        time.sleep(0.05)
