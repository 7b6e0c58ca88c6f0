"""The Celery application. Tasks reach it only through the outbox (dacase.jobs), never by `.delay()`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dacase.settings")

app = Celery("dacase")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
