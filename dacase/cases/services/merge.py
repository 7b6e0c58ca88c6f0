"""Two records of one person become one, and apart again exactly as they were."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import MergeReason
from dacase.cases.models import Merge, Party, Person
from dacase.cases.rules.merge import merged_fields, moving_columns
from dacase.cases.selectors.people import last_saved
from dacase.ui.stale import StaleVersion

CANNOT = (
    "These two records cannot be merged from here, and nothing has changed. If you are sure that they are one person,"
    " ask the front door of your partnership."
)


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

    Args:
        chosen: field of rules.merge.CHOSEN_FIELDS -> "kept" or "merged", where both say something else.
        reason: a value of choices.MergeReason.
        versions: the versions of the kept and the merged person that the actor saw.
    A merge that stands already is given back. Raises NotAllowed, StaleVersion, and ValidationError where either is
    out of sight or stands in a case that the actor may not open (one answer for both), or where both stand in one.
    """
    check_may(actor, "merge_people")
    reason = MergeReason(reason).value
    if kept_id == merged_id:
        raise ValidationError("This is one record already.")
    people = _lock([kept_id, merged_id])
    again = Merge.objects.visible_to(actor).standing().filter(kept_id=kept_id, merged_id=merged_id).first()
    if again is not None:
        return again
    if Person.objects.visible_to(actor).filter(pk__in=people).count() < len(people):
        raise ValidationError(CANNOT)
    kept, merged = people[kept_id], people[merged_id]
    _check_versions(kept, merged, versions)
    if _stands_elsewhere(kept_id, merged_id):
        raise ValidationError(CANNOT)
    _check_apart(kept, merged)
    fields = {
        name: [_plain(getattr(kept, name)), _plain(value)]
        for name, value in merged_fields(kept, merged, chosen).items()
        if value != getattr(kept, name)
    }
    cases = _cases_of(kept_id, merged_id)
    merge = Merge(kept=kept, merged=merged, reason=reason, made_by=actor)
    merge.record = {"fields": fields, "had": _rows_of(kept)}
    merged.merged_into = kept
    _save(merged, ["merged_into"])
    _set(kept, {name: after for name, (_, after) in fields.items()})
    merge.record |= _move(kept, merged)
    merge.save()
    _tell("people_merged", merge, cases, actor)
    return merge


@transaction.atomic
def undo_merge(merge_id: UUID, *, actor: Membership) -> Undone:
    """Give each of the two records back what was its own.

    Fields that somebody has changed since keep the newer answer; what was added since stays with the kept
    person. Both are told. Everything else is as before, but for the versions, which only count up, so that a form
    opened meanwhile is never taken for a fresh one. Undoing twice changes nothing.
    Raises NotAllowed, Merge.DoesNotExist, and ValidationError where the actor may not open every case concerned
    or a newer merge of the kept person stands.
    """
    check_may(actor, "merge_people")
    merge = Merge.objects.visible_to(actor).get(pk=merge_id)
    people = _lock([merge.kept_id, merge.merged_id])
    merge = Merge.objects.select_for_update().get(pk=merge_id)
    kept, merged = people[merge.kept_id], people[merge.merged_id]
    if merge.undone_at is not None:
        return Undone(merge, [], 0)
    newer = Merge.objects.standing().filter(kept=kept, made_at__gt=merge.made_at).exists()
    if newer or kept.merged_into_id is not None:
        raise ValidationError("There is a newer merge of this person. Undo that one first.")
    if _stands_elsewhere(kept.pk):
        raise ValidationError(CANNOT)
    added = sum(len(set(now) - _known(merge, name)) for name, now in _rows_of(kept).items())
    cases = _cases_of(kept.pk)
    _move_back(merge, kept, merged)
    merged.merged_into = None
    _save(merged, ["merged_into"])
    changed = [
        name for name, (_, after) in merge.record["fields"].items() if _plain(getattr(kept, name)) != after
    ]
    before = {name: pair[0] for name, pair in merge.record["fields"].items() if name not in changed}
    _set(kept, before)
    merge.undone_at, merge.undone_by = timezone.now(), actor
    merge.save(update_fields=["undone_at", "undone_by"])
    _tell("people_unmerged", merge, cases, actor)
    return Undone(merge, changed, added)


