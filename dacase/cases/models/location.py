import uuid

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.choices import LocationKind
from dacase.cases.models.case import Case
from dacase.cases.models.party import Party
from dacase.cases.rules.location import match_key


class LocationQuerySet(models.QuerySet["Location"]):
    def visible_to(self, membership: Membership) -> QuerySet["Location"]:
        """Locations in cases the membership may open. Pages use `selectors.read_locations`, which logs."""
        if not membership.may("view_location"):
            return self.none()
        return self.filter(case__in=Case.objects.visible_to(membership))


class Location(models.Model):
    """Where a party can be found or reached: address, phone, e-mail, school, GP. A leaked one can kill.

    It belongs to the party in that case, so that it never travels with the person to another file.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="locations")
    kind = models.CharField(max_length=20, choices=LocationKind)
    value = models.CharField(max_length=500)
    # Answers whether two are the same, and nothing else (rules.location).
    match_key = models.CharField(max_length=80, blank=True, editable=False)
    from_on = models.DateField(default=timezone.localdate)
    until_on = models.DateField(null=True, blank=True)

    history = HistoricalRecords(excluded_fields=["match_key"])
    objects = LocationQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-from_on"]
        indexes = [
            models.Index(fields=["match_key"], name="location_match", condition=~models.Q(match_key=""))
        ]

    def save(self, *args: object, **kwargs: object) -> None:
        self.match_key = match_key(self.kind, self.value)
        super().save(*args, **kwargs)  # type: ignore[arg-type]
