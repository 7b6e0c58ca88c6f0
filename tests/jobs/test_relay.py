"""The relay: hands on once what is committed, and loses nothing when broker, database or worker do."""

import logging
import signal
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from dacase.jobs.models import OutboxMessage
from dacase.jobs.relay import LONGEST_PAUSE, MARK, Relay
from dacase.jobs.services import enqueue
from dacase.jobs.services.dispatch import dispatch_waiting, redispatch_unfinished
from dacase.jobs.services.outbox import begin_message
from tests.jobs import work  # noqa: F401 - declares its tasks
from tests.jobs.conftest import wait_for

pytestmark = pytest.mark.usefixtures("committed")


def queued(broker):
    return broker.llen("celery")


def a_message(**fields):
    return enqueue("tests.effect", args={"name": "effect"}, actor=None, **fields)


def test_a_message_is_handed_on_once(relay, broker):
    message = a_message()
    relay.turn()
    relay.turn()
    assert queued(broker) == 1
    assert b"tests.effect" in broker.lindex("celery", 0)
    message.refresh_from_db()
    assert message.dispatched_at


def test_only_the_id_reaches_the_broker(relay, broker):
    enqueue("tests.effect", args={"name": "canary-4711"}, actor=None)
    relay.turn()
    assert b"canary" not in broker.lindex("celery", 0)


def test_a_message_is_not_handed_on_before_it_is_due(relay, broker):
    a_message(due_at=timezone.now() + timedelta(minutes=1))
    relay.turn()
    assert queued(broker) == 0


def test_what_is_not_committed_is_not_handed_on(relay, broker):
    transaction.set_autocommit(False)
    try:
        a_message()
        done = threading.Thread(target=lambda: (relay.turn(), connections.close_all()))
        done.start()
        done.join()
        assert queued(broker) == 0
        transaction.rollback()
    finally:
        transaction.set_autocommit(True)
    assert not OutboxMessage.objects.exists()


def test_two_relays_share_the_work(broker):
    for _ in range(300):
        a_message()
    sent = {0: [], 1: []}
    both = threading.Barrier(2)

    def one_relay(number):
        try:
            both.wait()
            while dispatch_waiting(sent[number].append):
                pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one_relay, args=(number,)) for number in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [message.pk for messages in sent.values() for message in messages]
    assert len(ids) == len(set(ids)) == 300


def test_a_relay_that_dies_in_a_batch_has_marked_nothing():
    a_message()
    a_message()
    sent = []

    def send(message):
        sent.append(message)
        if len(sent) == 2:
            raise SystemExit(0)

    with pytest.raises(SystemExit):
        dispatch_waiting(send)
    assert OutboxMessage.objects.waiting().count() == 2


def test_an_emptied_broker_gets_everything_again(relay, broker):
    for _ in range(3):
        a_message()
    relay.turn()
    broker.flushdb()
    relay.looked_for_loss = 0
    relay.turn()
    assert queued(broker) == 3
    assert broker.exists(MARK)


def test_a_broker_that_kept_its_messages_gets_none_twice(relay, broker):
    a_message()
    relay.turn()
    Relay(relay.app, sleep=relay.sleep).turn()
    assert queued(broker) == 1


def test_a_lost_broker_is_waited_for(relay, celery_app, settings, tmp_path, broker, caplog):
    message = a_message()
    relay.turn()
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    lost = Relay(celery_app, sleep=relay.sleep)
    with caplog.at_level(logging.WARNING):
        for _ in range(7):
            lost.turn()
    assert relay.slept[-7:] == [1, 2, 4, 8, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]
    lost.broker = broker
    lost.turn()
    assert lost.pause < 1
    message.refresh_from_db()
    assert message.dispatched_at


def test_a_lost_database_is_waited_for(relay, broker):
    a_message()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT 1")
    end_session(number)
    relay.turn()
    assert relay.slept == [1]
    assert queued(broker) == 0
    relay.turn()
    assert queued(broker) == 1


def end_session(number):
    """As the administrator: the logins may not end each other's sessions."""
    import os

    import psycopg2

    server = psycopg2.connect(os.environ["DATABASE_URL"])
    with server, server.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    server.close()


# --- giving out again ---


def test_begun_by_a_worker_that_is_gone_is_given_out_at_once(relay, broker):
    message = a_message()
    relay.turn()
    begin_message(message.pk)
    assert redispatch_unfinished() == 1
    relay.turn()
    assert queued(broker) == 2


def test_begun_by_a_worker_that_works_is_left_alone(relay):
    message = a_message()
    relay.turn()
    begin_message(message.pk)
    worker = connections["default"].copy()
    try:
        with worker.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"dacase.outbox.{message.pk}"]
            )
        assert redispatch_unfinished(timedelta(0)) == 0
    finally:
        worker.close()
    wait_for(lambda: redispatch_unfinished(timedelta(0)) == 1, seconds=3)


def test_not_begun_is_given_out_again_after_two_minutes(relay):
    a_message()
    relay.turn()
    assert redispatch_unfinished() == 0
    OutboxMessage.objects.update(dispatched_at=timezone.now() - timedelta(minutes=2, seconds=1))
    assert redispatch_unfinished() == 1


def test_what_has_ended_is_never_given_out_again(relay):
    a_message()
    a_message()
    relay.turn()
    done, failed = OutboxMessage.objects.all()
    OutboxMessage.objects.filter(pk=done.pk).update(done_at=timezone.now())
    OutboxMessage.objects.filter(pk=failed.pk).update(failed_at=timezone.now())
    assert redispatch_unfinished(timedelta(0)) == 0


def test_the_sweep_raises_an_alarm_for_stuck_work(caplog):
    from dacase.jobs.tasks import redispatch

    a_message(due_at=timezone.now() - timedelta(minutes=6))
    OutboxMessage.objects.update(dispatched_at=timezone.now() - timedelta(minutes=3))
    redispatch()
    assert "1 messages of the outbox were lost" in caplog.text
    assert "ALARM outbox: 1 unfinished" in caplog.text


# --- the command ---


def test_the_check_tells_a_relay_that_does_not_keep_up(capsys):
    call_command("relay", "--check")
    assert "keeping up" in capsys.readouterr().out
    a_message(due_at=timezone.now() - timedelta(minutes=6))
    with pytest.raises(CommandError, match="1 messages have been waiting"):
        call_command("relay", "--check")


def test_without_a_broker_it_says_so(settings):
    settings.REDIS_URL = ""
    with pytest.raises(CommandError, match="REDIS_URL"):
        call_command("relay")


def test_the_process_hands_on_and_stops_promptly(start, broker):
    process = start("relay")
    a_message()
    wait_for(lambda: queued(broker) == 1, seconds=15)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=3) == 0
