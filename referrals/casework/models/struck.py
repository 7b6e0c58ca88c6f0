from django.db import models

from dacase.agencies.models import Membership


class StruckOut(models.Model):
    """What may be struck out with a reason where it was entered in error. It is never deleted and stays in the history."""

    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True
