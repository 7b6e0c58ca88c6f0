import pytest
from django.core.exceptions import ValidationError

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.choices import LocationKind, PartyRole, Purpose
from dacase.cases.models import Case, Exclusion, Grant, Location, Party, Person, SafeContactPlan
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.choices import ReferralState, RouteState
from referrals.models import Referral, ReferralPerson, Route
from referrals.rules import clock
from referrals.services import triage
from referrals.services.referral import ContactAnswers, NamedPerson
from tests.referrals.builders import CONTACT, PEOPLE, fresh, open_case_for, route_to, send


@pytest.fixture
def referral(cast):
    return send(cast.police_officer)


@pytest.fixture
def worker(cast):
    return cast.front_door_worker


@pytest.fixture
def colleague(cast):
    return cast.mash_fennel


def act(function, referral, *, actor, version=None, **values):
    with acting_as(actor):
        version = Referral.objects.get(pk=referral.pk).version if version is None else version
        return function(referral.pk, version=version, actor=actor, **values)


def test_take_and_give_back(referral, worker):
    taken = act(triage.take_referral, referral, actor=worker)
    assert (taken.held_by, taken.state, taken.version) == (worker, ReferralState.IN_TRIAGE, 2)
    assert act(triage.take_referral, referral, actor=worker).version == 2
    given_back = act(triage.release_referral, referral, actor=worker)
    assert (given_back.held_by, given_back.state) == (None, ReferralState.RECEIVED)
    assert act(triage.release_referral, referral, actor=worker).version == 3
    with acting_as(worker):
        assert list(Event.objects.filter(subject_id=referral.pk).order_by("at").values_list("verb", flat=True)) == [
            "referral_taken", "referral_released"
        ]  # fmt: skip


def test_the_second_worker_sees_what_the_first_did(referral, worker, colleague):
    act(triage.take_referral, referral, actor=worker, version=1)
    with pytest.raises(StaleVersion) as stale:
        act(triage.take_referral, referral, actor=colleague, version=1)
    assert (stale.value.saved_by, stale.value.version) == (worker.user.name, 2)
    assert fresh(referral, worker).held_by == worker


def test_knowing_who_holds_it_a_colleague_takes_over(referral, worker, colleague):
    act(triage.take_referral, referral, actor=worker)
    assert act(triage.take_referral, referral, actor=colleague).held_by == colleague
    with pytest.raises(ValidationError, match="Take it over"):
        act(triage.release_referral, referral, actor=worker)


@pytest.mark.parametrize(
    "name", ["open_case_from", "return_referral", "decline_referral", "end_without_action"]
)
def test_nobody_decides_on_what_a_colleague_holds(referral, worker, colleague, name):
    act(triage.take_referral, referral, actor=worker)
    values = {} if name == "open_case_from" else {"code": "other", "reason": "Why"}
    with pytest.raises(ValidationError, match=f"{worker.user.name} holds"):
        act(getattr(triage, name), referral, actor=colleague, **values)


def test_a_new_case_gets_people_places_and_plan(cast, referral, worker):
    case = open_case_for(referral, worker)
    with acting_as(worker):
        parties = (
            Party.objects.filter(case=case)
            .select_related("person")
            .order_by("-role", "person__date_of_birth")
        )
        assert [(p.role, p.person.name, p.person.date_of_birth, p.relationship) for p in parties] == [
            (p.role, f"{p.given_name} {p.family_name}", p.date_of_birth, p.relationship) for p in PEOPLE
        ]
        victim = parties[0]
        assert set(Location.objects.filter(party=victim).values_list("kind", "value")) == {
            (LocationKind.PHONE, CONTACT.phone),
            (LocationKind.EMAIL, CONTACT.email),
            (LocationKind.ADDRESS, CONTACT.address),
        }
        plan = SafeContactPlan.objects.get(party=victim)
        assert (plan.safe_to_call, plan.safe_to_write, plan.code_word) == (True, False, "Kestrel")
        grant = Grant.objects.get(content_object=case)
        assert (grant.group_id, grant.purpose) == (worker.agency.group_id, Purpose.REFERRAL)
    stored = fresh(referral, worker)
    assert (stored.case, stored.state, stored.held_by) == (case, ReferralState.IN_TRIAGE, worker)
    with acting_as(cast.police_officer):
        assert not Case.objects.exists()
        assert not Person.objects.exists()


