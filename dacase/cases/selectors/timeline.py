"""What was done in a case, and who looked at it."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from dacase.agencies.models import Agency, Membership
from dacase.audit.models import Event, Read
from dacase.audit.selectors import agency_reads
from dacase.cases.models import Case
from dacase.cases.models.open_to import NotBarred

NEWEST_FIRST = ("-at", "-id")


def timeline(case: Case) -> QuerySet[Event]:
    """The events of a case that the reader may open, to be paged by NEWEST_FIRST, each with who did it."""
    return Event.objects.filter(case_id=case.pk).select_related("actor__user", "agency")


def reads_of_case(case: Case) -> QuerySet[Read]:
    """Who looked at a case that the reader may open, or tried to, to be paged by NEWEST_FIRST."""
    return Read.objects.filter(case_id=case.pk).select_related("user", "agency")


def looks_of_agency(
    membership: Membership,
    *,
    user_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
    refused: bool = False,
) -> QuerySet[Read]:
    """What people of the reader's own agency opened or were refused, less the cases that bar the reader.

    Args:
        refused: only what was refused. The other arguments as in audit.selectors.agency_reads.
    To be paged by NEWEST_FIRST.
    """
    looks = agency_reads(membership, user_id=user_id, since=since, until=until)
    looks = looks.filter(NotBarred.to(membership, "case_id"))
    return looks.filter(was_allowed=False) if refused else looks


def agencies() -> QuerySet[Agency]:
    """The agencies that events may name, of this partnership: who works here is no secret inside it."""
    return Agency.objects.only("name")


def agencies_named(agency_ids: Iterable[UUID]) -> dict[str, str]:
    """Agency id as text -> name: the data of events holds identifiers only."""
    return {
        str(pk): name for pk, name in Agency.objects.filter(pk__in=list(agency_ids)).values_list("pk", "name")
    }
