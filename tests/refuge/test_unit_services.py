from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from dacase.agencies.access import NotAllowed
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from refuge.models import RefugeService, Unit
from refuge.services.unit import change_service, change_unit
from tests.refuge.factories import make_service, make_unit

SERVICE = {
    "name": "Renamed House",
    "kind": "dispersed",
    "address": "1 Nowhere",
    "service_address": "PO Box 998",
}
UNIT = {
    "name": "Room 9",
    "sleeps": 2,
    "has_cot": True,
    "is_step_free": False,
    "is_self_contained": True,
    "is_available": True,
}


def test_a_double_click_adds_one_service(refuge: Any) -> None:
    number = uuid4()
    first = make_service(refuge.worker, name="Once House", submission=number)
    assert make_service(refuge.worker, name="Once House", submission=number) == first
    with acting_as(refuge.worker):
        assert RefugeService.objects.filter(name="Once House").count() == 1


def test_names_are_taken_once_whatever_their_capitals(refuge: Any) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_service(refuge.worker, name="quillfeather HOUSE")
    assert set(refusal.value.message_dict) == {"name"}
    with pytest.raises(ValidationError) as refusal:
        make_unit(refuge.service, refuge.worker, name="marmalade room")
    assert set(refusal.value.message_dict) == {"name"}


@pytest.mark.parametrize("sleeps", [0, 21])
def test_a_unit_sleeps_from_1_to_20(refuge: Any, sleeps: int) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_unit(refuge.service, refuge.worker, name="Odd Room", sleeps=sleeps)
    assert set(refusal.value.message_dict) == {"sleeps"}


def test_services_and_units_change_with_their_version(refuge: Any) -> None:
    with acting_as(refuge.worker):
        service = change_service(refuge.service, version=1, actor=refuge.worker, **SERVICE)
        unit = change_unit(refuge.unit, version=1, actor=refuge.worker, **UNIT)
        assert (service.name, service.version) == ("Renamed House", 2)
        assert (unit.name, unit.sleeps, unit.has_cot, unit.version) == ("Room 9", 2, True, 2)
        assert str(service) == "Renamed House"
        assert str(unit) == "Room 9"
        with pytest.raises(StaleVersion) as stale:
            change_service(refuge.service, version=1, actor=refuge.worker, **SERVICE)
        assert stale.value.current["name"] == "Renamed House"
        with pytest.raises(StaleVersion) as stale:
            change_unit(refuge.unit, version=1, actor=refuge.worker, **UNIT)
        assert (stale.value.saved_by, stale.value.version) == ("Reva Fictional", 2)
        with pytest.raises(ValidationError):
            change_unit(refuge.other_unit, version=1, actor=refuge.worker, **UNIT)
        other = make_service(refuge.worker, name="Other House")
        with pytest.raises(ValidationError):
            change_service(other, version=1, actor=refuge.worker, **SERVICE)


def test_other_roles_and_agencies_change_nothing(refuge: Any, cast: Any) -> None:
    for actor in (cast.idva, cast.marac_coordinator, cast.outsider):
        with acting_as(actor):
            for act in (
                lambda actor=actor: change_service(refuge.service, version=1, actor=actor, **SERVICE),
                lambda actor=actor: change_unit(refuge.unit, version=1, actor=actor, **UNIT),
                lambda actor=actor: make_unit(refuge.service, actor),
                lambda actor=actor: make_service(actor),
            ):
                with pytest.raises(NotAllowed):
                    act()
    with acting_as(refuge.worker):
        assert Unit.objects.get(pk=refuge.unit.pk).version == 1
