from datetime import timedelta
from typing import Any

import pytest

from dacase.cases.models import Case
from dacase.cases.panels import draw
from dacase.walls.context import acting_as
from marac import panels
from marac.models import Meeting
from marac.rules import add_months
from marac.services.meeting import close_meeting
from tests.casework.incidents import recorded
from tests.factories import make_case
from tests.marac.factories import heard_before, make_meeting, record, refer, today


def panel(function: Any, membership: Any, *args: Any) -> Any:
    with acting_as(membership):
        return draw(function, *args, membership)


def titles(found: Any) -> list[str]:
    return [action.text for action in found.next_actions]


def test_a_case_that_was_never_referred_offers_it_to_who_may(cast: Any) -> None:
    case = make_case(cast.idva, victim="Panelcase", shared_with=[cast.programme_worker.agency])
    assert [text for text, _ in panel(panels.hearings_of_case, cast.idva, case).links] == ["Refer to MARAC"]
    assert panel(panels.hearings_of_case, cast.programme_worker, case).links == []
    assert panel(panels.hearings_of_case, cast.commissioner, case) is None


@pytest.mark.parametrize(("months", "words"), [(-11, "Repeat window ends"), (-13, "Repeat window ended")])
def test_the_end_of_the_repeat_window_is_on_the_case(cast: Any, months: int, words: str) -> None:
    case = make_case(cast.idva, victim="Panelcase")
    heard = add_months(today(), months)
    heard_before(case, cast.idva, heard)
    found = panel(panels.hearings_of_case, cast.idva, case)
    assert found.context["repeat"] == f"{words} {add_months(heard, 12):%d/%m/%Y}"


def test_a_case_that_waits_says_so_and_links_to_a_hearing_only_for_invitees(marac: Any, cast: Any) -> None:
    for membership, link in ((cast.idva, []), (cast.marac_coordinator, ["See the hearing"])):
        found = panel(panels.hearings_of_case, membership, marac.cases[0])
        assert found.context["state"].waiting == marac.referrals[0]
        assert [text for text, _ in found.links] == link


def test_the_case_panel_asks_once(marac: Any, cast: Any, django_assert_num_queries: Any) -> None:
    with acting_as(cast.idva):
        case = Case.objects.get(pk=marac.cases[0].pk)
        with django_assert_num_queries(1):
            draw(panels.hearings_of_case, case, cast.idva)


ESCALATES = ["Refer to MARAC: the incidents meet potential escalation"]


def test_incidents_that_meet_potential_escalation_lead_to_a_referral_by_who_may(cast: Any) -> None:
    case = make_case(cast.idva, victim="Panelcase", shared_with=[cast.programme_worker.agency])
    for _ in range(2):
        recorded(case, cast.idva)
    assert titles(panel(panels.hearings_of_case, cast.idva, case)) == []
    recorded(case, cast.programme_worker)
    found = panel(panels.hearings_of_case, cast.idva, case)
    assert titles(found) == ESCALATES
    assert found.next_actions[0].url.endswith("?criterion=potential_escalation")
    assert titles(panel(panels.hearings_of_case, cast.programme_worker, case)) == []
    refer(case, cast.idva, criterion="potential_escalation")
    assert titles(panel(panels.hearings_of_case, cast.idva, case)) == []


@pytest.mark.parametrize(("days", "wanted"), [(0, []), (1, ESCALATES)])
def test_what_a_hearing_has_looked_at_leads_to_no_other(cast: Any, days: int, wanted: list[str]) -> None:
    """Heard today, all that is recorded was known; heard the day before, something has come since."""
    case = make_case(cast.idva, victim="Panelcase")
    for _ in range(3):
        recorded(case, cast.idva)
    heard_before(case, cast.idva, today() - timedelta(days=days))
    assert titles(panel(panels.hearings_of_case, cast.idva, case)) == wanted


def test_the_coordinator_is_led_from_referral_to_close(cast: Any) -> None:
    coordinator = cast.marac_coordinator
    assert titles(panel(panels.next_meeting, coordinator)) == []
    refer(make_case(cast.idva, victim="Panelcase"), cast.idva)
    assert titles(panel(panels.next_meeting, coordinator)) == ["Set up the next MARAC meeting"]
    make_meeting(coordinator, chair=cast.marac_chair, agencies=[cast.marac_chair.agency])
    assert titles(panel(panels.next_meeting, coordinator)) == ["Put 1 case that waits on a MARAC agenda"]


def test_the_coordinator_is_led_through_the_meeting(marac: Any, cast: Any) -> None:
    coordinator = cast.marac_coordinator
    assert titles(panel(panels.next_meeting, coordinator)) == ["Record the outcomes of the MARAC meeting"]
    for hearing in marac.hearings:
        record(hearing, coordinator)
    assert titles(panel(panels.next_meeting, coordinator)) == ["Close the MARAC meeting"]
    with acting_as(coordinator):
        close_meeting(marac.meeting, actor=coordinator)
    assert panel(panels.next_meeting, coordinator).context["meeting"] is None


def test_invitees_prepare_and_the_chair_chairs(marac: Any, cast: Any) -> None:
    assert titles(panel(panels.next_meeting, cast.housing_representative)) == [
        "Prepare for 1 hearing at MARAC"
    ]
    assert titles(panel(panels.next_meeting, cast.marac_chair)) == ["Chair today’s MARAC meeting"]
    Meeting.objects.filter(pk=marac.meeting.pk).update(held_on=today() + timedelta(days=2))
    assert titles(panel(panels.next_meeting, cast.marac_chair)) == ["Prepare for 2 hearings at MARAC"]
    assert titles(panel(panels.next_meeting, cast.idva)) == []
    assert panel(panels.next_meeting, cast.commissioner) is None


def test_open_action_points_are_the_agencys_own_with_their_day(marac: Any, cast: Any) -> None:
    record(marac.hearings[0], cast.marac_coordinator, *[marac.housing] * 6, marac.police)
    found = panel(panels.open_action_points, cast.housing_representative)
    assert len(found.context["points"]) == 5
    assert found.context["more"] is True
    assert {action.due_at.date() for action in found.next_actions} == {today() + timedelta(days=7)}
    assert panel(panels.open_action_points, cast.idva).context["points"] == []
    assert panel(panels.open_action_points, cast.commissioner) is None
