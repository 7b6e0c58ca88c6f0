import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case
from dacase.cases.models.open_to import NotBarred
from marac.choices import ActionState
from marac.models.hearing import Hearing


class ActionPointQuerySet(models.QuerySet["ActionPoint"]):
    def visible_to(self, membership: Membership) -> QuerySet["ActionPoint"]:
        """Action points that the agency owns, and those of hearings it may see, less exclusions."""
        hearings = Hearing.objects.visible_to(membership).filter(pk=OuterRef("hearing_id"))
        own = Q(owner_agency_id=membership.agency_id)
        return self.filter(own | Exists(hearings), NotBarred.to(membership, "case_id"))


class ActionPoint(models.Model):
    """What an agency undertook at a hearing, by when. The owner still sees it when the hearing has closed.

    `case_reference` and `heard_on` are copied from the hearing, which is then closed to its owner.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    hearing = models.ForeignKey(Hearing, on_delete=models.CASCADE, related_name="action_points")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    owner_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    case_reference = models.CharField(max_length=20, blank=True)
    heard_on = models.DateField(null=True, blank=True)
    task = models.CharField(max_length=500)
    due_on = models.DateField()
    state = models.CharField(max_length=20, choices=ActionState, default=ActionState.OPEN)
    outcome = models.CharField(max_length=1_000, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()
    objects = ActionPointQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["owner_agency", "due_on"], name="action_point_open", condition=Q(state="open")
            )
        ]
