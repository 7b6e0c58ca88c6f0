"""What is known of the people of a case, and what was not asked yet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

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
from dacase.ui.words import day_words


def relationships_of(case: Case, membership: Membership) -> QuerySet[Relationship]:
    """The relationships in a case that have not ended."""
    found = Relationship.objects.visible_to(membership).filter(case=case, ended_at__isnull=True)
    for side in ("party", "other"):
        found = found.filter(**{f"{side}__double_of": None, f"{side}__taken_out_at": None})
    return found.select_related("party__person", "other__person")


def facts_of(case: Case, membership: Membership) -> dict[str, QuerySet[Any]]:
    """The querysets of everything that is known of the people of a case, for `together`."""
    people = Party.objects.filter(case=case).values("person_id")
    standing = {"case": case, "party__double_of": None, "party__taken_out_at": None}
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


@dataclass(frozen=True)
class ConcessionAlert:
    """That a concession runs out or has run out: its last day, and what to do in words."""

    ends_on: date
    words: str


def concession_alert(immigration: ImmigrationStatus, *, today: date) -> ConcessionAlert | None:
    """What somebody must now be told of a concession; None before its first alert.

    Once it has run out it is told until somebody has looked at the record since.
    """
    granted, ends = immigration.concession_granted_on, immigration.concession_ends_on
    if granted is None or ends is None:
        return None
    if today > ends:
        seen_since = timezone.localdate(immigration.updated_at) > ends
        return (
            None
            if seen_since
            else ConcessionAlert(ends, "Get immigration advice: the concession has run out")
        )
    first, *later = concession_alerts(granted)
    if today < first:
        return None
    if any(today >= day for day in later):
        return ConcessionAlert(ends, "Get immigration advice now: the concession is about to run out")
    return ConcessionAlert(ends, "Get immigration advice: the concession runs out")


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
        ("Pregnant", _with(said(needs.pregnant), _on("Baby is due on", needs.due_on)), needs.pregnant),
        ("Pets", _with(said(needs.pets), needs.pets_note), needs.pets),
        ("Cares for somebody", _with(said(needs.caring), needs.caring_note), needs.caring),
    ]
    found = [(key, words) for key, words, code in rows if code != NOT_ASKED]
    return found + ([("How to communicate", needs.communication)] if needs.communication else [])


def child_rows(facts: ChildFacts) -> list[tuple[str, str]]:
    """What was answered of a child, in words."""
    rows = [
        (
            "Safeguarding",
            _with(
                said(facts.safeguarding, "safeguarding"),
                _on("Since", facts.safeguarding_since),
                _on("Next review on", facts.safeguarding_review_on),
            ),
            facts.safeguarding,
        ),
        ("Education", said(facts.education, "education"), facts.education),
        ("Lives with the victim-survivor", said(facts.lives_with_victim), facts.lives_with_victim),
    ]
    found = [(key, words) for key, words, code in rows if code != NOT_ASKED]
    return found + ([("Contact", facts.contact_note)] if facts.contact_note else [])


def immigration_rows(record: ImmigrationStatus) -> list[tuple[str, str]]:
    """What was answered of leave to stay and public funds, in words."""
    rows = [
        ("Immigration status", said(record.status, "immigration")),
        ("No recourse to public funds", said(record.no_recourse)),
        ("Leave ends on", day_words(record.leave_ends_on) if record.leave_ends_on else ""),
        ("Concession ends on", day_words(record.concession_ends_on) if record.concession_ends_on else ""),
        ("Immigration advice", record.advice_note),
    ]
    return [(key, words) for key, words in rows if words]


def _with(words: str, *notes: str) -> str:
    return ". ".join(filter(None, [words, *notes]))


def _on(words: str, day: date | None) -> str:
    return f"{words} {day_words(day)}" if day else ""


def is_child(party: Party) -> bool:
    """Whether the party is a child of the case."""
    return party.role == PartyRole.CHILD
