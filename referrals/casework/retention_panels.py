"""Until when a closed case is kept, on its page (settings.CASE_PANELS)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party
from dacase.cases.panels import Panel, Rows, asks
from dacase.cases.rules.retention import case_kept_until, retention_classes
from referrals.casework.models import Episode
from referrals.casework.rules.closure import reasons


def _kept(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    if case.closed_at is None or not membership.may("view_case"):
        return None
    children = Party.objects.filter(case=case, role=PartyRole.CHILD, person__date_of_birth__isnull=False)
    ended = Episode.objects.visible_to(membership).filter(case=case).exclude(closing_reason="")
    return {
        "births": children.order_by().values_list("person__date_of_birth", flat=True),
        "ended": ended.order_by().values_list("closing_reason", flat=True),
    }


@asks(_kept)
def retention_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """The day on which somebody looks at the record, and no sooner."""
    closed_on = timezone.localdate(case.closed_at)
    known = reasons(closed_on)
    classes = {known[one].retention for one in rows["ended"] if one in known}
    until = case_kept_until(closed_on, classes=classes, births=rows["births"])
    context = {
        "until": until,
        "is_verified": all(one.is_verified for one in retention_classes(closed_on).values()),
    }
    return Panel("How long this is kept", "casework/panels/retention.html", context)
