import uuid

from django.core.exceptions import ValidationError
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

    def one_with(self, party: "Party") -> QuerySet["Party"]:
        """The party and its doubles; of a double the one that stays and its doubles. Asked of `with_doubles`."""
        standing = party.standing_id
        return self.filter(models.Q(pk=standing) | models.Q(double_of=standing))


class StandingParties(models.Manager.from_queryset(PartyQuerySet)):  # type: ignore[misc]
    """Without the doubles that a merge put aside, and without who was added by mistake: pages and forms show neither."""

    def get_queryset(self) -> QuerySet["Party"]:
        return super().get_queryset().filter(double_of=None, taken_out_at=None)

    def lock(self, party_id: uuid.UUID) -> "Party":
        """The party, locked; the one that it is a double of, where a merge put it aside meanwhile.

        Raises ValidationError where somebody took it out: what was written of it now would be shown nowhere.
        """
        party = Party.with_doubles.select_for_update().get(pk=party_id)
        party.check_is_in_case()
        return party if party.double_of_id is None else self.lock(party.double_of_id)


class Party(models.Model):
    """A person in a case, in a role. The same person may stand in another role in another case.

    Where two records of one person stood in one case in one role, a merge puts one of the two parties aside as
    a double of the other, until it is undone. Support, contacts, consent and placements of an agency stay with
    the party for which they were recorded, double or not: another agency's rows are not moved.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parties")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="parties")
    # Whose party it was before her record was merged into `person`'s: who saw that record still may.
    merged_from = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    double_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    role = models.CharField(max_length=20, choices=PartyRole)
    relationship = models.CharField(max_length=100, blank=True, help_text="To the victim-survivor")
    # Added by mistake: to the wrong case, or in the wrong role. Kept, shown nowhere, and put back at any time.
    taken_out_at = models.DateTimeField(null=True, editable=False)
    taken_out_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    taken_out_reason = models.CharField(max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords()
    objects = StandingParties()
    with_doubles = PartyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person", "role"],
                condition=models.Q(double_of=None, taken_out_at=None),
                name="party_once_per_case_and_role",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(role=PartyRole.VICTIM), name="one_victim_per_case"
            ),
        ]

    def check_is_in_case(self) -> None:
        """Raise ValidationError for who was taken out of the case, perhaps while a form about her was open."""
        if self.taken_out_at is not None:
            raise ValidationError("This person was taken out of the case. Put them back first")

    @property
    def standing_id(self) -> uuid.UUID:
        """Whose places, safe-contact plan and answers are this party's: its own, or those of the one it doubles."""
        return self.double_of_id or self.pk
