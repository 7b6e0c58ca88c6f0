"""Acts of the outbox and of jobs. `enqueue` is what the other rooms call."""

from dacase.jobs.services.job import begin_job, fail_job, finish_job, report_progress, start_job
from dacase.jobs.services.mail import queue_mail
from dacase.jobs.services.outbox import enqueue

__all__ = ["begin_job", "enqueue", "fail_job", "finish_job", "queue_mail", "report_progress", "start_job"]
