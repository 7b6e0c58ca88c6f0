"""What was done in a case, and who looked at it."""

from django.db.models import QuerySet

from dacase.audit.models import Event, Read
from dacase.cases.models import Case

NEWEST_FIRST = ("-at", "-id")


def timeline(case: Case) -> QuerySet[Event]:
    """The events of a case that the reader may open, to be paged by NEWEST_FIRST, each with who did it."""
    return Event.objects.filter(case_id=case.pk).select_related("actor__user", "agency")


def reads_of_case(case: Case) -> QuerySet[Read]:
    """Who looked at a case that the reader may open, or tried to, to be paged by NEWEST_FIRST."""
    return Read.objects.filter(case_id=case.pk).select_related("user", "agency")
