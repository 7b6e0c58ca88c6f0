from dacase.cases.models import Case
from dacase.cases.panels import draw
from dacase.walls.context import acting_as
from referrals.casework import panels
from tests.casework.builders import assessed
from tests.factories import make_case


def test_roles_without_business_get_no_panel(cast):
    case = make_case(cast.idva)
    for membership in (cast.commissioner, cast.auditor):
        with acting_as(membership):
            assert draw(panels.assessments_of_case, case, membership) is None


def test_assessing_is_the_next_action_until_it_is_done_and_never_in_a_closed_case(cast):
    case = make_case(cast.idva)
    with acting_as(cast.idva):
        assert [action.text for action in draw(panels.assessments_of_case, case, cast.idva).next_actions] == [
            "Assess the risk"
        ]
    assessed(case, cast.idva, 16)
    with acting_as(cast.idva):
        assert draw(panels.assessments_of_case, case, cast.idva).next_actions == []
        Case.objects.filter(pk=case.pk).update(closed_at=case.opened_at)
        closed = draw(panels.assessments_of_case, Case.objects.get(pk=case.pk), cast.idva)
        assert [text for text, _ in closed.links] == ["See how the abuse has changed"]
        assert closed.next_actions == []


def test_the_panel_takes_one_query(cast, django_assert_max_num_queries):
    case = make_case(cast.idva)
    assessed(case, cast.idva, 16)
    with acting_as(cast.idva), django_assert_max_num_queries(1):
        draw(panels.assessments_of_case, case, cast.idva)
