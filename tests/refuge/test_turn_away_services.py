from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from refuge.models import TurnAway
from refuge.selectors.turn_away import turn_aways
from refuge.services.turn_away import record_turn_away
from tests.factories import make_case
from tests.refuge.factories import days, today


def turn_away(refuge: Any, actor: Any = None, **fields: Any) -> TurnAway:
    values = {
        "service": refuge.service,
        "happened_on": today(),
        "decided_by": "service",
        "cause": "no_capacity",
        "adults": 1,
        "children": 2,
        "submission": uuid4(),
        "actor": actor or refuge.worker,
    } | fields
    with acting_as(values["actor"]):
        return record_turn_away(**values)


def test_it_is_recorded_once_and_told_to_the_agency_alone(refuge: Any, cast: Any) -> None:
    number = uuid4()
    first = turn_away(refuge, submission=number, case=refuge.case)
    assert turn_away(refuge, submission=number, case=refuge.case) == first
    with acting_as(refuge.worker):
        assert TurnAway.objects.get().case_id == refuge.case.pk
        assert Event.objects.get(verb="turn_away_recorded").case_id is None
    with acting_as(cast.idva):
        assert not Event.objects.filter(verb="turn_away_recorded").exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"happened_on": days(1)}, "happened_on"),
        ({"decided_by": "survivor", "cause": "no_capacity"}, "cause"),
        ({"adults": 0}, "adults"),
        ({"children": 21}, "adults"),
    ],
)
def test_what_makes_no_sense_is_refused(refuge: Any, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        turn_away(refuge, **fields)
    assert set(refusal.value.message_dict) == {field}


def test_others_record_nothing_and_no_foreign_case_is_named(refuge: Any, cast: Any) -> None:
    for actor in (cast.idva, cast.outsider, cast.commissioner):
        with pytest.raises(NotAllowed):
            turn_away(refuge, actor=actor)
    with pytest.raises(Case.DoesNotExist):
        turn_away(refuge, case=make_case(cast.idva, victim="Unsharedcase"))


def test_the_list_is_filtered_by_who_decided_and_why(refuge: Any) -> None:
    full = turn_away(refuge)
    far = turn_away(refuge, decided_by="survivor", cause="too_far")
    with acting_as(refuge.worker):
        assert set(turn_aways(refuge.worker)) == {full, far}
        assert set(turn_aways(refuge.worker, decided_by="survivor")) == {far}
        assert set(turn_aways(refuge.worker, cause="no_capacity")) == {full}
