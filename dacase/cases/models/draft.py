import uuid

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from dacase.agencies.models import Agency, Membership


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, membership: Membership) -> QuerySet["Draft"]:
        """The user's own drafts, made while acting for the same agency."""
        return self.filter(user_id=membership.user_id, agency_id=membership.agency_id)

    def kept(self) -> QuerySet["Draft"]:
        """Those in which something is kept; the others only know how often their form was sent."""
        return self.exclude(data={})


class Draft(models.Model):
    """What a user has typed into a form and not yet sent. Seen by that user alone.

    `round` counts how often the form was sent or its draft discarded; what a page typed before that and sends
    to be kept only afterwards is too late (services/draft.py). Then `data` is empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    path = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    round = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "agency", "path"], name="one_draft_per_form")]
