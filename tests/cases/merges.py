"""Two records of one person for tests, merged and parted through the services, and every row that knows them."""

from typing import Any

from django.apps import apps

from dacase.agencies.models import Membership
from dacase.cases.models import Merge, Party, Person
from dacase.cases.services.case import PersonDetails, open_case
from dacase.cases.services.merge import Undone, merge_people, undo_merge
from dacase.walls.context import acting_as


def a_case(actor: Membership, family: str = "Placeholder", given: str = "Verity", **details: Any) -> Party:
    """The victim-survivor of a new case, with these details."""
    with acting_as(actor):
        case = open_case(victim=PersonDetails(family, given, **details), actor=actor)
        return Party.objects.select_related("person", "case").get(case=case)


def merge(kept: Party, merged: Party, actor: Membership, **changes: Any) -> Merge:
    """Merge the persons of two parties, as somebody who has just read both."""
    with acting_as(actor):
        versions = tuple(Person.objects.get(pk=party.person_id).version for party in (kept, merged))
        given = {"chosen": {}, "reason": "same_details", "versions": versions} | changes
        return merge_people(kept.person_id, merged.person_id, actor=actor, **given)


def undo(made: Merge, actor: Membership) -> Undone:
    with acting_as(actor):
        return undo_merge(made.pk, actor=actor)


def snapshot() -> dict[tuple[str, str], dict[str, Any]]:
    """Every row of every table that knows persons or parties, but for versions, which only count up."""
    rows = {}
    for model in (*(model for model, _ in columns()), *apps.get_app_config("cases").get_models()):
        if not hasattr(model, "instance_type") and model is not Merge:
            for row in model._base_manager.using("owner").values():
                row.pop("version", None)
                rows[model._meta.label, str(row[model._meta.pk.attname])] = row
    return rows


def columns(*named: Any) -> list[tuple[Any, Any]]:
    """Every column of any room that names a person or a party, as (model, field)."""
    return [
        (model, field)
        for model in apps.get_models()
        if not hasattr(model, "instance_type")
        for field in model._meta.concrete_fields
        if field.related_model in (named or (Person, Party))
    ]
