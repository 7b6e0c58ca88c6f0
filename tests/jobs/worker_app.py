"""The product's Celery application with the tasks of the tests: `celery -A tests.jobs.worker_app worker`."""

import django

from dacase.celery import app

django.setup()

from tests.jobs import work  # noqa: E402, F401 - declares its tasks

__all__ = ["app"]
