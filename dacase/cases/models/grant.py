import uuid
from collections.abc import Iterable
from functools import cache
from typing import ClassVar

from django.contrib.auth.models import Permission
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from guardian.managers import GroupObjectPermissionManager
from guardian.models import GroupObjectPermissionBase
from simple_history.models import HistoricalRecords

from dacase.agencies.models import Membership
from dacase.cases.choices import LawfulBasis, Purpose, Scope
from dacase.cases.models.case import Case
from dacase.cases.models.open_to import OpensCase

# Row security asks for these of every grant of a list or a count: in the index, the table stays unread.
READ_BY_POLICY = ("valid_from", "valid_until")


@cache
def permission_id(app_label: str, codename: str) -> int:
    """The key of a guardian permission, read once per process."""
    return Permission.objects.get(content_type__app_label=app_label, codename=codename).pk


class GrantQuerySet(models.QuerySet["Grant"]):
    def current(self) -> QuerySet["Grant"]:
        """Grants that run now."""
        now = timezone.now()
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=now), valid_from__lte=now)

    def opening(self, membership: Membership, scopes: Iterable[str] = (Scope.CASE,)) -> QuerySet["Grant"]:
        """Those that the membership sees a case through: held by its agency, and nothing bars it."""
        permissions = [permission_id("cases", scope) for scope in scopes]
        return self.filter(OpensCase.to(membership, "content_object_id", permissions))


class GrantManager(GroupObjectPermissionManager.from_queryset(GrantQuerySet)):  # type: ignore[misc]
    """guardian's manager, with our own queries beside its."""


class Grant(GroupObjectPermissionBase):
    """Agency × case × scope, with purpose, lawful basis and dates: a django-guardian permission row.

    `case_open` and `case_opened_at` are kept by the database from the case, so that lists of cases start
    here and page by key without reading the case. A grant that has ended is deleted by the clockwork
    (its history stays) and shows nothing from its last second on, swept or not.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="grants")
    purpose = models.CharField(max_length=20, choices=Purpose)
    lawful_basis = models.CharField(max_length=30, choices=LawfulBasis)
    reason = models.CharField(max_length=500, blank=True)
    valid_from = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    case_open = models.BooleanField(default=True, editable=False)
    case_opened_at = models.DateTimeField(default=timezone.now, editable=False)

    history = HistoricalRecords()
    objects: ClassVar[GrantManager] = GrantManager()

    class Meta(GroupObjectPermissionBase.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="grant_ends_after_it_starts",
            )
        ]
        indexes = [
            models.Index(
                "group",
                "permission",
                F("case_opened_at").desc(),
                F("content_object").desc(),
                name="grant_open_newest",
                condition=Q(case_open=True),
                include=READ_BY_POLICY,
            ),
            models.Index(
                "group",
                "permission",
                F("case_opened_at").desc(),
                F("content_object").desc(),
                name="grant_newest",
                include=READ_BY_POLICY,
            ),
        ]
