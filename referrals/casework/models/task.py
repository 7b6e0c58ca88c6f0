import uuid
from datetime import datetime, time

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from referrals.casework.choices import ReminderState, TaskState
from referrals.casework.models.episode import Episode
from referrals.casework.models.owned import OwnedInCase

# A day is over with its office hours where a task has no time of its own.
END_OF_DAY = time(17)


class Task(OwnedInCase):
    """Something that one worker of an agency has to do in a case by a day. Its agency alone sees it.

    `remind_on` is the day of the one e-mail that says that something is due, and nothing else.
    """

    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(max_length=120)
    detail = models.TextField(max_length=4_000, blank=True)
    worker = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    due_time = models.TimeField(null=True, blank=True)
    remind_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=TaskState, default=TaskState.OPEN)
    why_dropped = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "submission"], name="task_once_per_submission"),
            models.CheckConstraint(
                condition=Q(remind_on=None) | Q(remind_on__lte=F("due_on")),
                name="task_reminds_before_it_is_due",
            ),
            models.CheckConstraint(
                condition=~Q(state=TaskState.DROPPED) | ~Q(why_dropped=""), name="task_dropped_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state=TaskState.OPEN, ended_at=None)
                | (~Q(state=TaskState.OPEN) & Q(ended_at__isnull=False)),
                name="task_open_or_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "due_on"], name="task_day", condition=Q(state=TaskState.OPEN)),
            models.Index(fields=["case", "due_on"], name="tasks_of_case", condition=Q(state=TaskState.OPEN)),
            models.Index(fields=["case", "-ended_at", "-id"], name="tasks_ended"),
            models.Index(fields=["remind_on"], name="task_reminders", condition=Q(state=TaskState.OPEN)),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == TaskState.OPEN

    @property
    def due_at(self) -> datetime:
        """The moment by which it is to be done."""
        return timezone.make_aware(datetime.combine(self.due_on, self.due_time or END_OF_DAY))


class TaskReminder(models.Model):
    """That the e-mail about a task was begun for one day. Written before it leaves: in doubt none goes again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="reminders")
    remind_on = models.DateField()
    to = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ReminderState, default=ReminderState.SENDING)
    at = models.DateTimeField(default=timezone.now)

    history = HistoricalRecords()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "remind_on"], name="one_reminder_a_day")]
