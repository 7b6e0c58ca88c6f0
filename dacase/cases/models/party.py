import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models.case import Case
from dacase.cases.models.person import Person


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, membership: Membership) -> QuerySet["Party"]:
        """Parties of cases that the membership may open."""
        return self.filter(case__in=Case.objects.visible_to(membership))


class Party(models.Model):
    """A person in a case, in a role. The same person may stand in another role in another case."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parties")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="parties")
    # Whose party it was before her record was merged into `person`'s: who saw that record still may.
    merged_from = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    role = models.CharField(max_length=20, choices=PartyRole)
    relationship = models.CharField(max_length=100, blank=True, help_text="To the victim-survivor")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords()
    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(fields=["case", "person", "role"], name="party_once_per_case_and_role"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(role=PartyRole.VICTIM), name="one_victim_per_case"
            ),
        ]
