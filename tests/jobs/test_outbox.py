"""Messages: written with the change, run as their actor, with the effect exactly once."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.jobs.models import Job, JobState, OutboxMessage
from dacase.jobs.selectors import dead_letters, stuck_messages, stuck_work
from dacase.jobs.services import enqueue, start_job
from dacase.jobs.services.outbox import fail_message, postpone_message, revive_message
from dacase.jobs.tasks_base import ENDED, UNKNOWN, held, run_message
from dacase.walls.context import acting_as
from tests.jobs import work  # noqa: F401 - declares its tasks
from tests.jobs.conftest import wait_for
from tests.meeting import waits_for_a_lock


def jobs_of(membership, kind):
    with acting_as(membership):
        return Job.objects.filter(kind=kind).count()


def run(message):
    run_message(message.pk)
    message.refresh_from_db()
    return message


# --- writing ---


def test_a_change_that_is_rolled_back_leaves_no_message(cast):
    with transaction.atomic():
        enqueue("tests.effect", args={"name": "x"}, actor=cast.idva)
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


def test_the_same_key_is_written_once(cast):
    first = enqueue("tests.effect", args={"name": "one"}, key="k", actor=cast.idva)
    second = enqueue("tests.effect", args={"name": "two"}, key="k", actor=cast.idva)
    assert second.pk == first.pk
    assert OutboxMessage.objects.get().args == {"name": "one"}


def test_messages_without_a_key_are_all_written(cast):
    for _ in range(2):
        enqueue("tests.effect", args={"name": "one"}, actor=cast.idva)
    assert OutboxMessage.objects.count() == 2


def test_identifiers_and_codes_are_kept_as_they_are(cast):
    pk = uuid4()
    args = {"id": pk, "number": 3, "flag": True, "none": None, "path": "/returns/1/", "to": "a@example.org"}
    message = enqueue("tests.effect", args=args, actor=cast.idva)
    message.refresh_from_db()
    assert message.args == {**args, "id": str(pk)}


@pytest.mark.parametrize("value", ["Vera Testcase", "a\nb", "x" * 301, "\x00", 1.5, ["a"], {"a": 1}])
def test_what_a_person_wrote_is_refused(cast, value):
    with pytest.raises(ValueError, match="identifiers"):
        enqueue("tests.effect", args={"name": value}, actor=cast.idva)


# --- running ---


def test_effect_and_done_come_together(cast):
    message = run(enqueue("tests.effect", args={"name": "effect"}, actor=cast.idva))
    assert message.done_at
    assert message.attempts == 1
    assert jobs_of(cast.idva, "effect") == 1


def test_running_twice_has_one_effect(cast):
    message = run(run(enqueue("tests.effect", args={"name": "effect"}, actor=cast.idva)))
    assert message.attempts == 1
    assert jobs_of(cast.idva, "effect") == 1


def test_a_task_sees_what_its_actor_sees(cast):
    for member in (cast.idva, cast.police_officer, cast.police_alder):
        with acting_as(member):
            start_job("x", actor=member)
    for actor, seen in ((cast.police_officer, 2), (cast.idva, 1), (cast.refuge_worker, 0), (None, 0)):
        run(enqueue("tests.count_jobs", actor=actor))
        assert OutboxMessage.objects.filter(task="tests.seen").latest("created_at").args == {"jobs": seen}


def test_an_error_leaves_no_half_effect_and_no_value_of_the_row(cast):
    with acting_as(cast.idva):
        job = start_job("return", actor=cast.idva)
    message = run(enqueue("tests.fails", args={"job": job.pk}, actor=cast.idva))
    assert message.failed_at
    assert message.done_at is None
    assert message.error.startswith("IntegrityError at tests/jobs/work.py:")
    assert "Vera" not in message.error
    assert jobs_of(cast.idva, "half done") == 0
    with acting_as(cast.idva):
        job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, message.error)


def test_a_refusal_is_told_in_its_own_words(cast):
    with acting_as(cast.idva):
        job = start_job("return", actor=cast.idva)
    message = run(enqueue("tests.refused", args={"job": job.pk}, actor=cast.idva))
    assert message.error == "The period has not begun yet."
    with acting_as(cast.idva):
        job.refresh_from_db()
    assert job.error == "The period has not begun yet."


@pytest.mark.parametrize("task", ["tests.effect", "tests.in_steps"])
def test_a_membership_that_has_ended_since_does_nothing(cast, task):
    args = {"name": "effect"} if task == "tests.effect" else {"job": uuid4()}
    message = enqueue(task, args=args, actor=cast.idva)
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(pk=cast.idva.pk).update(starts_on=yesterday, ends_on=yesterday)
    run(message)
    assert message.error == ENDED
    assert message.failed_at
    assert jobs_of(cast.idva, "effect") == 0


def test_a_user_who_was_closed_since_does_nothing(cast):
    message = enqueue("tests.effect", args={"name": "effect"}, actor=cast.idva)
    type(cast.idva.user).objects.filter(pk=cast.idva.user_id).update(is_active=False)
    assert run(message).error == ENDED


def test_a_named_error_is_tried_again_with_growing_pauses_and_then_given_up(cast):
    message = enqueue("tests.unreachable", actor=None)
    for pause in (timedelta(seconds=10), timedelta(seconds=20)):
        before = timezone.now()
        run(message)
        assert message.failed_at is None
        assert message.dispatched_at is None
        assert message.begun_at is None
        assert before + pause <= message.due_at <= timezone.now() + pause
    run(message)
    assert message.failed_at
    assert "3 times" in message.error
    assert "UnreachableError at tests/jobs/work.py" in message.error


def test_pauses_stop_growing_at_ten_minutes(cast):
    message = enqueue("tests.unreachable", actor=None)
    OutboxMessage.objects.update(attempts=20)
    postpone_message(message.pk, reason="x")
    message.refresh_from_db()
    assert message.due_at - timezone.now() <= timedelta(minutes=10)


def test_a_message_that_kills_its_workers_ends(cast):
    message = enqueue("tests.effect", args={"name": "effect"}, actor=cast.idva)
    OutboxMessage.objects.update(attempts=6)
    run(message)
    assert message.failed_at
    assert message.error == "Tried 6 times without an end. Last: the worker ended"
    assert jobs_of(cast.idva, "effect") == 0


def test_an_unknown_task_is_a_dead_letter(cast):
    assert run(enqueue("tests.nobody_knows", actor=None)).error == UNKNOWN


def test_work_in_steps_ends_once(cast):
    with acting_as(cast.idva):
        job = start_job("return", actor=cast.idva)
    message = run(run(enqueue("tests.in_steps", args={"job": job.pk}, actor=cast.idva)))
    assert message.done_at
    assert jobs_of(cast.idva, "effect") == 1
    with acting_as(cast.idva):
        job.refresh_from_db()
    assert (job.state, job.progress, job.total, job.doing) == (JobState.DONE, 2, 2, "Counted")


def test_steps_that_name_no_end_are_done_when_they_return(cast):
    message = run(enqueue("tests.steps_without_end", actor=cast.idva))
    assert message.done_at
    assert message.failed_at is None


@pytest.mark.usefixtures("committed")
def test_a_message_that_another_worker_holds_is_left_alone():
    from tests.cast import Cast

    cast = Cast()
    message = enqueue("tests.effect", args={"name": "effect"}, actor=cast.idva)
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"dacase.outbox.{message.pk}"]
            )
        assert run(message).begun_at is None
        with held(message.pk) as is_held:
            assert not is_held
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    assert run(message).done_at


@pytest.mark.usefixtures("committed")
def test_a_worker_quicker_than_the_relay_waits_for_its_mark():
    """The broker has a message before the relay has committed that it gave it: the message must not be dropped."""
    from tests.cast import Cast

    message = enqueue("tests.effect", args={"name": "effect"}, actor=Cast().idva)
    relay = connections["default"].copy()
    worker = threading.Thread(target=lambda: (run_message(message.pk), connections.close_all()))
    try:
        relay.set_autocommit(False)
        with relay.cursor() as cursor:
            cursor.execute("UPDATE jobs_outboxmessage SET dispatched_at = now() WHERE id = %s", [message.pk])
        worker.start()
        wait_for(lambda: not worker.is_alive() or waits_for_a_lock())
        relay.commit()
    finally:
        relay.close()
        worker.join()
    message.refresh_from_db()
    assert message.attempts == 1
    assert message.done_at
    assert message.dispatched_at


# --- dead letters and stuck work ---


def test_a_dead_letter_is_listed_and_can_be_tried_again(cast):
    message = run(enqueue("tests.refused", actor=cast.idva))
    assert list(dead_letters()) == [message]
    assert stuck_work() == "1 failed."
    assert revive_message(message.pk)
    message.refresh_from_db()
    assert (message.failed_at, message.dispatched_at, message.attempts) == (None, None, 0)
    assert not revive_message(message.pk)


def test_what_has_ended_cannot_fail(cast):
    message = run(enqueue("tests.effect", args={"name": "effect"}, actor=cast.idva))
    assert not fail_message(message.pk, reason="too late")


def test_unfinished_for_five_minutes_is_stuck(cast):
    now = timezone.now()
    late = enqueue("tests.effect", actor=None, due_at=now - timedelta(minutes=6))
    enqueue("tests.effect", actor=None, due_at=now - timedelta(minutes=4))
    assert list(stuck_messages()) == [late]
    assert stuck_work() == "1 unfinished for more than 5 minutes."
