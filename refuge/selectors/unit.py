"""Reads of services and units, and the board: the state of every unit on one night."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.db.models import Q, QuerySet

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from refuge.choices import PlacementState
from refuge.models import Placement, RefugeService, Unit


class UnitState(StrEnum):
    FREE = "free"
    TAKEN = "taken"
    OVERDUE = "overdue"
    OUT_OF_USE = "out_of_use"


@dataclass(frozen=True)
class UnitNight:
    """A unit on one night.

    Args:
        unit, state: the unit and how it stands.
        stay: who has it that night, or should have left it; None where it is free.
        next_stay: the next household that is booked after that night.
    """

    unit: Unit
    state: UnitState
    stay: Placement | None = None
    next_stay: Placement | None = None


@dataclass(frozen=True)
class ServiceNight:
    """A service and its units on one night."""

    service: RefugeService
    units: list[UnitNight] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    """Every unit of an agency on one night, by service, with what arrives and leaves that day.

    `references`: case key -> reference, of the cases that the reader may still open.
    """

    on: date
    services: list[ServiceNight]
    arriving: list[Placement]
    leaving: list[Placement]
    references: dict[UUID, str]

    def count(self, state: UnitState) -> int:
        """How many units are in `state`."""
        return sum(1 for service in self.services for night in service.units if night.state == state)

    @property
    def has_units(self) -> bool:
        return any(service.units for service in self.services)


def services(membership: Membership) -> QuerySet[RefugeService]:
    """The services of the membership's agency, by name."""
    return RefugeService.objects.visible_to(membership).order_by("name")


def units(membership: Membership) -> QuerySet[Unit]:
    """The units of the membership's agency, by service and name."""
    return Unit.objects.visible_to(membership).select_related("service").order_by("service__name", "name")


def board(membership: Membership, on: date, *, today: date) -> Board:
    """The agency's units on the night of `on`. Four queries, however many units.

    A stay whose planned day of leaving has passed, and that nobody has ended, keeps its unit on the board of
    `today`: the household may still be there.
    """
    every = stays_from(membership, on, today=today)
    nights = unit_nights(membership, every, on, today=today)
    return Board(
        on=on,
        services=[
            ServiceNight(service, [night for night in nights if night.unit.service_id == service.pk])
            for service in services(membership)
        ],
        arriving=[stay for stay in every if stay.starts_on == on],
        leaving=[stay for stay in every if stay.ends_on == on and stay.state == PlacementState.PLACED],
        references=references_of(every, membership),
    )


def references_of(stays: Iterable[Placement], membership: Membership) -> dict[UUID, str]:
    """Case key -> reference, of those cases of `stays` that the membership may still open."""
    cases = Case.objects.visible_to(membership).filter(pk__in={stay.case_id for stay in stays})
    return dict(cases.values_list("pk", "reference"))


def stays_from(membership: Membership, on: date, *, today: date) -> list[Placement]:
    """The stays that matter to the night of `on` and those after it, the earliest first. One query."""
    placed = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    if on >= today:
        placed |= Q(state=PlacementState.PLACED)
    return list(
        Placement.objects.visible_to(membership)
        .exclude(state=PlacementState.CANCELLED)
        .filter(placed)
        .select_related("unit")  # never the case: the agency may have lost it while the household stays
        .order_by("starts_on")
    )


def unit_nights(
    membership: Membership, stays: Iterable[Placement], on: date, *, today: date
) -> list[UnitNight]:
    """Every unit of the agency on the night of `on`, given the stays from then on. One query."""
    by_unit: dict[UUID, list[Placement]] = {}
    for stay in stays:
        by_unit.setdefault(stay.unit_id, []).append(stay)
    return [_night(unit, by_unit.get(unit.pk, []), on, today) for unit in units(membership)]


def _night(unit: Unit, stays: Iterable[Placement], on: date, today: date) -> UnitNight:
    listed = list(stays)
    here = next((stay for stay in listed if _covers(stay, on)), None)
    overdue = next((stay for stay in listed if is_overdue(stay, today=today)), None)
    later = next((stay for stay in listed if stay.starts_on > on), None)
    if here is not None:
        return UnitNight(unit, UnitState.TAKEN, here, later)
    if overdue is not None and on >= today:
        return UnitNight(unit, UnitState.OVERDUE, overdue, later)
    if not unit.is_available:
        return UnitNight(unit, UnitState.OUT_OF_USE, None, later)
    return UnitNight(unit, UnitState.FREE, None, later)


def _covers(stay: Placement, on: date) -> bool:
    return stay.starts_on <= on and (stay.ends_on is None or on < stay.ends_on)


def is_overdue(stay: Placement, *, today: date) -> bool:
    """Whether a household should have left by now and nobody has recorded that it has."""
    return stay.state == PlacementState.PLACED and stay.ends_on is not None and stay.ends_on < today


def places_of_services(case: Case, membership: Membership) -> list[str]:
    """What is never printed for a household (settings.CASE_PLACES): name and address of each service of the agency.

    Of every service and not of the case’s own: which one it is would be told by what is refused.
    """
    services = RefugeService.objects.visible_to(membership).values_list("name", "address")
    return [value for service in services for value in service]
