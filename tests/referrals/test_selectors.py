from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Exclusion, Party
from dacase.cases.services.case import PersonDetails, add_location, open_case
from dacase.walls.context import acting_as
from referrals.casework.models import RiskAssessment
from referrals.models import Referral, ReferralContact, ReferralPerson, Route
from referrals.selectors.match import matches_for, whom_to_ask
from referrals.selectors.referral import (
    followed_referrals,
    may_see_contact,
    outcomes,
    sent_referrals,
    with_routes,
)
from referrals.selectors.route import inbox, referral_of, referrals_of_case, routes_to
from referrals.selectors.triage import parties_of, services_to_route_to, taken_in, triage_queue
from referrals.services import route as route_services
from referrals.services import triage
from referrals.services.referral import NamedPerson
from tests.casework.builders import assessed
from tests.referrals.builders import PEOPLE, accepted, open_case_for, route_to, send


@pytest.fixture
def three(cast):
    """One waiting, one routed to the IDVA service, one accepted by the refuge; from two senders."""
    waiting = send(cast.police_officer)
    routed = send(cast.hospital_umber, priority="standard")
    route_to(routed, cast.front_door_worker, cast.idva)
    taken = send(cast.police_alder)
    accepted(taken, cast.front_door_worker, cast.refuge_worker)
    return waiting, routed, taken


def test_whole_sets_of_referrals_seen_and_hidden(cast, three):
    waiting, routed, taken = three
    seen = {
        cast.police_officer: {waiting, taken},
        cast.hospital_umber: {routed},
        cast.front_door_worker: {waiting, routed, taken},
        cast.idva: {routed},
        cast.refuge_worker: {taken},
        cast.social_worker: set(),
        cast.outsider: set(),
        cast.marac_coordinator: set(),
        cast.commissioner: set(),
        cast.auditor: {routed},  # works for the IDVA service; her role opens no referral page
    }
    for membership, expected in seen.items():
        with acting_as(membership):
            assert set(Referral.objects.all()) == expected, membership
            assert set(Referral.objects.visible_to(membership)) == expected
            assert {one.referral for one in ReferralContact.objects.all()} == expected
            assert {one.referral for one in ReferralPerson.objects.all()} == expected
            assert {one.referral for one in Route.objects.visible_to(membership)} == expected & {
                routed,
                taken,
            }


def test_what_each_follows_sends_and_takes_in(cast, three):
    waiting, routed, taken = three
    with acting_as(cast.police_officer):
        assert set(followed_referrals(cast.police_officer)) == {waiting, taken}
        assert set(sent_referrals(cast.police_officer)) == {waiting, taken}
        assert set(sent_referrals(cast.police_officer, mine=True)) == {waiting}
        assert set(sent_referrals(cast.police_officer, state="routed")) == {taken}
        tomorrow = timezone.localdate() + timedelta(days=1)
        assert set(sent_referrals(cast.police_officer, sent_from=tomorrow)) == set()
        assert set(sent_referrals(cast.police_officer, sent_from=timezone.localdate())) == {waiting, taken}
        assert set(triage_queue(cast.police_officer)) == set()
    with acting_as(cast.idva):
        assert set(followed_referrals(cast.idva)) == set()
        assert set(sent_referrals(cast.idva)) == set()
    with acting_as(cast.front_door_worker):
        assert set(taken_in(cast.front_door_worker)) == {waiting, routed, taken}
        assert set(triage_queue(cast.front_door_worker)) == {waiting}


def test_filters_of_the_queue(cast):
    high, standard = send(cast.police_officer), send(cast.police_officer, priority="standard")
    worker = cast.front_door_worker
    with acting_as(worker):
        triage.take_referral(high.pk, version=1, actor=worker)
        assert set(triage_queue(worker)) == {high, standard}
        assert set(triage_queue(worker, priority="standard")) == {standard}
        assert set(triage_queue(worker, state="in_triage")) == {high}
        assert set(triage_queue(worker, held="me")) == {high}
        assert set(triage_queue(worker, held="nobody")) == {standard}
        assert set(triage_queue(worker, late=True)) == set()
        Referral.objects.filter(pk=standard.pk).update(due_at=timezone.now() - timedelta(hours=1))
        assert set(triage_queue(worker, late=["yes"])) == {standard}
    with acting_as(cast.mash_fennel):
        assert set(triage_queue(cast.mash_fennel, held="me")) == set()


