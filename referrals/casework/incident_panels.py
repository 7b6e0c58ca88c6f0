"""What incidents add to the case page (settings.CASE_PANELS)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import Panel, Rows, asks
from referrals.casework.selectors.incident import counted, lately, newest_standing


def _incidents(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    if not membership.may("view_case"):
        return None
    return {
        "newest": newest_standing(case, membership),
        "counted": counted(case, membership, on=timezone.localdate()),
    }


@asks(_incidents)
def incidents_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """The newest incidents, and how many of late: whether they meet potential escalation."""
    context = {"newest": rows["newest"], "lately": lately(rows["counted"], on=timezone.localdate())}
    links = [("All incidents", reverse("casework:incidents", args=[case.pk]))]
    if membership.may("record_incident"):
        links.insert(0, ("Record an incident", reverse("casework:incident_create", args=[case.pk])))
    return Panel("Incidents", "casework/panels/incidents.html", context, links=links)
