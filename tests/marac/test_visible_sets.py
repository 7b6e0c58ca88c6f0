"""Who sees which rows of MARAC: by the database alone, and by `visible_to` alone. Whole sets, both ways."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from dacase.cases.services.exclusion import bar_from_case
from dacase.walls.context import acting_as
from marac.models import ActionPoint, Hearing, HearingGrant, HearingPaper, MaracReferral, Meeting
from marac.services.meeting import close_meeting
from tests.cast import Cast
from tests.factories import make_case
from tests.marac import factories

HAVE_VISIBLE_TO = (MaracReferral, Hearing, ActionPoint)


@pytest.fixture
def world(committed: None) -> SimpleNamespace:
    """A closed hearing and an open one; police is invited to both, housing and Ida’s own agency to one each.

    The people of police and housing hold no case. Each hearing has one action point of the police and one of
    housing, whether or not housing is still invited. Quince of the refuge is invited and barred.
    """
    cast = Cast()
    coordinator, idva = cast.marac_coordinator, cast.idva
    police, housing, refuge = (
        getattr(cast, key).agency for key in ("police_elm", "housing_representative", "refuge_quince")
    )
    cases = [make_case(idva, victim=f"Settcase{name}") for name in ("a", "b")]
    referrals = [factories.refer(case, idva) for case in cases]
    past = factories.make_meeting(
        coordinator,
        chair=cast.marac_chair,
        agencies=[police, housing],
        on=factories.today() - timedelta(days=14),
    )
    present = factories.make_meeting(coordinator, chair=cast.marac_chair, agencies=[police, housing])
    closed = factories.list_case(referrals[0], past, coordinator, [police, housing])
    factories.record(closed, coordinator, police, housing)
    with acting_as(coordinator):
        close_meeting(past, actor=coordinator)
    still_open = factories.list_case(referrals[1], present, coordinator, [police, idva.agency, refuge])
    factories.record(still_open, coordinator, police)
    with acting_as(cast.idva_manager):
        bar_from_case(
            cases[1], group=cast.refuge_quince.user.group, reason="Knows him", actor=cast.idva_manager
        )
    return SimpleNamespace(
        cast=cast, referrals=referrals, closed=closed, open=still_open, meetings=[past, present],
        police=police, housing=housing,
    )  # fmt: skip


def expected(world: SimpleNamespace, membership: Any) -> dict[Any, set[Any]]:
    cast = world.cast
    hearings = set()
    if membership.agency_id == cast.marac_coordinator.agency_id:
        hearings = {world.closed.pk, world.open.pk}
    elif (
        membership.agency in (world.police, cast.idva.agency, cast.refuge_worker.agency)
        and membership != cast.refuge_quince
    ):
        hearings = {world.open.pk}
    holders = (cast.idva.agency_id, cast.marac_coordinator.agency_id)
    with acting_as(cast.marac_coordinator):
        points = {
            point.pk
            for point in ActionPoint.objects.all()
            if point.hearing_id in hearings or point.owner_agency_id == membership.agency_id
        }
        papers = set(HearingPaper.objects.filter(hearing__in=hearings).values_list("pk", flat=True))
        grants = HearingGrant.objects.filter(content_object__in=hearings)
        if membership.agency_id not in holders:
            grants = grants.filter(group_id=membership.agency.group_id)
        invitations = set(grants.values_list("pk", flat=True))
    return {
        MaracReferral: {one.pk for one in world.referrals} if membership.agency_id in holders else set(),
        Hearing: hearings,
        HearingPaper: papers,
        ActionPoint: points,
        HearingGrant: invitations,
    }


def test_whole_sets_by_the_database_and_by_visible_to(world: SimpleNamespace) -> None:
    for membership in world.cast.all():
        for model, rows in expected(world, membership).items():
            with acting_as(membership):
                seen = set(model.objects.values_list("pk", flat=True))
            assert seen == rows, (str(membership), model.__name__)
            if model in HAVE_VISIBLE_TO:
                let_through = model.objects.using("owner").visible_to(membership)
                assert set(let_through.values_list("pk", flat=True)) == rows, (
                    str(membership),
                    model.__name__,
                )


def test_history_is_seen_with_its_row(world: SimpleNamespace) -> None:
    for membership in world.cast.all():
        rows = expected(world, membership)
        with acting_as(membership):
            for model in (Hearing, HearingPaper, MaracReferral):
                kept = set(model.history.model.objects.values_list("id", flat=True))
                assert kept == rows[model], (str(membership), model.__name__)


def test_invited_agencies_read_no_case(world: SimpleNamespace) -> None:
    from dacase.cases.models import Case, Location, Party, Person
    from referrals.casework.models import RiskAnswer, RiskAssessment

    for key in ("police_elm", "housing_representative", "marac_chair", "refuge_worker"):
        with acting_as(getattr(world.cast, key)):
            for model in (Case, Party, Person, Location, RiskAssessment, RiskAnswer, MaracReferral):
                assert not model.objects.exists(), (key, model.__name__)


def test_meetings_are_seen_by_who_takes_part(world: SimpleNamespace) -> None:
    past, present = world.meetings
    for membership in world.cast.all():
        both = membership.agency in (world.police, world.housing, world.cast.marac_coordinator.agency)
        invited = membership.agency in (world.cast.idva.agency, world.cast.refuge_worker.agency)
        meetings = (
            {past, present}
            if both
            else {present}
            if invited and membership != world.cast.refuge_quince
            else set()
        )
        with acting_as(membership):
            assert set(Meeting.objects.visible_to(membership)) == meetings, str(membership)


def test_without_a_context_there_is_no_row(world: SimpleNamespace) -> None:
    with acting_as(None):
        for model in (MaracReferral, Hearing, HearingPaper, ActionPoint, HearingGrant):
            assert not model.objects.exists()
            assert not model.history.model.objects.exists()
