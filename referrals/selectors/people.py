"""Whom the front door tells: people of an agency by what their role may do."""

from uuid import UUID

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.agencies.roles import who_may


def people_of(agency_id: UUID, verb: str) -> QuerySet[Membership]:
    """Everybody who works for the agency today in a role that may do `verb`."""
    return Membership.objects.active().filter(agency_id=agency_id, role__in=who_may(verb))


def addresses(people: QuerySet[Membership]) -> list[str]:
    """Their e-mail addresses, each once."""
    return list(people.order_by("user__email").values_list("user__email", flat=True).distinct())
