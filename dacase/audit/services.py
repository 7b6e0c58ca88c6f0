"""Writes of the two records. Call them inside the transaction of what they record: no row, no act."""

from typing import Any
from uuid import UUID

from dacase.agencies.models import Membership
from dacase.audit.models import Event, Read


def record_event(
    verb: str,
    *,
    actor: Membership | None,
    subject: Any = None,
    case_id: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Write that `actor` did `verb`.

    Args:
        verb: a past participle with its aggregate, as `referral_accepted`; worded in verbs.csv.
        actor: the membership that acted, or None for the system's own clockwork.
        subject: the model instance that was acted on.
        case_id: the case it belongs to, which decides who sees the event; None keeps it to the agency.
        data: identifiers, codes and names of fields; never a value that speaks of a person.
    """
    return Event.objects.create(
        verb=verb,
        actor=actor,
        agency_id=actor.agency_id if actor else None,
        case_id=case_id,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=subject.pk if subject is not None else None,
        data=data or {},
    )


def record_read(
    page: str,
    *,
    actor: Membership,
    case_id: UUID | None = None,
    object_id: UUID | None = None,
    purpose: str = "",
    was_allowed: bool = True,
) -> Read:
    """Write that `actor` opened `page` (a route's name) or was refused it."""
    return Read.objects.create(
        page=page,
        user_id=actor.user_id,
        actor=actor,
        agency_id=actor.agency_id,
        case_id=case_id,
        object_id=object_id,
        purpose=purpose[:200],
        was_allowed=was_allowed,
    )