def test_filters_of_the_inbox(cast):
    idva, worker = cast.idva, cast.front_door_worker
    (one,) = route_to(send(cast.police_officer), worker, idva)
    (other,) = route_to(send(cast.police_officer, priority="standard"), worker, idva)
    with acting_as(idva):
        assert set(inbox(idva)) == {one, other}
        assert set(inbox(idva, priority="standard")) == {other}
        assert set(inbox(idva, late=True)) == set()
        Route.objects.filter(pk=other.pk).update(due_at=timezone.now() - timedelta(hours=1))
        assert set(inbox(idva, late=True)) == {other}
        route_services.accept_route(one.pk, version=1, actor=idva)
        assert set(inbox(idva)) == {other}
        assert set(inbox(idva, state="mine")) == set(inbox(idva, state="accepted")) == {one}
        assert referral_of(one, idva).reference
        assert set(routes_to(idva)) == {one, other}
    with acting_as(cast.idva_manager):
        assert set(inbox(cast.idva_manager, state="mine")) == set()
        assert set(inbox(cast.idva_manager, state="accepted")) == {one}
    with acting_as(cast.refuge_worker):
        assert set(inbox(cast.refuge_worker)) == set(routes_to(cast.refuge_worker)) == set()


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_number_of_queries_for_one_and_three_rows(cast, rows, django_assert_num_queries):
    officer, worker, idva = cast.police_officer, cast.front_door_worker, cast.idva
    for _ in range(rows):
        route_to(send(officer), worker, idva)
    with acting_as(officer), django_assert_num_queries(2):
        assert len([outcomes(one) for one in sent_referrals(officer)]) == rows
    with acting_as(idva), django_assert_num_queries(1):
        assert (
            len([(one.referral.contact.has_safe_way, one.referral.sender_agency.name) for one in inbox(idva)])
            == rows
        )


def test_contact_details_are_for_who_wrote_them_and_who_works_with_them(cast):
    referral = send(cast.police_officer)
    assert may_see_contact(cast.police_officer, referral)
    assert may_see_contact(cast.front_door_worker, referral)
    assert not may_see_contact(cast.police_alder, referral)


def test_feedback_in_every_state(cast):
    referral, worker = send(cast.police_officer), cast.front_door_worker

    def told():
        with acting_as(cast.police_officer):
            return [
                (one.state, one.text)
                for one in outcomes(with_routes(Referral.objects.filter(pk=referral.pk)).get())
            ]

    assert told() == []
    (route,) = route_to(referral, worker, cast.idva)
    front, service = worker.agency.name, cast.idva.agency.name
    assert told() == [
        ("routed", f"{front}: routed to a service"),
        ("routed", f"{service}: waiting to be opened"),
    ]
    with acting_as(cast.idva):
        route_services.open_route(route.pk, actor=cast.idva)
    assert told()[-1] == ("opened", f"{service}: opened, waiting for somebody to accept it")


