"""What most tests of the casework begin with."""

import pytest

from dacase.agencies.models import Membership
from tests.factories import make_case, share


@pytest.fixture
def case(cast):
    """A case of the advocacy service that children's social care holds as well."""
    case = make_case(cast.idva)
    share(case, cast.social_worker.agency, actor=cast.idva)
    return case


@pytest.fixture
def hazel():
    """Another worker of the advocacy service."""
    found = Membership.objects.select_related("user", "agency", "team")
    return found.get(user__email="advocacy.hazel@example.org")
