"""The Celery application. Tasks reach it only through the outbox (dacase.jobs), never by `.delay()`."""

import os

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dacase.settings")

app = Celery("dacase")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse_unsafe_start(**kwargs: object) -> None:
    """Before a worker or the scheduler takes anything: no wall may be missing in production."""
    from dacase.checks import refuse_unsafe

    refuse_unsafe()
