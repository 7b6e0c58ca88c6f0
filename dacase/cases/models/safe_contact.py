import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.models.case import Case
from dacase.cases.models.party import Party


class SafeContactPlanQuerySet(models.QuerySet["SafeContactPlan"]):
    def visible_to(self, membership: Membership) -> QuerySet["SafeContactPlan"]:
        """Plans in cases that the membership may open."""
        return self.filter(case__in=Case.objects.visible_to(membership))


class SafeContactPlan(models.Model):
    """Ways and times in which a party can be contacted without danger. Whatever contacts her asks it first."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="safe_contact_plan")
    safe_to_call = models.BooleanField(default=False)
    safe_to_text = models.BooleanField(default=False)
    safe_to_leave_message = models.BooleanField(default=False)
    safe_to_write = models.BooleanField(default=False)
    safe_times = models.CharField(max_length=300, blank=True)
    who_else_sees = models.CharField(max_length=300, blank=True)
    code_word = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")

    history = HistoricalRecords()
    objects = SafeContactPlanQuerySet.as_manager()
