"""Two acts on one case that meet: one waits, neither hangs, and somebody keeps the case."""

import time
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from dacase.cases.models import Case, Grant, Location, Party, Relationship
from dacase.cases.services.case import add_location
from dacase.cases.services.closing import close_case
from dacase.cases.services.grant import end_access, grant_access
from dacase.cases.services.relationship import relate
from dacase.cases.services.upkeep import end_expired_grants
from dacase.walls.context import acting_as
from tests.cast import Cast
from tests.factories import make_case
from tests.meeting import by, while_it_is_open

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def cast(committed):
    return Cast()


@pytest.mark.parametrize("gives_up", [False, True])
def test_of_two_agencies_whose_access_ends_at_once_one_keeps_the_case(cast, gives_up):
    worker, other = cast.idva, cast.social_worker.agency
    case = make_case(worker, shared_with=[other])
    shorten = {
        "purpose": "support",
        "lawful_basis": "public_task",
        "until": timezone.now() + timedelta(days=1),
    }
    first = (
        by(worker, end_access, case, agency=other)
        if gives_up
        else by(worker, grant_access, case, agency=other, **shorten)
    )
    came = while_it_is_open(first, by(worker, grant_access, case, agency=worker.agency, **shorten))
    assert isinstance(came, ValidationError), came
    assert "Nobody would see it" in str(came.messages)


def test_who_writes_of_a_person_and_who_relates_her_never_hang_on_each_other(cast):
    """One held the party and, once committed, wanted the case; the other held the case and wanted the party."""
    case = make_case(cast.idva)
    with acting_as(cast.idva):
        child, victim = (Party.objects.get(case=case, role=role) for role in ("child", "victim"))
    came = while_it_is_open(
        by(cast.idva, add_location, child, kind="school", value="Pretend School"),
        by(cast.idva, relate, child, kind="child", other=victim.pk),
    )
    assert isinstance(came, Relationship), came
    with acting_as(cast.idva):
        assert Location.objects.filter(party=child).count() == 1


class TestClock:
    """The clock ends a grant that has run out while somebody works on who may see the case."""

    @pytest.fixture
    def case(self, cast):
        case = make_case(cast.idva, shared_with=[cast.social_worker.agency])
        with acting_as(cast.idva):
            Grant.objects.filter(group=cast.social_worker.agency.group).update(
                valid_until=timezone.now() + timedelta(milliseconds=100)
            )
        time.sleep(0.2)
        return case

    def test_whoever_is_given_the_case_at_that_moment_sees_it(self, cast, case):
        """The clock wrote who sees the case as it knew it before it had waited."""
        given = {"agency": cast.refuge_worker.agency, "purpose": "support", "lawful_basis": "public_task"}
        while_it_is_open(by(cast.idva, grant_access, case, **given), end_expired_grants)
        with acting_as(cast.refuge_worker):
            assert Case.objects.filter(pk=case.pk).exists()
        end_expired_grants()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count_viewer_drift()")
            assert cursor.fetchone() == (0,)

    def test_a_case_that_is_closed_at_that_moment_waits_for_no_grant_of_the_clock(self, cast, case):
        came = while_it_is_open(
            by(cast.idva, lambda actor: Case.objects.lock(case.pk)),
            end_expired_grants,
            then=by(cast.idva, close_case, case, reason="ended"),
        )
        assert came == 0
        assert end_expired_grants() == 1