def test_opening_twice_gives_the_same_case(referral, worker):
    assert open_case_for(referral, worker) == open_case_for(referral, worker)
    with acting_as(worker):
        assert Case.objects.count() == 1
        assert Person.objects.count() == 4


def test_a_plan_without_a_safe_way_says_that_nothing_is_safe(cast, worker):
    case = open_case_for(send(cast.police_officer, contact=ContactAnswers()), worker)
    with acting_as(worker):
        plan = SafeContactPlan.objects.get(case=case)
        assert not any([plan.safe_to_call, plan.safe_to_text, plan.safe_to_leave_message, plan.safe_to_write])
        assert not Location.objects.filter(case=case).exists()


def known_as(referral, case, worker):
    """Referral person -> person of the case with the same given name."""
    with acting_as(worker):
        persons = {
            p.person.given_name: p.person_id for p in Party.objects.filter(case=case).select_related("person")
        }
        return {
            one.pk: persons[one.given_name]
            for one in ReferralPerson.objects.filter(referral=referral)
            if one.given_name in persons
        }


def test_a_known_person_is_taken_into_a_new_case_and_not_doubled(cast, referral, worker):
    first = open_case_for(referral, worker)
    again = send(
        cast.police_officer, people=[PEOPLE[0], NamedPerson(PartyRole.PERPETRATOR, "Otherwise", "Piet")]
    )
    case = open_case_for(again, worker, known=known_as(again, first, worker))
    assert case != first
    with acting_as(worker):
        assert Person.objects.filter(given_name="Vera").count() == 1
        assert Party.objects.filter(person__given_name="Vera").count() == 2


def test_the_same_group_joins_its_case_and_adds_what_is_new(cast, referral, worker):
    case = open_case_for(referral, worker)
    newborn = NamedPerson(PartyRole.CHILD, "Testcase", "Cyd")
    contact = ContactAnswers(phone="07700 900456", safe_to_leave_message=False)
    again = send(cast.police_officer, people=[*PEOPLE[:3], newborn], contact=contact)
    joined = act(triage.join_case, again, actor=worker, case_id=case.pk, known=known_as(again, case, worker))
    assert joined == case
    assert fresh(again, worker).case == case
    assert act(triage.join_case, again, actor=worker, case_id=case.pk) == case
    with acting_as(worker):
        assert Party.objects.filter(case=case).count() == 5
        assert Location.objects.filter(case=case, kind="phone").count() == 2
        # What is known to be safe is not overwritten by a referral that knows less.
        assert SafeContactPlan.objects.get(case=case).safe_to_call


def test_another_perpetrator_is_another_case(cast, referral, worker):
    case = open_case_for(referral, worker)
    again = send(
        cast.police_officer, people=[PEOPLE[0], NamedPerson(PartyRole.PERPETRATOR, "Otherwise", "Piet")]
    )
    with pytest.raises(ValidationError, match="another perpetrator"):
        act(triage.join_case, again, actor=worker, case_id=case.pk, known=known_as(again, case, worker))


def test_another_victim_survivor_is_another_case(cast, referral, worker):
    case = open_case_for(referral, worker)
    again = send(cast.police_officer, people=[NamedPerson(PartyRole.VICTIM, "Different", "Dora"), PEOPLE[1]])
    with pytest.raises(ValidationError, match="another victim-survivor"):
        act(triage.join_case, again, actor=worker, case_id=case.pk, known=known_as(again, case, worker))


