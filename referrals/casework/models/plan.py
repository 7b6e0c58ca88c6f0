import uuid
from typing import TypeVar

from django.db import models
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.models.case import is_open_to
from referrals.casework.models.owned import OwnedInCase

M = TypeVar("M", bound=Model)


class Plan(OwnedInCase):
    """One agency's safety and support plan in a case: what the victim-survivor wishes, and when it is looked at again.

    What is to be done stands in its actions (models.plan_action). Its paper may reach her only by
    services/plan_print.py.
    """

    submission = models.UUIDField(default=uuid.uuid4, editable=False)
    wishes = models.TextField(max_length=5_000, blank=True)
    review_on = models.DateField()
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    history = HistoricalRecords()

    class Meta:
        ordering = ["written_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "agency"], name="one_plan_per_agency_in_a_case")
        ]
        indexes = [models.Index(fields=["agency", "review_on"], name="plan_reviews")]


class OfAPlanQuerySet(QuerySet[M]):
    """Rows of plans: read with the plan, a shared one too, and changed by its agency alone."""

    def visible_to(self, membership: Membership) -> "OfAPlanQuerySet[M]":
        """Those of the agency’s own plans and of shared ones, in cases that the membership may open."""
        own = Q(plan__agency_id=membership.agency_id) | Q(plan__shared_at__isnull=False)
        return self.filter(is_open_to(membership, "plan__case_id"), own)

    def own_of(self, membership: Membership) -> "OfAPlanQuerySet[M]":
        """Those of the plans of the membership’s own agency."""
        return self.filter(is_open_to(membership, "plan__case_id"), plan__agency_id=membership.agency_id)
