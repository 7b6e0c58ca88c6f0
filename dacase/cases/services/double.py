"""Two parties of one case who are one person in one role: one is put aside, and comes back exactly as it was.

What everybody who holds the case shares moves to the party that stays; what is one agency's own stays where it
was recorded, and is read through the double (data/merge_columns.csv).
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import product
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import ImmigrationStatus, Party, Relationship, SafeContactPlan
from dacase.cases.rules.merge import Column, columns, contradicting, more_said
from dacase.cases.rules.people import relationship_kinds
from dacase.cases.services.facts import questions
from dacase.cases.services.person import PLAN_FIELDS

CANNOT = (
    "These two records cannot be merged from here, and nothing has changed. If you are sure that they are one person,"
    " ask the front door of your partnership."
)
TWO_PEOPLE = (
    "One record is the victim-survivor of case {reference} and the other a perpetrator in it. They cannot be one"
    " person, and nothing has changed."
)
TWO_PLANS = (
    "Both records have a safe-contact plan in case {reference}, and the plans do not say the same. Ask the person"
    " which is right, make both plans say it, then merge. Nothing has changed."
)
TWO_ANSWERS = (
    "In case {reference} the two records give different answers. {called}: {fields}. Find out what is right, make"
    " both say it, then merge. Nothing has changed."
)


def where(column: Column) -> tuple[type[Model], Any]:
    """The model and the field of a column."""
    label, name = column.name.rsplit(".", 1)
    model = apps.get_model(label)
    return model, model._meta.get_field(name)


def rows(column: Column, named: Model) -> QuerySet[Any]:
    """The rows of a column that name a person or a party; doubles among them."""
    model, field = where(column)
    return model._base_manager.filter(**{field.name: named})


def keys(found: QuerySet[Any]) -> list[str]:
    """The keys of rows, as JSON keeps them."""
    return sorted(str(key) for key in found.values_list("pk", flat=True))


def plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value


def read(row: Model, name: str, value: Any) -> Any:
    """A value of a field, back from what JSON kept."""
    field: Any = row._meta.get_field(name)
    if isinstance(value, list):
        return [field.base_field.to_python(one) for one in value]
    return field.to_python(value)


def pairs_of(parties: Iterable[Party], *, kept_id: UUID, merged_id: UUID) -> Iterator[tuple[Party, Party]]:
    """(the double, the party that stays) of every case in which both persons stand in one role.

    Raises ValidationError where one of them is the victim-survivor of a case and the other a perpetrator in it.
    """
    standing = [party for party in parties if party.double_of_id is None and party.taken_out_at is None]
    stays = [party for party in standing if party.person_id == kept_id]
    goes = [party for party in standing if party.person_id == merged_id]
    for party, double in product(stays, goes):
        if party.case_id != double.case_id:
            continue
        if {party.role, double.role} == {PartyRole.VICTIM, PartyRole.PERPETRATOR}:
            raise ValidationError(TWO_PEOPLE.format(reference=party.case.reference))
        if party.role == double.role:
            yield double, party


def put_aside(double: Party, party: Party, *, actor: Membership) -> dict[str, Any]:
    """Make `double` a double of `party`. Returns what moved and what was joined, for `bring_back`.

    Both are locked. Raises ValidationError where the two contradict each other: nothing is ever chosen unseen.
    """
    record: dict[str, Any] = {
        "double": str(double.pk),
        "party": str(party.pk),
        "had": {},
        "moved": {},
        "joined": {},
    }
    repeated = _repeated(double, party)
    for column in columns("party", "moves"):
        model, field = where(column)
        record["had"][column.name] = keys(rows(column, party))
        moved = keys(rows(column, double).exclude(pk__in=repeated))
        model._base_manager.filter(pk__in=moved).update(**{field.name: party})
        record["moved"][column.name] = moved
    for column in columns("party", "joins"):
        own, other = (rows(column, one).first() for one in (party, double))
        if own is None and other is not None:
            other.party = party
            other.save(update_fields=["party"])
            record["moved"][column.name] = [str(other.pk)]
        elif own is not None and other is not None:
            _check_agree(own, other, column, actor)
            record["joined"][column.name] = _join(own, other)
    double.double_of = party
    double.save(update_fields=["double_of"])
    return record


def bring_back(record: dict[str, Any]) -> tuple[list[str], int]:
    """Undo `put_aside`. Returns the answers that somebody has changed since, in words, and how many rows were
    added since: both stay with the party that stayed.
    """
    double, party = (Party.with_doubles.get(pk=record[key]) for key in ("double", "party"))
    double.double_of = None
    double.save(update_fields=["double_of"])
    changed, added = [], 0
    for column in columns("party", "moves"):
        known = {*record["had"][column.name], *record["moved"][column.name], record["double"]}
        added += len(set(keys(rows(column, party))) - known)
    for column in [*columns("party", "moves"), *columns("party", "joins")]:
        _, field = where(column)
        moved = record["moved"].get(column.name, [])
        rows(column, party).filter(pk__in=moved).update(**{field.name: double})
        if column.name in record["joined"]:
            own, other = rows(column, party).get(), rows(column, double).get()
            changed += [
                f"{column.called}: {name}" for name in _part(own, other, record["joined"][column.name])
            ]
    return changed, added


def _repeated(double: Party, party: Party) -> list[UUID]:
    """The relationships of the double that its other party has too, and those of the two to each other."""
    both = {double.pk, party.pk}
    ties = list(Relationship.objects.filter(Q(party__in=both) | Q(other__in=both)))
    said = {
        _said_by(party, tie)
        for tie in ties
        if tie.ended_at is None and party.pk in (tie.party_id, tie.other_id)
    }
    return [
        tie.pk
        for tie in ties
        if double.pk in (tie.party_id, tie.other_id)
        and ({tie.party_id, tie.other_id} == both or (tie.ended_at is None and _said_by(double, tie) in said))
    ]


def _said_by(party: Party, tie: Relationship) -> tuple[str, UUID]:
    """How `party` stands, and to whom, whichever side it was recorded from."""
    if tie.party_id == party.pk:
        return tie.kind, tie.other_id
    return relationship_kinds()[tie.kind].inverse, tie.party_id


def _check_agree(own: Any, other: Any, column: Column, actor: Membership) -> None:
    reference = {"reference": own.party.case.reference}
    if isinstance(own, SafeContactPlan):
        if any(getattr(own, name) != getattr(other, name) for name in PLAN_FIELDS):
            raise ValidationError(TWO_PLANS.format(**reference))
        return
    fields = contradicting(own, other, questions(type(own)))
    if fields and isinstance(own, ImmigrationStatus) and not actor.may("view_immigration"):
        raise ValidationError(CANNOT)  # that there is something to contradict is not told either
    if fields:
        names = ", ".join(_words(own, name) for name in fields)
        raise ValidationError(TWO_ANSWERS.format(called=column.called, fields=names, **reference))


def _join(own: Any, other: Any) -> dict[str, Any]:
    """Take over what `other` says more. Returns what stood there, and the version that came of it."""
    if not isinstance(own, SafeContactPlan):
        said = more_said(own, other, questions(type(own)))
    elif other.updated_at > own.updated_at:  # they say the same: what counts is when it was asked last
        said = {name: getattr(other, name) for name in ("updated_at", "updated_by_id")}
    else:
        said = {}
    before = {name: plain(getattr(own, name)) for name in said}
    # Above both, so that a form opened on either is never taken for a fresh one.
    _write(own, said, version=max(own.version, other.version) + 1)
    return {"before": before, "version": own.version}


def _part(own: Any, other: Any, joined: dict[str, Any]) -> list[str]:
    """Give back what stood there before, but for what somebody has changed since, whose names are returned."""
    changed = [
        name
        for name in joined["before"]
        if own.version != joined["version"] and getattr(own, name) != getattr(other, name)
    ]
    if changed and isinstance(own, SafeContactPlan):
        return []  # asked again since: it is as new as that
    before = {name: read(own, name, value) for name, value in joined["before"].items() if name not in changed}
    _write(own, before, version=own.version + 1)
    return [_words(own, name) for name in changed]


def _write(row: Any, values: dict[str, Any], *, version: int) -> None:
    for name, value in (values | {"version": version}).items():
        setattr(row, name, value)
    row.save(update_fields=[*values, "version"])


def _words(row: Model, name: str) -> str:
    return str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