def test_a_closed_case_takes_no_referral(cast, referral, worker):
    case = open_case_for(referral, worker)
    with acting_as(worker):
        Case.objects.filter(pk=case.pk).update(closed_at=case.opened_at)
    again = send(cast.police_officer)
    with pytest.raises(ValidationError, match="closed"):
        act(triage.join_case, again, actor=worker, case_id=case.pk, known=known_as(again, case, worker))


def test_a_case_out_of_sight_cannot_be_joined(cast, referral, worker):
    from tests.factories import make_case

    hidden = make_case(cast.idva)
    with pytest.raises(Case.DoesNotExist):
        act(triage.join_case, referral, actor=worker, case_id=hidden.pk)


def test_a_person_out_of_sight_or_taken_twice_is_refused(cast, referral, worker):
    from tests.factories import make_case

    hidden = make_case(cast.idva)
    with acting_as(cast.idva):
        stranger = Party.objects.filter(case=hidden).first().person_id
    with acting_as(worker):
        one, other = ReferralPerson.objects.filter(referral=referral)[:2]
    with pytest.raises(ValidationError, match="not known here"):
        open_case_for(referral, worker, known={one.pk: stranger})
    first = open_case_for(send(cast.police_officer), worker)
    with acting_as(worker):
        vera = Party.objects.get(case=first, role=PartyRole.VICTIM).person_id
    with pytest.raises(ValidationError, match="cannot be the same person"):
        open_case_for(referral, worker, known={one.pk: vera, other.pk: vera})


def test_routing_lets_the_service_into_the_case_and_starts_its_clock(cast, referral, worker):
    (route,) = route_to(referral, worker, cast.idva)
    assert (route.state, route.to_agency) == (RouteState.ROUTED, cast.idva.agency)
    assert route.due_at == clock.due_at(route.routed_at, clock=clock.SERVICE, priority="high")
    stored = fresh(referral, worker)
    assert stored.state == ReferralState.ROUTED
    assert stored.decided_at is not None
    with acting_as(cast.idva):
        assert list(Case.objects.visible_to(cast.idva)) == [stored.case]
        assert list(Referral.objects.visible_to(cast.idva)) == [stored]
        assert Grant.objects.get(group_id=cast.idva.agency.group_id).purpose == Purpose.SUPPORT
    for outside in (cast.outsider, cast.social_worker, cast.police_officer):
        with acting_as(outside):
            assert not Case.objects.exists()


def test_purposes_follow_the_service(cast, referral, worker):
    route_to(referral, worker, cast.idva, cast.social_worker, cast.refuge_worker)
    with acting_as(worker):
        purposes = dict(Grant.objects.values_list("group__agency__name", "purpose"))
    assert purposes == {
        worker.agency.name: "referral",
        cast.idva.agency.name: "support",
        cast.social_worker.agency.name: "safeguarding",
        cast.refuge_worker.agency.name: "accommodation",
    }


def test_routing_twice_is_once_and_a_further_service_may_follow(cast, referral, worker):
    (first,) = route_to(referral, worker, cast.idva)
    assert act(triage.route_referral, referral, actor=worker, agencies=[cast.idva.agency]) == [first]
    (second,) = act(triage.route_referral, referral, actor=worker, agencies=[cast.refuge_worker.agency])
    assert second.to_agency == cast.refuge_worker.agency
    with acting_as(worker):
        assert Route.objects.filter(referral=referral).count() == 2


def test_routing_at_once_shows_the_second_where_the_first_routed(cast, referral, worker, colleague):
    open_case_for(referral, worker)
    version = fresh(referral, worker).version
    act(triage.route_referral, referral, actor=worker, version=version, agencies=[cast.idva.agency])
    with pytest.raises(StaleVersion) as stale:
        act(
            triage.route_referral,
            referral,
            actor=colleague,
            version=version,
            agencies=[cast.refuge_worker.agency],
        )
    assert stale.value.current == {"agencies": [str(cast.idva.agency_id)]}


