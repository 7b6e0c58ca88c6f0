"""The loop of the relay. It survives the loss of the database and of the broker, and asks nobody to be told."""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

import redis
from celery import Celery
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from kombu.exceptions import OperationalError as BrokerError

from dacase.jobs.models import OutboxMessage
from dacase.jobs.services.dispatch import BATCH, dispatch_waiting, redispatch_unfinished

log = logging.getLogger(__name__)

LOOK_EVERY = 0.5  # seconds
LOOK_FOR_LOSS_EVERY = 2.0
LONGEST_PAUSE = 10.0
PATIENCE = 5
# As long as the broker has this key, it has kept what it was given.
MARK = "dacase.relay.mark"
LOST = (OperationalError, InterfaceError, BrokerError, redis.RedisError, OSError)


class Relay:
    """Hands messages on. sleep: how it waits, in seconds; replaced by tests that drive it turn by turn."""

    def __init__(self, app: Celery | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        if app is None:
            from dacase.celery import app as own_app

            app = own_app
        self.app = app
        self.sleep = sleep
        self.broker = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        self.pause = LOOK_EVERY
        self.looked_for_loss = 0.0

    def run(self) -> None:
        """Work until the process is told to stop."""
        log.info("The relay is working")
        while True:
            self.turn()

    def turn(self) -> None:
        """One look at the outbox, and the pause after it, which grows while database or broker are lost."""
        try:
            count = self.work()
        except LOST as error:
            connection.close()
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            log.warning("The relay waits %s seconds: %s", self.pause, type(error).__name__)
            self.sleep(self.pause)
            return
        self.pause = LOOK_EVERY
        if count < BATCH:
            self.sleep(LOOK_EVERY)

    def work(self) -> int:
        """Hand on what waits. Returns how many messages."""
        if time.monotonic() - self.looked_for_loss > LOOK_FOR_LOSS_EVERY:
            self.recover_from_loss()
            self.looked_for_loss = time.monotonic()
        return dispatch_waiting(self.send)

    def recover_from_loss(self) -> None:
        """Where the broker is new or was emptied, everything it had goes out again. The mark comes last."""
        if not self.broker.exists(MARK):
            count = redispatch_unfinished(timedelta(0))
            log.warning("The broker is new or was emptied; %s messages are given out again", count)
            self.broker.set(MARK, "kept")

    def send(self, message: OutboxMessage) -> None:
        """Give the broker one message: the name of the task and the id of the row."""
        self.app.send_task(message.task, args=[str(message.pk)], retry=False)
