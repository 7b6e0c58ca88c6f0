"""Events in the words and the shape of a timeline."""

from collections.abc import Iterable
from uuid import UUID

from dacase.agencies.choices import Role
from dacase.agencies.models import Agency
from dacase.audit.models import Event as Record
from dacase.audit.selectors import sentence
from dacase.cases.choices import ClosingReason, LocationKind, PartyRole, ReopeningReason, Scope
from dacase.cases.selectors.timeline import agencies_named
from dacase.ui.components import Event

# The codes that an event's data may hold, and the words for them. A value that is in none stays unsaid.
WORDS = {
    str(choice.value): str(choice.label)
    for choices in (PartyRole, LocationKind, Scope, ClosingReason, ReopeningReason)
    for choice in choices
}
SAID = ("scope", "role", "kind", "reason")


def drawn_events(records: Iterable[Record], known: Iterable[Agency] = ()) -> list[Event]:
    """Records of the event log as rows of a timeline.

    known: the agencies, where they are at hand; else one query for those that the records name, if any.
    """
    records = list(records)
    agencies = {str(agency.pk): agency.name for agency in known} or agency_names(records)
    return [
        Event(title=sentence(record.verb), at=record.at, by=doer(record), text=detail(record, agencies))
        for record in records
    ]


def agency_names(records: list[Record]) -> dict[str, str]:
    """Agency id as text -> name, of the agencies in the data of `records`."""
    ids = {found for record in records if (found := as_uuid(record.data.get("agency")))}
    return agencies_named(ids) if ids else {}


def as_uuid(value: object) -> UUID | None:
    """The identifier that `value` writes, or None for anything else."""
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def doer(record: Record) -> str:
    """Who did it, in which role and for whom."""
    if record.actor is None:
        return record.agency.name if record.agency else "the system"
    return f"{record.actor.user.name}, {Role(record.actor.role).label}, {record.agency or ''}"


def detail(record: Record, agencies: dict[str, str]) -> str:
    """What the event's data adds to its sentence: an agency's name and the words of its codes."""
    parts = [agencies.get(str(record.data.get("agency")), "")]
    parts += [WORDS.get(str(record.data.get(key)), "") for key in SAID]
    return " · ".join(part for part in parts if part)
