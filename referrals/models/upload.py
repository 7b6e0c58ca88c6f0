"""A file of referrals, from its upload until each of its rows has become a referral. Rows are removed then."""

import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from dacase.jobs.models import Job


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, membership: Membership) -> QuerySet["Upload"]:
        """The files of the reader's own agency."""
        return self.filter(agency_id=membership.agency_id)


class Upload(models.Model):
    """One file. It has a job once its rows are being sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    job = models.OneToOneField(Job, on_delete=models.PROTECT, null=True, related_name="+")

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]


class UploadRow(models.Model):
    """One row as it was typed, and what is wrong with it (`errors`: [column, words] pairs)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    values = models.JSONField(default=dict)
    errors = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="upload_row_once")]
