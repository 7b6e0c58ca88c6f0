"""What belongs to one agency inside a case: notes, contact attempts, plans."""

import uuid
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import Q, QuerySet

from dacase.agencies.models import Agency, Membership
from dacase.cases.models import Case
from dacase.cases.models.case import is_open_to

M = TypeVar("M", bound="OwnedInCase")
Inner = TypeVar("Inner", bound="InnerInCase")


class OwnedQuerySet(QuerySet[M]):
    def visible_to(self, membership: Membership) -> "OwnedQuerySet[M]":
        """The agency's own, and what others have shared, in cases that the membership may open."""
        own = Q(agency_id=membership.agency_id) | Q(shared_at__isnull=False)
        return self.filter(is_open_to(membership, "case_id"), own)

    def own_of(self, membership: Membership) -> "OwnedQuerySet[M]":
        """Those of the membership's own agency, which alone may change them."""
        return self.filter(is_open_to(membership, "case_id"), agency_id=membership.agency_id)


class OwnedInCase(models.Model):
    """A row of a case that its agency alone sees, until it is shared with everybody who holds the file.

    Sharing is an act on the item, with a reason; nobody but the owner ever changes it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField(null=True, blank=True)
    shared_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    share_reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def is_shared(self) -> bool:
        return self.shared_at is not None


class InnerQuerySet(QuerySet[Inner]):
    def visible_to(self, membership: Membership) -> "InnerQuerySet[Inner]":
        """The agency's own, in cases that the membership may open. No other agency ever sees one."""
        return self.filter(is_open_to(membership, "case_id"), agency_id=membership.agency_id)


class InnerInCase(models.Model):
    """A row of a case that stays inside its agency and is never shared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = InnerQuerySet.as_manager()

    class Meta:
        abstract = True