def _lock(ids: Iterable[UUID]) -> dict[UUID, Person]:
    """The persons, locked in the order of their keys, so that two merges at once wait and do not hang.

    The database's wall decides who is there: a merged record is no party, so `visible_to` leaves it out.
    """
    wanted = sorted(set(ids))
    people = {one.pk: one for one in Person.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if len(people) < len(wanted):
        raise ValidationError(CANNOT)
    return people


def _check_versions(kept: Person, merged: Person, versions: tuple[int, int]) -> None:
    if merged.merged_into_id is not None or kept.merged_into_id is not None:
        raise ValidationError("One of these records has been merged into another meanwhile. Look again.")
    for person, version in zip((kept, merged), versions, strict=True):
        if person.version != version:
            saved_by, saved_at = last_saved(person)
            raise StaleVersion(current={}, version=person.version, saved_by=saved_by, saved_at=saved_at)


def _check_apart(kept: Person, merged: Person) -> None:
    """Raise ValidationError where both stand in one case: somebody there has to say first who is who."""
    both = set(Party.objects.filter(person=kept).values_list("case_id", flat=True))
    shared = Party.objects.filter(person=merged, case_id__in=both).select_related("case").first()
    if shared is not None:
        raise ValidationError(
            f"Both stand in case {shared.case.reference}, where each may have a role and records of their own."
            " Records of one case cannot be merged. Nothing has changed."
        )


def _stands_elsewhere(*ids: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_stands_elsewhere(%s::uuid[])", [[str(key) for key in ids]])
        return bool(cursor.fetchone()[0])


def _cases_of(*ids: UUID) -> list[UUID]:
    cases = Party.objects.filter(person_id__in=ids).values_list("case_id", flat=True)
    return list(cases.distinct().order_by("case_id"))


def _columns() -> list[tuple[str, type[Model], Any]]:
    """Every column that moves with a merge, by name."""
    found = []
    for name in moving_columns():
        label, column = name.rsplit(".", 1)
        model = apps.get_model(label)
        found.append((name, model, model._meta.get_field(column)))
    return found


def _rows_of(person: Person) -> dict[str, list[str]]:
    """The keys of the rows that name the person, by column."""
    return {
        name: sorted(
            str(key) for key in _rows(model).filter(**{field.name: person}).values_list("pk", flat=True)
        )
        for name, model, field in _columns()
    }


def _rows(model: type[Model]) -> Any:
    return model._default_manager.all()


def _known(merge: Merge, name: str) -> set[str]:
    return set(merge.record["had"].get(name, ())) | set(merge.record["moved"].get(name, ()))


def _move(kept: Person, merged: Person) -> dict[str, Any]:
    """Put the kept person wherever the merged one stands. Returns what moved, and what stood in the way."""
    moved, left = {}, {}
    parties = Party.objects.filter(person=merged)
    earlier = {str(party.pk): str(party.merged_from_id or "") for party in parties}
    try:
        with transaction.atomic():
            for name, model, field in _columns():
                rows = _rows(model).filter(**{field.name: merged})
                keys = sorted(str(key) for key in rows.values_list("pk", flat=True))
                if field.unique and _rows(model).filter(**{field.name: kept}).exists():
                    left[name] = keys  # one a person, and the kept one has hers
                    continue
                also = {"merged_from": merged} if model is Party else {}
                rows.update(**{field.name: kept}, **also)
                moved[name] = keys
    except IntegrityError as collision:
        raise ValidationError(
            "These two records speak of each other, or both say the same of somebody else. They stay apart."
        ) from collision
    return {"moved": moved, "left": left, "earlier": earlier}


def _move_back(merge: Merge, kept: Person, merged: Person) -> None:
    for name, model, field in _columns():
        keys = merge.record["moved"].get(name, [])
        rows = _rows(model).filter(pk__in=keys, **{field.name: kept})
        if model is not Party:
            rows.update(**{field.name: merged})
            continue
        for party in rows:
            party.person, party.merged_from_id = merged, merge.record["earlier"][str(party.pk)] or None
            party.save(update_fields=["person", "merged_from"])


def _set(person: Person, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(person, name, date.fromisoformat(value) if name == "date_of_birth" and value else value)
    _save(person, [*values, "family_name_key", "other_names_key"])


def _save(person: Person, fields: list[str]) -> None:
    person.version += 1
    person.save(update_fields=[*fields, "version"])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _tell(verb: str, merge: Merge, cases: Iterable[UUID], actor: Membership) -> None:
    """One event in each case concerned, with identifiers only."""
    data = {"kept": str(merge.kept_id), "merged": str(merge.merged_id), "reason": merge.reason}
    for case_id in cases:
        record_event(verb, actor=actor, subject=merge, case_id=case_id, data=data)
