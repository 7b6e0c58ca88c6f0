import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.choices import Sex
from dacase.cases.rules.names import name_keys


@models.CharField.register_lookup
class Prefix(models.Lookup):
    """`family_name_key__prefix="SMI"`: PostgreSQL's `^@`.

    `startswith` compiles to LIKE, which is not leakproof: under row security it cannot use the index and
    costs twenty times as much.
    """

    lookup_name = "prefix"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", [*left_params, *right_params]


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, membership: Membership) -> QuerySet["Person"]:
        """People who are a party to a case that the membership may open. A merged record is a party to none."""
        from dacase.cases.models.case import Case

        return self.filter(
            models.Exists(Case.objects.visible_to(membership).filter(parties__person=models.OuterRef("pk")))
        )


class Person(models.Model):
    """Identity only: names, numbers, date of birth, sex. Where somebody lives belongs to a party of a case.

    A person who was merged into another stays as a row that nothing shows, until the merge is undone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100)
    also_known_as = models.CharField(max_length=500, blank=True)
    date_of_birth = models.DateField(null=True, blank=True)
    # Other dates that somebody has given, or that another record says.
    also_born_on = ArrayField(models.DateField(), default=list, blank=True)
    sex = models.CharField(max_length=20, choices=Sex, default=Sex.NOT_ASKED)
    # In normal form (rules.identifiers), or as typed. Never unique: a collision would tell of a hidden file.
    nhs_number = models.CharField(max_length=20, blank=True)
    pnc_id = models.CharField(max_length=20, blank=True)
    # COLLATE "C" keeps the prefix operator ^@ inside the index and leakproof under row security.
    family_name_key = models.CharField(max_length=100, db_collation="C", editable=False)
    given_name_key = models.CharField(max_length=100, blank=True, editable=False)
    other_names_key = models.TextField(blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    # The group that may see a person who is not yet a party to any case; see walls.py.
    made_by_group_id = models.IntegerField(null=True, editable=False)
    is_party = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords(
        excluded_fields=["made_by_group_id", "is_party", "given_name_key", "other_names_key"]
    )
    objects = PersonQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["date_of_birth"]),
            GinIndex(fields=["also_born_on"], name="person_other_births"),
            models.Index(fields=["family_name_key"], name="person_family_name"),
            GinIndex(
                fields=["family_name_key"], opclasses=["gin_trgm_ops"], name="person_family_name_trigram"
            ),
            GinIndex(
                fields=["other_names_key"], opclasses=["gin_trgm_ops"], name="person_other_names_trigram"
            ),
            models.Index(fields=["nhs_number"], name="person_nhs", condition=~models.Q(nhs_number="")),
            models.Index(fields=["pnc_id"], name="person_pnc", condition=~models.Q(pnc_id="")),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        keys = name_keys(self.family_name, self.given_name, self.also_known_as)
        for name, key in keys.items():
            setattr(self, name, key)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()
