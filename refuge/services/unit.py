"""Keeping the services and units of a refuge agency."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from dacase.agencies.access import check_may
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.selectors.people import last_saved
from dacase.ui.stale import StaleVersion
from refuge.choices import PlacementState, ServiceKind
from refuge.models import Placement, RefugeService, Unit

SERVICE_FIELDS = ("name", "kind", "address", "service_address")
UNIT_FIELDS = ("name", "sleeps", "has_cot", "is_step_free", "is_self_contained", "is_available")
MOST_BEDS = 20


@transaction.atomic
def create_service(
    *, name: str, kind: str, address: str, service_address: str, submission: UUID, actor: Membership
) -> RefugeService:
    """Add a house or scheme of the actor's agency. The same `submission` gives the same service again.

    `kind` is a value of choices.ServiceKind. `address` is where it is, seen by the agency alone;
    `service_address` is what may stand on papers.
    Raises NotAllowed for a role that may not; ValidationError when the agency has one of that name.
    """
    check_may(actor, "manage_placement")
    _lock_agency(actor)
    own = RefugeService.objects.visible_to(actor)
    earlier = own.filter(submission=submission).first()
    if earlier is not None:
        return earlier
    _check_free(own.filter(name__iexact=name), "You already have a service of this name")
    service = RefugeService.objects.create(
        agency=actor.agency,
        submission=submission,
        name=name,
        kind=ServiceKind(kind),
        address=address,
        service_address=service_address,
    )
    record_event("refuge_service_added", actor=actor, subject=service)
    return service


@transaction.atomic
def change_service(
    service: RefugeService, *, version: int, actor: Membership, **changes: Any
) -> RefugeService:
    """Change a service's name, kind or addresses.

    Raises NotAllowed; StaleVersion when somebody saved meanwhile; ValidationError for a name that is taken.
    """
    check_may(actor, "manage_placement")
    _lock_agency(actor)
    own = RefugeService.objects.visible_to(actor)
    service = own.select_for_update().get(pk=service.pk)
    _check_version(service, version, SERVICE_FIELDS)
    _check_free(
        own.filter(name__iexact=changes["name"]).exclude(pk=service.pk),
        "You already have a service of this name",
    )
    _apply(service, {name: changes[name] for name in SERVICE_FIELDS})
    record_event("refuge_service_changed", actor=actor, subject=service)
    return service


@transaction.atomic
def create_unit(service: RefugeService, *, actor: Membership, **values: Any) -> Unit:
    """Add a unit to a service of the actor's agency. A second one of the same name is refused.

    `values` are name, sleeps (beds, 1 to 20), has_cot, is_step_free, is_self_contained, is_available.
    Raises NotAllowed for a role that may not; ValidationError by field.
    """
    check_may(actor, "manage_placement")
    service = RefugeService.objects.visible_to(actor).select_for_update().get(pk=service.pk)
    _check_unit(service, values)
    fields = {name: values[name] for name in UNIT_FIELDS if name in values}
    unit = Unit.objects.create(agency=actor.agency, service=service, **fields)
    record_event("unit_added", actor=actor, subject=unit)
    return unit


@transaction.atomic
def change_unit(unit: Unit, *, version: int, actor: Membership, **changes: Any) -> Unit:
    """Change a unit, or take it out of use. A household in it stays where it is.

    Raises NotAllowed; StaleVersion when somebody saved meanwhile; ValidationError for a name that is taken,
    or when it is taken out of use while a household is placed in it.
    """
    check_may(actor, "manage_placement")
    own = Unit.objects.visible_to(actor)
    # The service first, as create_unit: of two that take one name, the second sees it.
    RefugeService.objects.select_for_update().get(pk=own.values_list("service_id", flat=True).get(pk=unit.pk))
    unit = own.select_for_update(of=("self",)).select_related("service").get(pk=unit.pk)
    _check_version(unit, version, UNIT_FIELDS)
    _check_unit(unit.service, changes, besides=unit)
    placed = Placement.objects.filter(unit=unit, state=PlacementState.PLACED)
    if unit.is_available and not changes["is_available"] and placed.exists():
        raise ValidationError(
            {"is_available": "A household is placed in this unit. End or change the placement first"}
        )
    _apply(unit, {name: changes[name] for name in UNIT_FIELDS})
    record_event("unit_changed", actor=actor, subject=unit)
    return unit


def _lock_agency(actor: Membership) -> None:
    """One lock for what an agency adds and names, so that a double click cannot make two, nor two one name."""
    Agency.objects.select_for_update(no_key=True).get(pk=actor.agency_id)


def _check_unit(service: RefugeService, values: Mapping[str, Any], besides: Unit | None = None) -> None:
    named = Unit.objects.filter(service=service, name__iexact=values["name"])
    _check_free(
        named.exclude(pk=besides.pk) if besides else named, "This service already has a unit of this name"
    )
    if not 1 <= values["sleeps"] <= MOST_BEDS:
        raise ValidationError({"sleeps": f"Sleeps must be from 1 to {MOST_BEDS}"})


def _check_free(taken: Any, words: str) -> None:
    if taken.exists():
        raise ValidationError({"name": words})


def _check_version(record: Any, version: int, fields: tuple[str, ...]) -> None:
    if record.version == version:
        return
    saved_by, saved_at = last_saved(record)
    current = {name: getattr(record, name) for name in fields}
    raise StaleVersion(current=current, version=record.version, saved_by=saved_by, saved_at=saved_at)


def _apply(record: Any, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        setattr(record, name, value)
    record.version += 1
    record.save(update_fields=[*changes, "version"])
