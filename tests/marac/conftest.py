"""A MARAC with two hearings: one to which police and housing are invited, one to which only police is."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.factories import make_case
from tests.marac import factories


@pytest.fixture
def marac(cast: Any) -> SimpleNamespace:
    coordinator, idva = cast.marac_coordinator, cast.idva
    police, housing, advocacy = cast.police_officer.agency, cast.housing_representative.agency, idva.agency
    meeting = factories.make_meeting(
        coordinator, chair=cast.marac_chair, agencies=[police, housing, advocacy]
    )
    first, second = make_case(idva, victim="Firstcase"), make_case(idva, victim="Secondcase")
    factories.make_assessment(first, idva)
    referrals = [factories.refer(case, idva) for case in (first, second)]
    return SimpleNamespace(
        meeting=meeting,
        cases=[first, second],
        referrals=referrals,
        hearings=[
            factories.list_case(referrals[0], meeting, coordinator, [police, housing]),
            factories.list_case(referrals[1], meeting, coordinator, [police]),
        ],
        police=police,
        housing=housing,
        advocacy=advocacy,
    )
