"""Who sent a referral learns that the work has ended: once nothing is left open, and never of a step."""

import pytest

from dacase.walls.context import acting_as
from referrals.casework.models import Episode
from referrals.casework.services import closure
from referrals.models import Route
from referrals.selectors.referral import followed_referrals, outcomes
from tests.casework.episodes import all_answers
from tests.referrals.builders import accepted, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral(cast):
    return send(cast.police_officer)


@pytest.fixture
def episode(cast, referral):
    case = accepted(referral, cast.front_door_worker, cast.idva)
    with acting_as(cast.idva):
        return Episode.objects.get(case=case)


def told(referral, sender):
    with acting_as(sender):
        return outcomes(followed_referrals(sender).get(pk=referral.pk))[-1].text


def test_the_sender_reads_that_the_work_has_ended(cast, referral, episode):
    assert "accepted by" in told(referral, cast.police_officer)
    with acting_as(cast.idva):
        closure.close_episode(
            episode.pk, reason="needs_met", answers=all_answers(), version=episode.version, actor=cast.idva
        )
        assert Route.objects.get(referral=referral).ended_at is not None
    assert told(referral, cast.police_officer) == "Brightwater Advocacy: its work has ended"


def test_a_step_to_another_service_of_the_agency_is_no_end(cast, referral, episode):
    with acting_as(cast.idva_manager):
        closure.step_episode(
            episode.pk, kind="outreach", is_up=False, worker=cast.idva, answers=all_answers(),
            version=episode.version, actor=cast.idva_manager,
        )  # fmt: skip
    assert "accepted by" in told(referral, cast.police_officer)
