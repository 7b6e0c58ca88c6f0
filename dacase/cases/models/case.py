import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.choices import Band, Scope
from dacase.cases.models.open_to import OpenTo


def new_case_reference() -> str:
    """A reference for a new case."""
    from dacase.cases.rules import new_reference  # kept late so that the migration names this function only

    return new_reference("C")


def is_open_to(membership: Membership, column: str, scope: str = Scope.CASE) -> Q:
    """The condition that `column` holds the key of a case that the membership may see in `scope`.

    For `visible_to` of whatever belongs to a case: one step shorter than by way of the cases themselves, and
    a page asks it of many tables.
    """
    from dacase.cases.models.grant import permission_id  # a grant is of a case, and so comes later

    scopes = [Scope.CASE] if scope == Scope.CASE else [Scope.CASE, Scope.SUMMARY]
    return Q(OpenTo.to(membership, column, [permission_id("cases", one) for one in scopes]))


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, membership: Membership, scope: str = Scope.CASE) -> "CaseQuerySet":
        """Cases that the membership's agency holds a current grant of `scope` on, less what bars it.

        A grant of the whole file includes its summary. The database holds the same wall (walls.py).
        """
        return self.filter(is_open_to(membership, "pk", scope))

    def lock(self, case_id: uuid.UUID) -> "Case":
        """The case, locked before anything else of it: of two acts that decide on what the case holds, one waits.

        Whoever only writes a row into the case does not wait (no_key), or an act that holds another row and one
        that holds the case would wait for each other.
        """
        return self.select_for_update(of=("self",), no_key=True).get(pk=case_id)

    def lock_of(self, rows: QuerySet[Any], key: uuid.UUID) -> "Case":
        """The case of the row of `rows` with this key, locked before the row is. Raises what `rows` raise without it."""
        return self.lock(rows.values_list("case_id", flat=True).get(pk=key))


class Case(models.Model):
    """The unit of confidentiality: one victim-survivor, the same perpetrators, the children.

    The row itself names nobody, because a grant of scope `summary` shows it. `viewer_groups`,
    `summary_groups` and `viewers_recheck_at` are kept by the database from the grants and cannot be
    written otherwise: they let row security decide on the row alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=20, unique=True, default=new_case_reference, editable=False)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    viewer_groups = ArrayField(models.IntegerField(), default=list, editable=False)
    summary_groups = ArrayField(models.IntegerField(), default=list, editable=False)
    viewers_recheck_at = models.DateTimeField(null=True, editable=False)

    history = HistoricalRecords(excluded_fields=["viewer_groups", "summary_groups", "viewers_recheck_at"])
    objects = CaseQuerySet.as_manager()

    class Meta:
        permissions = [("view_case_summary", "Can see that a case is open, and with whom")]
        indexes = [
            models.Index(
                F("opened_at").desc(), F("id").desc(), name="case_open_newest", condition=Q(closed_at=None)
            ),
            models.Index(F("opened_at").desc(), F("id").desc(), name="case_newest"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class HeadlineQuerySet(models.QuerySet["Headline"]):
    def visible_to(self, membership: Membership) -> QuerySet["Headline"]:
        """Headlines of cases that the membership may open."""
        return self.filter(is_open_to(membership, "case_id"))


class Headline(models.Model):
    """What a list of cases shows of the file: who it is about, the current band, who works on it."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="headline")
    victim = models.ForeignKey("cases.Person", on_delete=models.PROTECT, related_name="+")
    band = models.CharField(max_length=10, choices=Band, blank=True)
    band_set_on = models.DateField(null=True, blank=True)
    review_due_on = models.DateField(null=True, blank=True)
    worker = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = HeadlineQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["worker", "review_due_on", "case"], name="headline_reviews")]
