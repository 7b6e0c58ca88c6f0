"""Work that must not get lost: every message is a row here before it is a message anywhere else."""

import uuid

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from dacase.agencies.models import Agency, Membership


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def unfinished(self) -> QuerySet["OutboxMessage"]:
        """Messages that are neither done nor failed."""
        return self.filter(done_at__isnull=True, failed_at__isnull=True)

    def waiting(self) -> QuerySet["OutboxMessage"]:
        """Unfinished messages that are due and that the broker has not been given."""
        return self.unfinished().filter(dispatched_at__isnull=True, due_at__lte=timezone.now())

    def failed(self) -> QuerySet["OutboxMessage"]:
        """Dead letters: messages that nobody will try again by themselves."""
        return self.filter(failed_at__isnull=False)


class OutboxMessage(models.Model):
    """A task to run, written with the change that caused it. `args` are identifiers only.

    `key`, where given, makes a message unique: a second one with the same key is not written. A message
    is given to the broker from `due_at` on (`dispatched_at`), taken by a worker (`begun_at`), and ends as
    done or failed. What was dispatched or begun and has not ended is dispatched again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.CharField(max_length=120)
    args = models.JSONField(default=dict)
    key = models.CharField(max_length=200, null=True, unique=True)
    actor = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    dispatched_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        indexes = [
            models.Index(
                fields=["created_at"],
                name="outbox_unfinished",
                condition=Q(done_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(
                fields=["due_at"],
                name="outbox_waiting",
                condition=Q(dispatched_at__isnull=True, done_at__isnull=True, failed_at__isnull=True),
            ),
            models.Index(fields=["failed_at"], name="outbox_failed", condition=Q(failed_at__isnull=False)),
        ]


class JobState(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, membership: Membership) -> QuerySet["Job"]:
        """The jobs of the reader's own agency."""
        return self.filter(agency_id=membership.agency_id)


class Job(models.Model):
    """Long work with progress that a page can show, also after it was closed and opened again.

    `result_path` is the address on this site where the result is once it is done.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    doing = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    result_path = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    @property
    def is_finished(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED}
