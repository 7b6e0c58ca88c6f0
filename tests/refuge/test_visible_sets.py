"""Who sees which rows of the refuge: by the database alone, and by `visible_to` alone. Whole sets, both ways."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from dacase.agencies.choices import Role
from dacase.cases.services.exclusion import bar_from_case
from dacase.walls.context import acting_as
from refuge.models import Placement, PlacementMember, RefugeService, TurnAway, Unit
from refuge.services.turn_away import record_turn_away
from tests.cast import Cast
from tests.factories import make_case
from tests.refuge.factories import make_service, make_unit, place, today

MODELS = (RefugeService, Unit, Placement, PlacementMember, TurnAway)


@pytest.fixture
def two_refuges(committed: None) -> SimpleNamespace:
    """Two refuge agencies, each with a service, a unit, a placement and a turn-away, of one shared case."""
    cast = Cast()
    second = cast.outsider
    second.role = Role.REFUGE_WORKER  # for this test only: the outsider's agency is another refuge
    workers = [cast.refuge_worker, second]
    case = make_case(cast.idva, victim="Sharedcase", shared_with=[worker.agency for worker in workers])
    rows: dict[Any, list[Any]] = {}
    for worker in workers:
        service = make_service(worker)
        unit = make_unit(service, worker)
        placement = place(case, unit, worker)
        with acting_as(worker):
            turn_away = record_turn_away(
                service=service,
                happened_on=today(),
                decided_by="service",
                cause="no_capacity",
                adults=1,
                children=0,
                case=case,
                submission=uuid4(),
                actor=worker,
            )
            members = list(PlacementMember.objects.filter(placement=placement))
        rows[worker.agency_id] = [service, unit, placement, *members, turn_away]
    return SimpleNamespace(cast=cast, case=case, rows=rows)


def seen(model: Any, using: str, membership: Any) -> set[Any]:
    if using == "default":
        with acting_as(membership):
            return set(model.objects.values_list("pk", flat=True))
    return set(model.objects.using("owner").visible_to(membership).values_list("pk", flat=True))


def test_each_refuge_sees_its_own_rows_and_nobody_else_sees_any(two_refuges: SimpleNamespace) -> None:
    for membership in two_refuges.cast.all():
        own = two_refuges.rows.get(membership.agency_id, [])
        for model in MODELS:
            expected = {row.pk for row in own if isinstance(row, model)}
            assert seen(model, "default", membership) == expected, (membership, model)
            if model is not PlacementMember:  # read through its placement only
                assert seen(model, "owner", membership) == expected, (membership, model)


def test_without_a_context_there_is_no_row(two_refuges: SimpleNamespace) -> None:
    with acting_as(None):
        for model in MODELS:
            assert not model.objects.exists()
            history = getattr(model, "history", None)
            assert history is None or not history.model.objects.exists()


def test_history_is_seen_with_its_row(two_refuges: SimpleNamespace) -> None:
    for membership in two_refuges.cast.all():
        own = two_refuges.rows.get(membership.agency_id, [])
        with acting_as(membership):
            for model in MODELS:
                kept = set(model.history.model.objects.values_list("id", flat=True))
                assert kept == {row.pk for row in own if isinstance(row, model)}, (membership, model)


def test_somebody_barred_from_the_case_sees_neither_placement_nor_turn_away(
    two_refuges: SimpleNamespace,
) -> None:
    barred = two_refuges.cast.refuge_quince
    idva = two_refuges.cast.idva_manager
    with acting_as(idva):
        bar_from_case(two_refuges.case, group=barred.user.group, reason="Knows the family", actor=idva)
    for model in (Placement, PlacementMember, TurnAway):
        assert seen(model, "default", barred) == set()
        if model is not PlacementMember:
            assert seen(model, "owner", barred) == set()
    assert seen(Unit, "default", barred) == seen(Unit, "owner", barred) != set()
