"""Somebody in a case as a card: identity, marks, relationships, and what was answered."""

from dataclasses import dataclass, field
from typing import Any

from dacase.cases.models import Party
from dacase.cases.selectors.facts import (
    Tie,
    child_rows,
    immigration_rows,
    is_child,
    marks_of,
    needs_rows,
    not_asked,
    ties_of,
)
from dacase.ui.components import SafeContact


@dataclass(frozen=True)
class PersonCard:
    """What the page of people shows of one party. missing: what was not asked yet, as words."""

    party: Party
    plan: SafeContact | None
    marks: list[tuple[str, str]]
    ties: list[Tie]
    rows: list[tuple[str, str]] = field(default_factory=list)
    immigration: list[tuple[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def is_child(self) -> bool:
        return is_child(self.party)


def person_card(party: Party, known: dict[str, list[Any]], plan: SafeContact | None) -> PersonCard:
    """The card of a party, of what `facts_of` found for the whole case."""
    needs = _own(known["needs"], party_id=party.pk)
    child = _own(known["child_facts"], party_id=party.pk)
    immigration = _own(known["immigration"], party_id=party.pk)
    equality = _own(known["equality"], person_id=party.person_id)
    missing = []
    if not_asked(needs, ["language", "interpreter", "pregnant", "pets", "caring"]):
        missing.append("language and needs")
    if is_child(party) and not_asked(child, ["safeguarding", "education"]):
        missing.append("safeguarding and education")
    if not_asked(equality, ["ethnicity", "gender_identity", "orientation", "disability", "religion"]):
        missing.append("equality monitoring")
    return PersonCard(
        party=party,
        plan=plan,
        marks=marks_of(needs, child, immigration),
        ties=ties_of(party.pk, known["relationships"]),
        rows=(needs_rows(needs) if needs else []) + (child_rows(child) if child else []),
        immigration=immigration_rows(immigration) if immigration else [],
        missing=missing,
    )


def _own(records: list[Any], **owner: Any) -> Any | None:
    ((name, key),) = owner.items()
    return next((one for one in records if getattr(one, name) == key), None)
