from django.urls import reverse

from dacase.agencies.services.agency import public_door_of
from dacase.cases.panels import draw
from dacase.walls.context import acting_as
from referrals import panels
from referrals.models import Route
from referrals.services import triage
from referrals.services.outside_sender import record_call_back
from referrals.services.referral import OutsideDetails
from tests.factories import make_case
from tests.referrals.builders import accepted, fresh, open_case_for, route_to, send


def table_of(panel):
    return panel.context["table"]


def links_of(panel):
    return [row[0].href for row in table_of(panel).rows]


def test_roles_without_business_get_no_panel(cast):
    case = make_case(cast.idva)
    for membership in (cast.commissioner, cast.auditor):
        with acting_as(membership):
            assert panels.triage_queue(membership) is None
            assert panels.waiting_routes(membership) is None
            assert panels.sent_referrals(membership) is None
            assert draw(panels.referrals_of_case, case, membership) is None


def test_a_case_without_referral_has_no_such_panel(cast):
    case = make_case(cast.idva)
    with acting_as(cast.idva):
        assert draw(panels.referrals_of_case, case, cast.idva) is None


def test_each_reader_follows_a_referral_where_that_reader_works_on_it(cast):
    referral = send(cast.social_worker)
    routes = route_to(referral, cast.front_door_worker, cast.idva, cast.social_worker)
    case = fresh(referral, cast.front_door_worker).case
    by_agency = {route.to_agency_id: route for route in routes}
    for reader, address in (
        (cast.front_door_worker, reverse("referrals:triage", args=[referral.pk])),
        (cast.idva, reverse("referrals:route_detail", args=[by_agency[cast.idva.agency_id].pk])),
        (
            cast.social_worker,
            reverse("referrals:route_detail", args=[by_agency[cast.social_worker.agency_id].pk]),
        ),
    ):
        with acting_as(reader):
            panel = draw(panels.referrals_of_case, case, reader)
            assert links_of(panel) == [address]
            expected = [] if reader == cast.front_door_worker else [address]
            assert [action.url for action in panel.next_actions] == expected


def test_a_sender_whose_agency_works_on_the_case_follows_it_as_sender(cast):
    from tests.factories import share

    referral = send(cast.social_worker)
    case = open_case_for(referral, cast.front_door_worker)
    share(case, cast.social_worker.agency, actor=cast.front_door_worker)
    with acting_as(cast.social_worker):
        panel = draw(panels.referrals_of_case, case, cast.social_worker)
        assert links_of(panel) == [reverse("referrals:detail", args=[referral.pk])]
        assert panel.next_actions == []


def test_an_accepted_referral_asks_for_nothing_more(cast):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    with acting_as(cast.idva):
        assert draw(panels.referrals_of_case, case, cast.idva).next_actions == []
        waiting = panels.waiting_routes(cast.idva)
        assert waiting.context["table"] is None
        assert not waiting.context["count"]


def test_the_front_door_is_told_to_decide_on_what_no_colleague_holds(cast):
    first, second = send(cast.police_officer), send(cast.police_officer)
    with acting_as(cast.mash_fennel):
        triage.take_referral(first.pk, version=1, actor=cast.mash_fennel)
    with acting_as(cast.front_door_worker):
        panel = panels.triage_queue(cast.front_door_worker)
        assert [action.url for action in panel.next_actions] == [
            reverse("referrals:triage", args=[second.pk])
        ]
        assert panel.next_actions[0].due_at is not None
        assert panel.context["count"].number == 2


def test_the_service_is_told_to_accept_the_most_urgent(cast):
    route_to(send(cast.police_officer, priority="standard"), cast.front_door_worker, cast.idva)
    route_to(send(cast.police_officer), cast.front_door_worker, cast.idva)
    with acting_as(cast.idva):
        urgent = Route.objects.order_by("due_at").first()
        panel = panels.waiting_routes(cast.idva)
        assert [action.url for action in panel.next_actions] == [
            reverse("referrals:route_detail", args=[urgent.pk])
        ]


def test_what_came_by_the_public_page_says_who_sent_it_and_more_of_it_costs_no_more(
    cast, django_assert_max_num_queries
):
    worker = cast.front_door_worker
    outside = OutsideDetails("Gale Invented", "Nurse", "Moorside Surgery", "primary_care", "07700 900555")
    for _ in range(3):
        sent = send(public_door_of(worker.agency), door="professional", outside=outside)
        with acting_as(worker):
            said = {"number_found": "Its website", "outcome": "confirmed", "version": 1}
            record_call_back(sent.pk, **said, actor=worker)
        route_to(sent, worker, cast.idva)
    send(public_door_of(worker.agency), door="professional", outside=outside)
    for member, panel in ((worker, panels.triage_queue), (cast.idva, panels.waiting_routes)):
        with acting_as(member), django_assert_max_num_queries(2):
            rows = table_of(panel(member)).rows
        assert {row[3].text for row in rows} == {"Moorside Surgery"}


def test_senders_see_their_own(cast):
    referral = send(cast.police_officer)
    with acting_as(cast.police_officer):
        assert links_of(panels.sent_referrals(cast.police_officer)) == [
            reverse("referrals:detail", args=[referral.pk])
        ]
    with acting_as(cast.police_alder):
        assert panels.sent_referrals(cast.police_alder).context["table"] is None
    with acting_as(cast.idva):
        assert panels.sent_referrals(cast.idva).context["empty"] == "You have sent none yet."


def test_panels_take_one_or_two_queries(cast, django_assert_max_num_queries):
    referral = send(cast.police_officer)
    case = accepted(referral, cast.front_door_worker, cast.idva)
    with acting_as(cast.idva):
        with django_assert_max_num_queries(2):
            draw(panels.referrals_of_case, case, cast.idva)
        for panel in (panels.waiting_routes, panels.sent_referrals):
            with django_assert_max_num_queries(2):
                panel(cast.idva)
    with acting_as(cast.front_door_worker), django_assert_max_num_queries(2):
        panels.triage_queue(cast.front_door_worker)
