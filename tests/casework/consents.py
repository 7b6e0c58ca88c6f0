"""Consent for tests, recorded through the service."""

import uuid
from typing import Any

from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case, Party
from dacase.walls.context import acting_as
from referrals.casework.models import ConsentRecord
from referrals.casework.services import consent as services
from referrals.casework.services.consent import Said


def party(case: Case, actor: Membership, role: str = "victim") -> Party:
    with acting_as(actor):
        return Party.objects.get(case=case, role=role)


def said(**changes: Any) -> Said:
    return Said(
        **{"answer": "given", "answered_on": timezone.localdate(), "is_informed": True, "way": "phone"}
        | changes
    )


def without(actor: Membership, **changes: Any) -> Said:
    """She refused, and the service goes on."""
    words = {"necessity": "Invented need", "proportionality": "Invented measure", "decided_by": actor}
    return said(**{"answer": "refused", "goes_on": True, "lawful_basis": "public_task"} | words | changes)


def record(
    case: Case,
    actor: Membership,
    what: Said | None = None,
    purpose: str = "gp",
    role: str = "victim",
    **changes: Any,
) -> ConsentRecord:
    """Consent to be in touch with the GP, unless said otherwise."""
    about = party(case, actor, role)
    with acting_as(actor):
        values = {"purpose": purpose, "said": what or said(), "submission": uuid.uuid4()} | changes
        return services.record_consent(about.pk, actor=actor, **values)
