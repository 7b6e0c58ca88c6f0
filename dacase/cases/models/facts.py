"""What is known of a party beyond identity: needs, a child's facts, immigration; and a person's equality answers.

Every question has its three ways of having no answer (rules.people), and starts as not asked.
"""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.models.case import Case, is_open_to
from dacase.cases.models.party import Party
from dacase.cases.models.person import Person
from dacase.cases.rules.people import NOT_ASKED


def question() -> Any:
    """An answer by its code, not asked at first."""
    return models.CharField(max_length=20, default=NOT_ASKED)


class FactsQuerySet(models.QuerySet[Any]):
    def visible_to(self, membership: Membership) -> QuerySet[Any]:
        """Facts of parties of cases that the membership may open."""
        return self.filter(is_open_to(membership, "case_id"))


class Facts(models.Model):
    """One row a party, kept by version like every record that two people may change at once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = FactsQuerySet.as_manager()

    class Meta:
        abstract = True


class PartyNeeds(Facts):
    """What to think of when working with somebody: language, pregnancy, who and what depends on her."""

    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="needs")
    language = question()
    interpreter = question()
    interpreter_note = models.CharField(max_length=300, blank=True)
    communication = models.CharField(max_length=300, blank=True)
    pregnant = question()
    due_on = models.DateField(null=True, blank=True)
    pets = question()
    pets_note = models.CharField(max_length=300, blank=True)
    caring = question()
    caring_note = models.CharField(max_length=300, blank=True)

    history = HistoricalRecords()


class ChildFacts(Facts):
    """What is known of a child. Where the child goes to school is a location, and is read as one."""

    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="child_facts")
    safeguarding = question()
    safeguarding_since = models.DateField(null=True, blank=True)
    safeguarding_review_on = models.DateField(null=True, blank=True)
    education = question()
    lives_with_victim = question()
    contact_note = models.CharField(max_length=500, blank=True)

    history = HistoricalRecords()


class ImmigrationQuerySet(FactsQuerySet):
    def visible_to(self, membership: Membership) -> QuerySet[Any]:
        """Only for roles that work with it: it can be used against somebody."""
        if not membership.may("view_immigration"):
            return self.none()
        return super().visible_to(membership)


class ImmigrationStatus(Facts):
    """Leave to stay, and the Migrant Victims of Domestic Abuse Concession, which runs out after months."""

    party = models.OneToOneField(Party, on_delete=models.CASCADE, related_name="immigration")
    status = question()
    no_recourse = question()
    leave_ends_on = models.DateField(null=True, blank=True)
    concession_granted_on = models.DateField(null=True, blank=True)
    concession_ends_on = models.DateField(null=True, blank=True)
    advice_note = models.CharField(max_length=500, blank=True)

    history = HistoricalRecords()
    objects: ClassVar[Any] = ImmigrationQuerySet.as_manager()


class EqualityQuerySet(models.QuerySet["EqualityAnswers"]):
    def visible_to(self, membership: Membership) -> QuerySet["EqualityAnswers"]:
        """Answers of people who are a party to a case that the membership may open."""
        return self.filter(Exists(Person.objects.visible_to(membership).filter(pk=OuterRef("person_id"))))


class EqualityAnswers(models.Model):
    """A person's own answers for equality monitoring, in the harmonised lists of data/people_lists.csv."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="equality")
    ethnicity = question()
    gender_identity = question()
    orientation = question()
    disability = question()
    impairments = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    religion = question()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    history = HistoricalRecords()
    objects = EqualityQuerySet.as_manager()
