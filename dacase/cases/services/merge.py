"""Two records of one person become one, and apart again exactly as they were."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import MergeReason
from dacase.cases.models import Case, Merge, Party, Person
from dacase.cases.rules.merge import columns, merged_fields
from dacase.cases.rules.names import name_keys
from dacase.cases.selectors.people import last_saved
from dacase.cases.services.double import (
    CANNOT,
    bring_back,
    keys,
    pairs_of,
    plain,
    put_aside,
    read,
    rows,
    where,
)
from dacase.ui.stale import StaleVersion


@dataclass(frozen=True)
class Undone:
    """What came of undoing a merge: fields that somebody has changed since, and rows added since, which stay."""

    merge: Merge
    fields_kept: list[str]
    rows_kept: int


@transaction.atomic
def merge_people(
    kept_id: UUID,
    merged_id: UUID,
    *,
    chosen: Mapping[str, str],
    reason: str,
    versions: tuple[int, int],
    actor: Membership,
) -> Merge:
    """Take two records for one person: everything of `merged_id` becomes the kept one's.

    Where both stand in one case in one role, one party stays and the other becomes its double (services/double.py).

    Args:
        chosen: field of rules.merge.CHOSEN_FIELDS -> "kept" or "merged", where both say something else.
        reason: a value of choices.MergeReason.
        versions: the versions of the kept and the merged person that the actor saw.
    A merge that stands already is given back. Raises NotAllowed, StaleVersion, and ValidationError where either is
    out of sight or stands in a case that the actor may not open (one answer for both), where one is the
    victim-survivor of a case and the other a perpetrator in it, and where two parties of one case contradict.
    """
    check_may(actor, "merge_people")
    reason = MergeReason(reason).value
    if kept_id == merged_id:
        raise ValidationError("This is one record already.")
    people, parties = _lock(kept_id, merged_id)
    again = Merge.objects.visible_to(actor).standing().filter(kept_id=kept_id, merged_id=merged_id).first()
    if again is not None:
        return again
    if Person.objects.visible_to(actor).filter(pk__in=people).count() < len(people):
        raise ValidationError(CANNOT)
    kept, merged = people[kept_id], people[merged_id]
    _check_versions(kept, merged, versions)
    if _stands_elsewhere(kept_id, merged_id):
        raise ValidationError(CANNOT)
    fields = {
        name: [plain(getattr(kept, name)), plain(value)]
        for name, value in merged_fields(kept, merged, chosen).items()
        if value != getattr(kept, name)
    }
    pairs = list(pairs_of(parties, kept_id=kept_id, merged_id=merged_id))
    merge = Merge(kept=kept, merged=merged, reason=reason, made_by=actor)
    merge.record = {"fields": fields, "had": _had(kept)}
    merged.merged_into = kept
    _save_both(kept, {name: after for name, (_, after) in fields.items()}, merged)
    merge.record["doubles"] = [put_aside(double, party, actor=actor) for double, party in pairs]
    merge.record |= _move(kept, merged)
    merge.save()
    _tell("people_merged", merge, parties, actor)
    return merge


@transaction.atomic
def undo_merge(merge_id: UUID, *, actor: Membership) -> Undone:
    """Give each of the two records back what was its own.

    Answers that somebody has changed since keep the newer one; what was added since stays with the kept
    person. Both are told. Everything else is as before, but for the versions, which only count up, so that a form
    opened meanwhile is never taken for a fresh one. Undoing twice changes nothing.
    Raises NotAllowed, Merge.DoesNotExist, and ValidationError where the actor may not open every case concerned
    or a newer merge of the kept person stands.
    """
    check_may(actor, "merge_people")
    merge = Merge.objects.visible_to(actor).get(pk=merge_id)
    people, parties = _lock(merge.kept_id, merge.merged_id)
    merge = Merge.objects.select_for_update().get(pk=merge_id)
    kept, merged = people[merge.kept_id], people[merge.merged_id]
    if merge.undone_at is not None:
        return Undone(merge, [], 0)
    newer = Merge.objects.standing().filter(kept=kept, made_at__gt=merge.made_at).exists()
    if newer or kept.merged_into_id is not None:
        raise ValidationError("There is a newer merge of this person. Undo that one first.")
    if _stands_elsewhere(kept.pk):
        raise ValidationError(CANNOT)
    added = sum(len(set(now) - _known(merge, name)) for name, now in _had(kept).items())
    _move_back(merge, kept, merged)
    merged.merged_into = None
    fields = merge.record["fields"]
    changed = [name for name, (_, after) in fields.items() if plain(getattr(kept, name)) != after]
    _save_both(kept, {name: before for name, (before, _) in fields.items() if name not in changed}, merged)
    for record in merge.record["doubles"]:
        answers, rows_added = bring_back(record)
        changed, added = changed + answers, added + rows_added
    merge.undone_at, merge.undone_by = timezone.now(), actor
    merge.save(update_fields=["undone_at", "undone_by"])
    _tell("people_unmerged", merge, parties, actor)
    return Undone(merge, changed, added)


def _lock(*ids: UUID) -> tuple[dict[UUID, Person], list[Party]]:
    """The persons and all their parties, doubles too, locked: two merges at once wait and do not hang.

    Their cases first, or a colleague would write of the record that is put aside at that moment; then parties, as
    whoever edits somebody locks them; each in the order of their keys. The database's wall decides who is there: a
    merged record is no party, so `visible_to` leaves it out.
    """
    cases = Case.objects.filter(pk__in=Party.with_doubles.filter(person_id__in=ids).values("case_id"))
    list(cases.select_for_update(no_key=True).order_by("pk"))
    parties = Party.with_doubles.select_related("case").filter(person_id__in=ids).order_by("pk")
    list(parties.select_for_update(of=("self",)))
    people = {one.pk: one for one in Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    if len(people) < len(ids):
        raise ValidationError(CANNOT)
    return people, list(parties)  # read again: one may have been added before the persons were locked


def _check_versions(kept: Person, merged: Person, versions: tuple[int, int]) -> None:
    if merged.merged_into_id is not None or kept.merged_into_id is not None:
        raise ValidationError("One of these records has been merged into another meanwhile. Look again.")
    for person, version in zip((kept, merged), versions, strict=True):
        if person.version != version:
            saved_by, saved_at = last_saved(person)
            raise StaleVersion(current={}, version=person.version, saved_by=saved_by, saved_at=saved_at)


def _stands_elsewhere(*ids: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_stands_elsewhere(%s::uuid[])", [[str(key) for key in ids]])
        return bool(cursor.fetchone()[0])


def _had(person: Person) -> dict[str, list[str]]:
    """The keys of the rows that name the person, by column."""
    return {column.name: keys(rows(column, person)) for column in columns("person", "moves")}


def _known(merge: Merge, name: str) -> set[str]:
    return {*merge.record["had"].get(name, ()), *merge.record["moved"].get(name, ())}


def _move(kept: Person, merged: Person) -> dict[str, Any]:
    """Put the kept person wherever the merged one stands. Returns what moved, and whose each party was before."""
    moved = {}
    earlier = {
        str(party.pk): str(party.merged_from_id or "") for party in Party.with_doubles.filter(person=merged)
    }
    for column in columns("person", "moves"):
        model, field = where(column)
        moved[column.name] = keys(rows(column, merged))
        also = {"merged_from": merged} if model is Party else {}
        rows(column, merged).update(**{field.name: kept}, **also)
    return {"moved": moved, "earlier": earlier}


def _move_back(merge: Merge, kept: Person, merged: Person) -> None:
    for column in columns("person", "moves"):
        model, field = where(column)
        found = rows(column, kept).filter(pk__in=merge.record["moved"].get(column.name, []))
        if model is not Party:
            found.update(**{field.name: merged})
            continue
        for party in found:
            party.person, party.merged_from_id = merged, merge.record["earlier"][str(party.pk)] or None
            party.save(update_fields=["person", "merged_from"])


def _save_both(kept: Person, values: Mapping[str, Any], merged: Person) -> None:
    """Write `values` to the kept person, and whether the other is merged. Both versions pass both of before, so
    that a form opened on either record is never taken for a fresh one of the other.
    """
    for name, value in values.items():
        setattr(kept, name, read(kept, name, value))
    kept.version = merged.version = max(kept.version, merged.version) + 1
    kept.save(update_fields=[*values, *name_keys("", "", ""), "version"])
    merged.save(update_fields=["merged_into", "version"])


def _tell(verb: str, merge: Merge, parties: Iterable[Party], actor: Membership) -> None:
    """One event in each case concerned, with identifiers only."""
    data = {"kept": str(merge.kept_id), "merged": str(merge.merged_id), "reason": merge.reason}
    for case_id in sorted({party.case_id for party in parties}):
        record_event(verb, actor=actor, subject=merge, case_id=case_id, data=data)
