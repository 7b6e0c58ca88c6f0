"""Two append-only records: what was done (Event) and who looked (Read).

Both hold identifiers and names of fields, never values, so that erasing a person leaves nothing here.
The database refuses to change or delete their rows, whoever asks.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from dacase.agencies.models import Agency, Membership


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, membership: Membership) -> QuerySet["Event"]:
        """The agency's own events that belong to no case. Events of a case: `cases.selectors.timeline`."""
        return self.filter(case_id__isnull=True, agency_id=membership.agency_id)


class Event(models.Model):
    """One act, written in the transaction that did it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    verb = models.CharField(max_length=60)
    actor = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    # Not a foreign key: audit stands below cases, and its rows outlive what they speak of.
    case_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["case_id", "-at"]), models.Index(fields=["agency", "-at"])]


class ReadQuerySet(models.QuerySet["Read"]):
    def visible_to(self, membership: Membership) -> QuerySet["Read"]:
        """What people of the reader's own agency looked at, or tried to."""
        return self.filter(agency_id=membership.agency_id)


class Read(models.Model):
    """One look at a case, or at a part of it that is logged by itself, allowed or refused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    page = models.CharField(max_length=80)
    case_id = models.UUIDField(null=True)
    object_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=200, blank=True)
    was_allowed = models.BooleanField(default=True)

    objects = ReadQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["case_id", "-at"]), models.Index(fields=["agency", "-at"])]