def test_services_that_a_referral_may_go_to(cast):
    referral = send(cast.police_officer)
    with acting_as(cast.front_door_worker):
        open_to = set(services_to_route_to(referral).values_list("name", flat=True))
        assert {
            cast.idva.agency.name,
            cast.refuge_worker.agency.name,
            cast.social_worker.agency.name,
        } <= open_to
        assert (
            not {
                cast.police_officer.agency.name,
                cast.front_door_worker.agency.name,
                cast.commissioner.agency.name,
            }
            & open_to
        )
        # Nobody at the sanctuary scheme could accept it: it would wait there for nobody.
        assert cast.housing_representative.agency not in services_to_route_to(referral)
        Membership.objects.filter(agency=cast.refuge_worker.agency).update(ended_at=timezone.now())
        assert cast.refuge_worker.agency not in services_to_route_to(referral)
    route_to(referral, cast.front_door_worker, cast.idva)
    with acting_as(cast.front_door_worker):
        stored = Referral.objects.get(pk=referral.pk)
        assert cast.idva.agency not in services_to_route_to(stored)
        Exclusion.objects.create(case=stored.case, group=cast.social_worker.agency.group, reason="Conflict")
        assert cast.social_worker.agency not in services_to_route_to(stored)


def test_referrals_of_a_case_for_each_reader(cast):
    referral = send(cast.police_officer)
    case = accepted(referral, cast.front_door_worker, cast.idva)
    for reader, expected in (
        (cast.idva, [referral]),
        (cast.front_door_worker, [referral]),
        (cast.outsider, []),
    ):
        with acting_as(reader):
            assert list(referrals_of_case(case, reader)) == expected
    with acting_as(cast.idva):
        assert [party.role for party in parties_of(case)] == ["victim", "perpetrator", "child", "child"]


def named(*people):
    return [
        ReferralPerson(role=PartyRole.VICTIM, family_name=family, given_name=given, date_of_birth=born)
        for family, given, born in people
    ]


def known(actor, family, given="", born=None, aka=""):
    with acting_as(actor):
        details = PersonDetails(family_name=family, given_name=given, date_of_birth=born, also_known_as=aka)
        return open_case(victim=details, actor=actor)


def found(actor, one):
    with acting_as(actor):
        return [
            (m.person.name, m.likeness.points, m.likeness.reasons) for m in matches_for(actor, [one])[one.pk]
        ]


def test_matches_are_ranked_with_their_reasons(cast):
    worker = cast.front_door_worker
    known(worker, "Placeholder", "Verity", date(1990, 3, 4))
    known(worker, "Placeholdre", "Verity", date(1990, 4, 3))
    known(worker, "Newname", "Verity", date(1990, 3, 4), "Placeholder")
    known(worker, "Placeholder", "Nobody")
    known(worker, "Elsewhere", "Else", date(1971, 1, 1))
    (one,) = named(("Placeholder", "Verity", date(1990, 3, 4)))
    assert found(worker, one) == [
        ("Verity Placeholder", 100, ["Same family name", "Same given name", "Same date of birth"]),
        (
            "Verity Newname",
            95,
            ["Family name is another name of this person", "Same given name", "Same date of birth"],
        ),
        (
            "Verity Placeholdre",
            75,
            ["Similar family name", "Same given name", "Same date of birth with day and month exchanged"],
        ),
    ]


def test_no_match_from_a_file_that_the_reader_may_not_open(cast):
    known(cast.outsider, "Placeholder", "Verity", date(1990, 3, 4))
    barred = known(cast.idva, "Placeholder", "Verity", date(1990, 3, 4))
    with acting_as(cast.idva_manager):
        Exclusion.objects.create(
            case=barred, group=cast.barred_colleague.user.group, reason="Knows the family"
        )
    (one,) = named(("Placeholder", "Verity", date(1990, 3, 4)))
    assert found(cast.front_door_worker, one) == []
    assert found(cast.barred_colleague, one) == []
    assert len(found(cast.idva, one)) == 1


def test_places_and_other_names_of_a_referral_count_and_whom_to_ask_is_told(cast):
    worker = cast.front_door_worker
    known(worker, "Maidenname", "Vera")
    known(cast.outsider, "Testcase", "Vera", date(1990, 3, 4))
    people = [NamedPerson(PartyRole.VICTIM, "Testcase", "Vera", date(1990, 3, 4), also_known_as="Maidenname")]
    referral = send(cast.police_officer, people=people)
    with acting_as(worker):
        party = Party.objects.get(person__family_name="Maidenname")
        add_location(party, kind="phone", value="+44 7700 900123", actor=worker)
        named, contact = list(ReferralPerson.objects.filter(referral=referral)), referral.contact
        (match,) = matches_for(worker, named, contact)[named[0].pk]
        assert match.likeness.reasons == [
            "Family name is another name of this person", "Same given name", "Same phone number",
        ]  # fmt: skip
        assert [agency.name for agency in whom_to_ask(worker, named, about=referral.pk)[named[0].pk]] == [
            "Eastvale Advocacy"
        ]


