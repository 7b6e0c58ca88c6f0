"""Real workers, killed and given their work again: one effect, and nothing lost."""

import os
import signal

import pytest

from dacase.jobs.models import Job, JobState, OutboxMessage
from dacase.jobs.services import enqueue, start_job
from dacase.jobs.services.dispatch import redispatch_unfinished
from dacase.walls.context import acting_as
from tests.cast import Cast
from tests.jobs.conftest import wait_for

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.slow]


def effects(member):
    with acting_as(member):
        return Job.objects.filter(kind="effect").count()


def reread(job, member):
    with acting_as(member):
        return Job.objects.get(pk=job.pk)


def ask(member):
    with acting_as(member):
        job = start_job("return", actor=member)
        enqueue("tests.in_steps", args={"job": job.pk}, actor=member)
    return job


def is_done():
    return OutboxMessage.objects.filter(done_at__isnull=False).exists()


def test_a_worker_killed_in_the_middle_leaves_one_effect(start, relay, broker, tmp_path):
    member = Cast().idva
    gate = tmp_path / "gate"
    gate.touch()
    job = ask(member)
    relay.turn()
    worker = start("worker", DACASE_TEST_GATE=str(gate))
    wait_for(lambda: reread(job, member).doing == "Counting")
    assert redispatch_unfinished() == 0  # it works
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()
    wait_for(lambda: redispatch_unfinished() == 1, seconds=3)
    broker.flushdb()  # whatever the broker still knew is gone as well
    gate.unlink()
    relay.turn()
    start("worker")
    wait_for(is_done)
    assert effects(member) == 1
    found = reread(job, member)
    assert (found.state, found.progress, found.total) == (JobState.DONE, 2, 2)
    assert OutboxMessage.objects.get().attempts == 2


def test_a_message_delivered_thrice_to_two_workers_has_one_effect(start, relay, broker, tmp_path):
    member = Cast().idva
    gate = tmp_path / "gate"
    gate.touch()
    job = ask(member)
    message = OutboxMessage.objects.get()
    for _ in range(3):
        relay.send(message)
    for _ in range(2):
        start("worker", DACASE_TEST_GATE=str(gate))
    wait_for(lambda: reread(job, member).doing == "Counting")
    wait_for(lambda: broker.llen("celery") == 0)
    gate.unlink()
    wait_for(is_done)
    wait_for(lambda: broker.hlen("unacked") == 0)
    assert effects(member) == 1
    message.refresh_from_db()
    assert message.attempts == 1


def test_a_child_killed_by_the_system_is_replaced_and_the_work_done(start, relay, tmp_path):
    import psutil

    member = Cast().idva
    gate = tmp_path / "gate"
    gate.touch()
    job = ask(member)
    relay.turn()
    worker = start("worker", DACASE_TEST_GATE=str(gate))
    wait_for(lambda: reread(job, member).doing == "Counting")
    psutil.Process(worker.pid).children()[0].kill()
    gate.unlink()
    wait_for(is_done)
    assert effects(member) == 1
