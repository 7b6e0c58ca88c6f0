"""What consent adds to the case page (settings.CASE_PANELS)."""

from datetime import datetime, time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, Rows, asks
from dacase.ui.components import Clock, Link, Many, Table
from referrals.casework.models import ConsentRecord
from referrals.casework.selectors.consent import consents_of
from referrals.casework.views.lists import consent_tags


def _consents(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    return {"consents": consents_of(case, membership)} if membership.may("view_case") else None


@asks(_consents)
def consents_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """What stands for each person and purpose, and what must be looked at again."""
    standing: list[ConsentRecord] = rows["consents"]
    may_record = membership.may("record_consent") and case.is_open
    address = reverse("casework:consents", args=[case.pk])
    lines = [
        [Link(one.label, address, sub=one.party.person.name), Many(consent_tags(one)), Clock(one.review_on)]
        for one in standing
    ]
    columns = ["What for", "What stands", "Looked at again"]
    table = Table("Consent that stands", columns, lines) if lines else None
    links = [("Record consent", reverse("casework:consent_create", args=[case.pk]))] if may_record else []
    actions = [
        NextAction(
            "Look at consent again",
            reverse("casework:consent_change", args=[one.pk]),
            timezone.make_aware(datetime.combine(one.review_on, time(17))),
        )
        for one in standing
        if may_record and one.is_due and one.review_on
    ]
    return Panel(
        "Consent", "casework/panels/consent.html", {"table": table}, actions, [*links, ("All of it", address)]
    )