def test_matching_everybody_takes_two_queries_and_says_where_they_are(cast, django_assert_num_queries):
    referral = send(cast.police_officer)
    case = open_case_for(referral, cast.front_door_worker)
    again = send(cast.police_officer, people=[*PEOPLE, NamedPerson(PartyRole.CHILD, "O’Brïen", "")])
    with acting_as(cast.front_door_worker):
        people = list(ReferralPerson.objects.filter(referral=again))
        with django_assert_num_queries(2):
            matches = matches_for(cast.front_door_worker, people)
        best = {one.given_name: matches[one.pk][0] for one in people if matches[one.pk]}
        assert set(best) == {"Vera", "Percy", "Cleo", "Cosmo"}
        assert best["Vera"].person.name == "Vera Testcase"
        assert best["Vera"].cases_as_victim == [case]
        assert best["Percy"].cases_as_victim == []
        Case.objects.filter(pk=case.pk).update(closed_at=timezone.now())
        vera = [one for one in people if one.role == PartyRole.VICTIM]
        assert matches_for(cast.front_door_worker, vera)[vera[0].pk][0].cases_as_victim == []


def test_matching_nobody_asks_nothing(cast, django_assert_num_queries):
    with acting_as(cast.front_door_worker):
        with django_assert_num_queries(0):
            assert matches_for(cast.front_door_worker, []) == {}
        (one,) = named(("Nobodylikethis", "", None))
        with django_assert_num_queries(1):
            assert matches_for(cast.front_door_worker, [one]) == {one.pk: []}
        (mark,) = named(("—", "", None))
        with django_assert_num_queries(0):
            assert matches_for(cast.front_door_worker, [mark]) == {mark.pk: []}


def test_visible_sets_hold_without_the_databases_walls(committed):
    """On the owner's login, which sees every row, `visible_to` alone gives the same sets."""
    from tests.cast import Cast

    cast = Cast()
    waiting, routed = send(cast.police_officer), send(cast.hospital_umber)
    case = accepted(routed, cast.front_door_worker, cast.idva)
    assessment = assessed(case, cast.idva)
    with acting_as(cast.idva_manager):
        Exclusion.objects.create(case=case, group=cast.barred_colleague.user.group, reason="Knows the family")
    seen = {
        cast.police_officer: ({waiting}, set()),
        cast.hospital_umber: ({routed}, set()),
        cast.front_door_worker: ({waiting, routed}, {assessment}),
        cast.idva: ({routed}, {assessment}),
        cast.barred_colleague: (set(), set()),
        cast.social_worker: (set(), set()),
        cast.outsider: (set(), set()),
    }
    for membership, (referrals, assessments) in seen.items():
        assert set(Referral.objects.using("owner").visible_to(membership)) == referrals
        assert set(Route.objects.using("owner").visible_to(membership)) == set(
            Route.objects.using("owner").filter(referral__in=referrals)
        )
        assert set(RiskAssessment.objects.using("owner").visible_to(membership)) == assessments
        with acting_as(membership):
            assert set(Referral.objects.all()) == referrals
    assert Party.objects.using("owner").count() == 4


def test_what_waits_at_a_service_is_found_without_reading_all_that_ever_came(cast, three):
    """A service has some hundred waiting among a hundred thousand; the planner is only asked whether it can."""
    with acting_as(cast.idva), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        text = inbox(cast.idva).order_by("due_at", "id")[:30].explain()
    assert "route_waiting" in text
