from typing import Any

from dacase.cases.panels import draw
from dacase.walls.context import acting_as
from refuge import panels
from refuge.services.placement import end_placement
from tests.factories import make_case
from tests.refuge.factories import days, place, today


def panel(function: Any, membership: Any, *args: Any) -> Any:
    with acting_as(membership):
        return draw(function, *args, membership)


def test_the_refuge_sees_its_placement_and_others_only_that_there_is_one(refuge: Any, cast: Any) -> None:
    assert panel(panels.placements_of_case, cast.idva, refuge.case) is None
    before = panel(panels.placements_of_case, refuge.worker, refuge.case)
    assert [text for text, _ in before.links] == ["Place the household"]
    placement = place(refuge.case, refuge.unit, refuge.worker)
    own = panel(panels.placements_of_case, refuge.worker, refuge.case)
    assert own.context == {"own": [placement], "known": []}
    assert own.links == []
    others = panel(panels.placements_of_case, cast.idva, refuge.case)
    assert [one.agency for one in others.context["known"]] == [refuge.worker.agency]
    assert others.template == "refuge/panels/elsewhere.html"
    assert panel(panels.placements_of_case, cast.commissioner, refuge.case) is None


def test_case_and_home_panels_ask_little(refuge: Any, cast: Any, django_assert_num_queries: Any) -> None:
    place(refuge.case, refuge.unit, refuge.worker)
    with acting_as(cast.idva), django_assert_num_queries(1):
        draw(panels.placements_of_case, refuge.case, cast.idva)
    with acting_as(refuge.worker), django_assert_num_queries(1):
        draw(panels.placements_of_case, refuge.case, refuge.worker)


def test_tonight_counts_and_asks_after_who_should_have_left(refuge: Any, cast: Any) -> None:
    other = make_case(cast.idva, victim="Othercase", shared_with=[refuge.worker.agency])
    late = place(refuge.case, refuge.unit, refuge.worker, starts_on=days(-9), ends_on=days(-2))
    place(other, refuge.other_unit, refuge.worker, is_small_accepted=True)
    found = panel(panels.tonight, refuge.worker)
    assert [metric.value for metric in found.context["metrics"]] == [0, 1, 0]
    (action,) = found.next_actions
    assert action.text == "Record whether the household in Marmalade Room has left"
    assert action.due_at.date() == days(-2)
    with acting_as(refuge.worker):
        end_placement(late, ends_on=today(), leaving_reason="left", version=1, actor=refuge.worker)
    assert panel(panels.tonight, refuge.worker).next_actions == []
    assert panel(panels.tonight, cast.idva) is None


def test_a_new_refuge_is_led_to_its_first_service(cast: Any) -> None:
    found = panel(panels.tonight, cast.refuge_worker)
    assert found.context["has_units"] is False
    assert [text for text, _ in found.links] == ["Add a service"]
