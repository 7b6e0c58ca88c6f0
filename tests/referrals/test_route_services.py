from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Case, Exclusion, Grant, Headline
from dacase.cases.services.closing import close_case, reopen_case
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.models import Episode
from referrals.choices import ReferralState, RouteState
from referrals.models import Referral, Route
from referrals.rules import clock
from referrals.selectors.referral import followed_referrals, outcomes, with_routes
from referrals.selectors.route import opened_by
from referrals.services import route as services
from referrals.services import triage
from tests.casework.episodes import begun
from tests.factories import share
from tests.referrals.builders import fresh, open_case_for, route_to, send


@pytest.fixture
def referral(cast):
    return send(cast.police_officer)


@pytest.fixture
def routed(cast, referral):
    (route,) = route_to(referral, cast.front_door_worker, cast.idva)
    return route


def version_of(route, actor):
    with acting_as(actor):
        return Route.objects.get(pk=route.pk).version


def act(function, route, *, actor, version=None, **values):
    version = version_of(route, actor) if version is None else version
    with acting_as(actor):
        return function(route.pk, version=version, actor=actor, **values)


def test_no_support_begins_in_a_case_that_was_closed_meanwhile(cast, referral, routed):
    with acting_as(cast.front_door_worker):
        case = Case.objects.get(pk=fresh(referral, cast.front_door_worker).case_id)
        close_case(case, reason="mistake", actor=cast.front_door_worker)
        with pytest.raises(ValidationError, match="closed while this referral waited"):
            triage.route_referral(
                referral.pk,
                version=Referral.objects.get(pk=referral.pk).version,
                agencies=[cast.social_worker.agency],
                actor=cast.front_door_worker,
            )
    with pytest.raises(ValidationError, match="closed while this referral waited"):
        act(services.accept_route, routed, actor=cast.idva)
    with acting_as(cast.front_door_worker):
        reopen_case(case, reason="new_referral", actor=cast.front_door_worker)
    act(services.accept_route, routed, actor=cast.idva)
    with acting_as(cast.idva):
        assert Episode.objects.get(case=case).worker == cast.idva


@pytest.mark.parametrize("act", ["accept", "return"])
def test_a_sender_is_not_told_which_refuge(cast, act):
    refuge = cast.refuge_worker
    referral = send(cast.police_officer)
    (routed,) = route_to(referral, cast.front_door_worker, refuge)

    def told():
        with acting_as(cast.police_officer):
            return outcomes(followed_referrals(cast.police_officer).get(pk=referral.pk))

    assert told()[-1].text == "A safe accommodation service: waiting to be opened"
    with acting_as(refuge):
        if act == "accept":
            services.accept_route(routed.pk, version=routed.version, actor=refuge)
        else:
            services.return_route(routed.pk, version=routed.version, reason="Full.", actor=refuge)
    end = "accepted by a named person" if act == "accept" else "returned"
    assert told()[-1].text == f"A safe accommodation service: {end}"
    words = " ".join(one.text for one in told())
    assert refuge.agency.name not in words
    assert refuge.user.name not in words


def test_opening_says_who_and_when_once(cast, routed):
    with acting_as(cast.idva):
        opened = services.open_route(routed.pk, actor=cast.idva)
        assert opened.state == RouteState.OPENED
        assert opened_by(opened) == cast.idva.user.name
    with acting_as(cast.idva_manager):
        again = services.open_route(routed.pk, actor=cast.idva_manager)
        assert again.opened_at == opened.opened_at
        assert opened_by(again) == cast.idva.user.name
        assert Event.objects.filter(verb="route_opened").count() == 1


def test_nobody_has_opened_a_new_route(cast, routed):
    with acting_as(cast.idva):
        assert opened_by(routed) == ""


def test_accepting_names_the_worker_on_route_and_case(cast, referral, routed):
    accepted = act(services.accept_route, routed, actor=cast.idva)
    assert (accepted.state, accepted.accepted_by) == (RouteState.ACCEPTED, cast.idva)
    assert accepted.opened_at == accepted.accepted_at
    assert act(services.accept_route, routed, actor=cast.idva).version == accepted.version
    with acting_as(cast.idva):
        assert Headline.objects.get().worker == cast.idva
    with acting_as(cast.police_officer):
        told = outcomes(with_routes(Referral.objects.filter(pk=referral.pk)).get())
        assert told[-1].text == f"{cast.idva.agency.name}: accepted by {cast.idva.user.name}"


def test_two_colleagues_accept_and_the_second_sees_the_first(cast, routed):
    act(services.accept_route, routed, actor=cast.idva, version=1)
    with pytest.raises(StaleVersion) as stale:
        act(services.accept_route, routed, actor=cast.idva_manager, version=1)
    assert stale.value.saved_by == cast.idva.user.name
    with pytest.raises(ValidationError, match="colleague has accepted"):
        act(services.accept_route, routed, actor=cast.idva_manager)


