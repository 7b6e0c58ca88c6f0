"""What is known of the people of a case, and what was not asked yet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import (
    Case,
    ChildFacts,
    EqualityAnswers,
    ImmigrationStatus,
    Party,
    PartyNeeds,
    Relationship,
)
from dacase.cases.rules.people import (
    NOT_ASKED,
    concession_alerts,
    listed,
    relationship_kinds,
    yes_or_no,
)


def relationships_of(case: Case, membership: Membership) -> QuerySet[Relationship]:
    """The relationships in a case that have not ended."""
    found = Relationship.objects.visible_to(membership).filter(case=case, ended_at__isnull=True)
    found = found.filter(party__double_of=None, other__double_of=None)
    return found.select_related("party__person", "other__person")


def facts_of(case: Case, membership: Membership) -> dict[str, QuerySet[Any]]:
    """The querysets of everything that is known of the people of a case, for `together`."""
    people = Party.objects.filter(case=case).values("person_id")
    standing = {"case": case, "party__double_of": None}
    asked: dict[str, QuerySet[Any]] = {
        "needs": PartyNeeds.objects.visible_to(membership).filter(**standing),
        "child_facts": ChildFacts.objects.visible_to(membership).filter(**standing),
        "immigration": ImmigrationStatus.objects.visible_to(membership).filter(**standing),
        "relationships": relationships_of(case, membership),
    }
    return asked | {"equality": EqualityAnswers.objects.visible_to(membership).filter(person_id__in=people)}


def record_of(model: type[Any], party: Party, membership: Membership) -> Any | None:
    """The record of `model` about a party that the membership may see, or about the person in it."""
    own = {"person_id": party.person_id} if model is EqualityAnswers else {"party": party}
    return model.objects.visible_to(membership).filter(**own).first()


@dataclass(frozen=True)
class Tie:
    """How a party stands to another, said from its own side."""

    relationship: Relationship
    words: str
    other: Party


def ties_of(party_id: UUID, relationships: Iterable[Relationship]) -> list[Tie]:
    """Every relationship of a party, whichever side it was recorded from."""
    kinds, found = relationship_kinds(), []
    for one in relationships:
        if one.party_id == party_id:
            found.append(Tie(one, kinds[one.kind].label, one.other))
        elif one.other_id == party_id:
            found.append(Tie(one, kinds[kinds[one.kind].inverse].label, one.party))
    return found


@dataclass(frozen=True)
class Marks:
    """What everybody who works with somebody should see at once: short words with a meaning of the tag."""

    words: list[tuple[str, str]] = field(default_factory=list)


def marks_of(needs: Any, child: Any, immigration: Any) -> list[tuple[str, str]]:
    """The marks of one party: (words, meaning of the tag)."""
    marks = []
    if needs is not None and needs.interpreter == "yes":
        marks.append((f"Interpreter: {listed('language').get(needs.language, 'language not known')}", "info"))
    if needs is not None and needs.pregnant == "yes":
        marks.append(("Pregnant", "info"))
    if child is not None and child.safeguarding in ("child_protection", "looked_after", "child_in_need"):
        marks.append((listed("safeguarding")[child.safeguarding], "warning"))
    if immigration is not None and immigration.no_recourse == "yes":
        marks.append(("No recourse to public funds", "warning"))
    return marks


def concession_due(immigration: ImmigrationStatus, *, today: date) -> date | None:
    """The last day of a concession that somebody must now be told of; None before its first alert."""
    granted, ends = immigration.concession_granted_on, immigration.concession_ends_on
    if granted is None or ends is None or today > ends:
        return None
    return ends if today >= concession_alerts(granted)[0] else None


def not_asked(record: Any, names: Iterable[str]) -> bool:
    """Whether nothing of a record has been asked yet."""
    return record is None or all(getattr(record, name) == NOT_ASKED for name in names)


def said(value: str, name: str = "") -> str:
    """An answer's words: of the list `name`, or of yes and no."""
    return (listed(name) if name else yes_or_no()).get(value, value)


def needs_rows(needs: PartyNeeds) -> list[tuple[str, str]]:
    """What was answered of needs, in words; what was not asked is left out."""
    rows = [
        ("Main language", said(needs.language, "language"), needs.language),
        ("Interpreter", _with(said(needs.interpreter), needs.interpreter_note), needs.interpreter),
        ("Pregnant", said(needs.pregnant), needs.pregnant),
        ("Pets", _with(said(needs.pets), needs.pets_note), needs.pets),
        ("Cares for somebody", _with(said(needs.caring), needs.caring_note), needs.caring),
    ]
    found = [(key, words) for key, words, code in rows if code != NOT_ASKED]
    return found + ([("How to communicate", needs.communication)] if needs.communication else [])


def child_rows(facts: ChildFacts) -> list[tuple[str, str]]:
    """What was answered of a child, in words."""
    rows = [
        ("Safeguarding", said(facts.safeguarding, "safeguarding"), facts.safeguarding),
        ("Education", said(facts.education, "education"), facts.education),
        ("Lives with the victim-survivor", said(facts.lives_with_victim), facts.lives_with_victim),
    ]
    found = [(key, words) for key, words, code in rows if code != NOT_ASKED]
    return found + ([("Contact", facts.contact_note)] if facts.contact_note else [])


def _with(words: str, note: str) -> str:
    return f"{words}. {note}" if note else words


def is_child(party: Party) -> bool:
    """Whether the party is a child of the case."""
    return party.role == PartyRole.CHILD
