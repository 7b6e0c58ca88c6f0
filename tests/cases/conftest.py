import pytest

from tests.factories import make_case

OWN_PANELS = {
    "CASE_PANELS": ["dacase.cases.case_panels.people"],
    "HOME_PANELS": ["dacase.cases.case_panels.recent_cases"],
}


@pytest.fixture
def own_panels(settings):
    """Only this room's panels, so that a page's queries are its own."""
    for name, value in OWN_PANELS.items():
        setattr(settings, name, value)


@pytest.fixture
def case(cast):
    """A case of the advocacy service, opened by its IDVA."""
    return make_case(cast.idva)