def test_no_route_without_a_case_a_service_or_to_one_that_may_not_take_it(cast, referral, worker):
    with pytest.raises(ValidationError, match="Open or join a case"):
        act(triage.route_referral, referral, actor=worker, agencies=[cast.idva.agency])
    open_case_for(referral, worker)
    for agencies in (
        [],
        [cast.police_officer.agency],
        [worker.agency],
        [cast.idva.agency, cast.commissioner.agency],
    ):
        with pytest.raises(ValidationError) as refusal:
            act(triage.route_referral, referral, actor=worker, agencies=agencies)
        assert "agencies" in refusal.value.error_dict


def test_no_route_to_an_agency_that_is_barred_from_the_case(cast, referral, worker):
    case = open_case_for(referral, worker)
    with acting_as(worker):
        Exclusion.objects.create(case=case, group=cast.idva.agency.group, reason="Conflict of interest")
    with pytest.raises(ValidationError):
        act(triage.route_referral, referral, actor=worker, agencies=[cast.idva.agency])


def test_a_grant_without_end_is_left_as_it_is(cast, referral, worker):
    from tests.factories import share

    case = open_case_for(referral, worker)
    share(case, cast.social_worker.agency, actor=worker, reason="Strategy meeting")
    act(triage.route_referral, referral, actor=worker, agencies=[cast.social_worker.agency])
    with acting_as(worker):
        assert Grant.objects.get(group=cast.social_worker.agency.group).reason == "Strategy meeting"


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("decline_referral", ReferralState.DECLINED),
        ("end_without_action", ReferralState.NO_FURTHER_ACTION),
    ],
)
def test_a_decision_with_its_reason_ends_the_clock_and_reaches_the_sender(
    cast, referral, worker, name, state
):
    for code, field in (("other", "reason"), ("unheard_of", "code")):
        with pytest.raises(ValidationError) as refusal:
            act(getattr(triage, name), referral, actor=worker, code=code, reason=" ")
        assert field in refusal.value.error_dict
    said = {"code": "other", "reason": "Which address? "}
    act(getattr(triage, name), referral, actor=worker, **said)
    assert act(getattr(triage, name), referral, actor=worker, **said).version == 2
    told = fresh(referral, cast.police_officer)
    assert (told.state, told.decision_code, told.decision_reason) == (state, "other", "Which address?")
    assert told.decided_at is not None
    for again in ("return_referral", "decline_referral", "end_without_action"):
        with pytest.raises(ValidationError, match="was decided"):
            act(getattr(triage, again), referral, actor=worker, code="other", reason="Something else")
    with pytest.raises(ValidationError, match="was decided"):
        act(triage.take_referral, referral, actor=cast.mash_fennel)
    with pytest.raises(ValidationError, match="was decided"):
        act(triage.open_case_from, referral, actor=worker)


def test_a_declined_referral_with_a_case_is_not_routed(cast, referral, worker):
    open_case_for(referral, worker)
    act(triage.decline_referral, referral, actor=worker, code="outside_area")
    with pytest.raises(ValidationError, match="was decided"):
        act(triage.route_referral, referral, actor=worker, agencies=[cast.idva.agency])


def test_only_the_front_door_that_took_it_in_may_act(cast, referral):
    for membership in (cast.police_officer, cast.idva, cast.outsider, cast.social_worker):
        with pytest.raises(NotAllowed), acting_as(membership):
            triage.take_referral(referral.pk, version=1, actor=membership)


def test_a_front_door_elsewhere_finds_nothing(cast, referral):
    from dacase.agencies.models import Agency, Membership

    Agency.objects.filter(pk=cast.outsider.agency_id).update(services=["front_door"])
    Membership.objects.filter(pk=cast.outsider.pk).update(role="front_door")
    elsewhere = Membership.objects.select_related("agency", "user", "team").get(pk=cast.outsider.pk)
    with pytest.raises(Referral.DoesNotExist), acting_as(elsewhere):
        triage.take_referral(referral.pk, version=1, actor=elsewhere)