def test_two_colleagues_at_the_same_moment_one_accepts(committed):
    from tests.cast import Cast

    cast = Cast()
    referral = send(cast.police_officer)
    (route,) = route_to(referral, cast.front_door_worker, cast.idva)
    start, results = Barrier(2), []

    def press(actor) -> None:
        try:
            start.wait(timeout=10)
            with acting_as(actor):
                results.append(services.accept_route(route.pk, version=1, actor=actor).accepted_by_id)
        except StaleVersion as stale:
            results.append(stale.saved_by)
        finally:
            connections.close_all()

    threads = [Thread(target=press, args=[actor]) for actor in (cast.idva, cast.advocacy_hazel)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    with acting_as(cast.idva):
        winner = Route.objects.get(pk=route.pk).accepted_by
    assert set(results) == {winner.pk, winner.user.name}


def test_the_advocate_leads_the_case_whoever_came_first(cast, referral):
    refuge, advocacy = route_to(referral, cast.front_door_worker, cast.refuge_worker, cast.idva)
    if refuge.to_agency != cast.refuge_worker.agency:
        refuge, advocacy = advocacy, refuge
    act(services.accept_route, refuge, actor=cast.refuge_worker)
    with acting_as(cast.refuge_worker):
        assert Headline.objects.get().worker == cast.refuge_worker
    act(services.accept_route, advocacy, actor=cast.idva)
    with acting_as(cast.idva):
        assert Headline.objects.get().worker == cast.idva


def test_a_second_service_does_not_take_the_lead(cast, referral):
    routes = {
        r.to_agency_id: r for r in route_to(referral, cast.front_door_worker, cast.social_worker, cast.idva)
    }
    act(services.accept_route, routes[cast.idva.agency_id], actor=cast.idva)
    act(services.accept_route, routes[cast.social_worker.agency_id], actor=cast.social_worker)
    with acting_as(cast.idva):
        assert Headline.objects.get().worker == cast.idva


@pytest.mark.parametrize(("name", "state"), [("return_route", "returned"), ("decline_route", "declined")])
def test_sending_back_ends_sight_and_brings_it_back_to_the_queue(cast, referral, routed, name, state):
    act(getattr(services, name), routed, actor=cast.idva, reason="Lives in another area. ")
    with acting_as(cast.idva):
        assert not Referral.objects.exists()
        assert not Route.objects.exists()
        assert not Case.objects.exists()
        assert not Grant.objects.exists()
    for reader in (cast.police_officer, cast.front_door_worker):
        with acting_as(reader):
            told = outcomes(with_routes(Referral.objects.filter(pk=referral.pk)).get())
            assert told[-1].reason == "Lives in another area."
            assert told[-1].state == state
    stored = fresh(referral, cast.front_door_worker)
    assert (stored.state, stored.held_by, stored.decided_at) == (ReferralState.RECEIVED, None, None)
    assert stored.due_at > clock.due_at(stored.received_at, clock=clock.FRONT_DOOR, priority="high")
    with acting_as(cast.front_door_worker):
        assert Event.objects.filter(verb=f"route_{state}", case_id=stored.case_id).count() == 1
        again = triage.route_referral(
            referral.pk, version=stored.version, agencies=[cast.idva.agency], actor=cast.front_door_worker
        )
    assert len(again) == 1


def test_sent_back_by_one_it_stays_routed_to_the_other(cast, referral):
    routes = {
        r.to_agency_id: r for r in route_to(referral, cast.front_door_worker, cast.idva, cast.refuge_worker)
    }
    act(
        services.decline_route,
        routes[cast.refuge_worker.agency_id],
        actor=cast.refuge_worker,
        reason="No unit",
    )
    assert fresh(referral, cast.idva).state == ReferralState.ROUTED


def test_access_held_for_another_reason_outlives_the_route(cast, referral):
    case = open_case_for(referral, cast.front_door_worker)
    share(case, cast.idva.agency, actor=cast.front_door_worker, reason="Supports her already")
    version = fresh(referral, cast.front_door_worker).version
    with acting_as(cast.front_door_worker):
        (route,) = triage.route_referral(
            referral.pk, version=version, agencies=[cast.idva.agency], actor=cast.front_door_worker
        )
    act(services.return_route, route, actor=cast.idva, reason="Known to us, a note is enough")
    with acting_as(cast.idva):
        assert list(Case.objects.all()) == [case]
        assert not Referral.objects.exists()


def test_support_that_is_open_outlives_a_referral_that_is_sent_back(cast, referral, routed):
    case = fresh(referral, cast.idva_manager).case
    begun(case, cast.idva_manager, cast.idva)
    act(services.return_route, routed, actor=cast.idva, reason="We support her already")
    with acting_as(cast.idva):
        assert list(Case.objects.all()) == [case]
        assert Episode.objects.filter(case=case, closed_at=None).exists()


def test_a_reason_is_needed_and_an_accepted_referral_stays(cast, routed):
    with pytest.raises(ValidationError) as refusal:
        act(services.return_route, routed, actor=cast.idva, reason="")
    assert "reason" in refusal.value.error_dict
    act(services.accept_route, routed, actor=cast.idva)
    with pytest.raises(ValidationError, match="is accepted"):
        act(services.decline_route, routed, actor=cast.idva, reason="Changed our mind")


def test_sending_back_what_a_colleague_has_just_accepted_is_stale(cast, routed):
    act(services.accept_route, routed, actor=cast.idva, version=1)
    with pytest.raises(StaleVersion):
        act(services.return_route, routed, actor=cast.idva_manager, version=1, reason="Not for us")


def test_other_roles_and_other_services_may_not(cast, routed):
    for membership in (cast.police_officer, cast.front_door_worker, cast.housing_representative):
        with pytest.raises(NotAllowed), acting_as(membership):
            services.accept_route(routed.pk, version=1, actor=membership)
    for membership in (cast.refuge_worker, cast.social_worker, cast.outsider):
        with pytest.raises(Route.DoesNotExist), acting_as(membership):
            services.accept_route(routed.pk, version=1, actor=membership)


def test_a_barred_colleague_finds_nothing_at_her_own_service(cast, referral, routed):
    case_id = fresh(referral, cast.front_door_worker).case_id
    with acting_as(cast.idva_manager):
        Exclusion.objects.create(
            case_id=case_id, group=cast.barred_colleague.user.group, reason="Knows the family"
        )
    with acting_as(cast.barred_colleague):
        assert not Route.objects.exists()
        with pytest.raises(Route.DoesNotExist):
            services.accept_route(routed.pk, version=1, actor=cast.barred_colleague)
