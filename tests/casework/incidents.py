"""Incidents for tests, made through the services."""

import uuid
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from referrals.casework.models import Incident
from referrals.casework.services import incident
from referrals.casework.services.incident import Account


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def account(**changes: Any) -> Account:
    """Threats of three days ago, unless said otherwise."""
    values = {"happened_on": days_ago(3), "kinds": ["threats"], "what_happened": "Invented words."}
    return Account(**values | changes)


def recorded(
    case: Case,
    actor: Membership,
    submission: uuid.UUID | None = None,
    same_as: str = incident.ANOTHER,
    **changes: Any,
) -> Incident:
    """An incident, another than those of its day unless said otherwise."""
    with acting_as(actor):
        return incident.record_incident(
            case.pk,
            account=account(**changes),
            same_as=same_as,
            submission=submission or uuid.uuid4(),
            actor=actor,
        )


def act(service: Any, one: Incident, actor: Membership, **changes: Any) -> Incident:
    with acting_as(actor):
        return service(one.pk, actor=actor, **changes)
