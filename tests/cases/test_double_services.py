"""Two records of one person in one case: shown once after a merge, and as they were after it is undone."""

import threading
import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from dacase.cases.models import ChildFacts, Merge, Party, PartyNeeds, Person, Relationship, SafeContactPlan
from dacase.cases.rules.merge import columns as listed
from dacase.cases.selectors.facts import facts_of
from dacase.cases.selectors.location import read_locations
from dacase.cases.selectors.people import parties_of, party_in
from dacase.cases.services import facts
from dacase.cases.services.case import PersonDetails, add_location, add_party
from dacase.cases.services.double import rows
from dacase.cases.services.merge import merge_people
from dacase.cases.services.person import save_safe_contact_plan
from dacase.cases.services.relationship import relate
from dacase.cases.services.safe_contact import ContactRefusedError, check_contact_is_allowed
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from referrals.casework.models import Incident
from tests.cases.merges import merge, snapshot, undo
from tests.casework.consents import said
from tests.casework.episodes import NO, TEXTS, tried
from tests.casework.incidents import recorded
from tests.factories import make_case, share
from tests.refuge.factories import make_service, make_unit, place

NEEDS = {
    "language": "not_asked",
    "interpreter": "not_asked",
    "interpreter_note": "",
    "communication": "",
    "pregnant": "not_asked",
    "due_on": None,
    "pets": "not_asked",
    "pets_note": "",
    "caring": "not_asked",
    "caring_note": "",
}
CHILD = {
    "safeguarding": "not_asked",
    "safeguarding_since": None,
    "safeguarding_review_on": None,
    "education": "not_asked",
    "lives_with_victim": "not_asked",
    "contact_note": "",
}


def of_role(case, role, actor, nth=0):
    with acting_as(actor):
        parties = Party.objects.select_related("person", "case").filter(case=case, role=role)
        return parties.order_by("created_at")[nth]


def twice(case, role, actor, given="Cleoh"):
    """(the one of the case, a second record of the same one)."""
    with acting_as(actor):
        add_party(case, person=PersonDetails("Testcase", given), role=role, relationship="Again", actor=actor)
    return of_role(case, role, actor), of_role(case, role, actor, 1)


def plan(party, actor, *, days_old=0, **ways):
    with acting_as(actor):
        save_safe_contact_plan(party, version=0, actor=actor, **NO | TEXTS | ways)
        checked = timezone.now() - timedelta(days=days_old)
        SafeContactPlan.objects.filter(party=party).update(updated_at=checked)


def needs(party, actor, version=0, **answers):
    with acting_as(actor):
        facts.save_needs(party, version=version, actor=actor, **NEEDS | answers)


def child(party, actor, version=0, **answers):
    with acting_as(actor):
        facts.save_child_facts(party, version=version, actor=actor, **CHILD | answers)


def immigration(party, actor, **answers):
    with acting_as(actor):
        facts.save_immigration(party, version=0, actor=actor, **answers)


@pytest.mark.django_db
class TestInOneCase:
    @pytest.fixture
    def worker(self, cast):
        return cast.front_door_worker

    @pytest.fixture
    def case(self, worker):
        return make_case(worker)

    def test_the_case_shows_a_child_once(self, worker, case):
        kept, other = twice(case, "child", worker)
        merge(kept, other, worker)
        with acting_as(worker):
            assert [party.pk for party in parties_of(case) if party.role == "child"] == [kept.pk]
            assert party_in(case, other.pk).pk == kept.pk  # an old link leads to the one that stays
            double = Party.with_doubles.get(pk=other.pk)
            assert (double.double_of_id, double.person_id) == (kept.pk, kept.person_id)
            assert add_party(case, person=kept.person, role="child", actor=worker) == kept

    def test_what_everybody_shares_moves_and_what_says_nothing_gives_way(self, worker, case):
        kept, other = twice(case, "child", worker)
        victim = of_role(case, "victim", worker)
        plan(other, worker, safe_to_text=True)
        needs(kept, worker, language="other")
        needs(other, worker, language="other", interpreter="yes", interpreter_note="Invented dialect")
        child(other, worker, safeguarding="child_in_need")
        with acting_as(worker):
            add_location(other, kind="school", value="Invented School", actor=worker)
            relate(other, kind="child", other=victim.pk, actor=worker)
        merge(kept, other, worker)
        with acting_as(worker):
            known = {name: list(found) for name, found in facts_of(case, worker).items()}
            (kept_needs,), (kept_child,) = known["needs"], known["child_facts"]
            assert (kept_needs.party_id, kept_needs.interpreter_note) == (kept.pk, "Invented dialect")
            assert (kept_child.party_id, kept_child.safeguarding) == (kept.pk, "child_in_need")
            assert [(tie.party_id, tie.other_id) for tie in known["relationships"]] == [(kept.pk, victim.pk)]
            assert [place.party_id for place in read_locations(case, purpose="safety", actor=worker)] == [
                kept.pk
            ]
            assert check_contact_is_allowed(kept, method="text").safe_to_text

    def test_an_incident_is_the_one_perpetrators_who_stays(self, worker, case):
        kept, other = twice(case, "perpetrator", worker, given="Persy")
        incident = recorded(case, worker, perpetrator=other)
        merge(kept, other, worker)
        with acting_as(worker):
            assert Incident.objects.get(pk=incident.pk).perpetrator == kept

    def test_a_relationship_that_both_have_shows_once_and_one_between_them_not_at_all(self, worker, case):
        kept, other = twice(case, "child", worker)
        victim = of_role(case, "victim", worker)
        with acting_as(worker):
            relate(kept, kind="child", other=victim.pk, actor=worker)
            relate(victim, kind="parent", other=other.pk, actor=worker)  # the same, said from the other side
            relate(kept, kind="sibling", other=other.pk, actor=worker)
        made = merge(kept, other, worker)
        with acting_as(worker):
            assert facts_of(case, worker)["relationships"].count() == 1
            assert Relationship.objects.count() == 3
        undo(made, worker)
        with acting_as(worker):
            assert facts_of(case, worker)["relationships"].count() == 3

    def test_victim_and_perpetrator_of_one_case_are_never_one(self, worker, case):
        pair = of_role(case, "victim", worker), of_role(case, "perpetrator", worker)
        for kept, other in (pair, pair[::-1]):
            with pytest.raises(ValidationError, match="cannot be one person"):
                merge(kept, other, worker)
        with acting_as(worker):
            assert not Merge.objects.exists()

    def test_a_child_who_is_a_perpetrator_too_keeps_both_roles(self, worker, case):
        kept, other = of_role(case, "child", worker), of_role(case, "perpetrator", worker)
        made = merge(kept, other, worker)
        with acting_as(worker):
            found = [(party.role, party.person_id) for party in parties_of(case)]
        assert found[1:] == [("perpetrator", kept.person_id), ("child", kept.person_id)]
        undo(made, worker)
        with acting_as(worker):
            assert Party.objects.get(pk=other.pk).person_id == other.person_id

    @pytest.mark.parametrize("role", ["victim", "child", "another case"])
    def test_the_database_hides_nobody_behind_somebody_else(self, worker, case, role):
        party = of_role(case, "child", worker)
        strange = (
            of_role(make_case(worker), "child", worker)
            if role == "another case"
            else of_role(case, role, worker)
        )
        with (
            acting_as(worker),
            pytest.raises(IntegrityError, match="same case in the same role"),
            transaction.atomic(),
        ):
            Party.objects.filter(pk=party.pk).update(double_of=strange)

    def test_two_plans_that_do_not_say_the_same_are_never_chosen_from(self, worker, case):
        kept, other = twice(case, "child", worker)
        plan(kept, worker, safe_to_call=True)
        plan(other, worker, safe_to_call=True, who_else_sees="Invented cousin")
        with pytest.raises(ValidationError, match="make both plans say it"):
            merge(kept, other, worker)
        with acting_as(worker):
            assert SafeContactPlan.objects.count() == 2
            assert Party.objects.filter(role="child").count() == 2

    @pytest.mark.parametrize(("own", "others", "stands"), [(90, 0, True), (0, 90, True), (90, 80, False)])
    def test_of_two_plans_that_say_the_same_the_last_check_counts(self, worker, case, own, others, stands):
        kept, other = twice(case, "child", worker)
        plan(kept, worker, safe_to_call=True, days_old=own)
        plan(other, worker, safe_to_call=True, days_old=others)
        made = merge(kept, other, worker)
        with acting_as(worker):
            if stands:
                assert check_contact_is_allowed(kept, method="phone")
            else:
                with pytest.raises(ContactRefusedError):
                    check_contact_is_allowed(kept, method="phone")
        undo(made, worker)
        for party, days in ((kept, own), (other, others)):
            with acting_as(worker):
                age = timezone.now() - SafeContactPlan.objects.get(party=party).updated_at
                assert age.days == days

    def test_answers_that_contradict_are_named_and_nothing_is_merged(self, worker, case):
        kept, other = twice(case, "child", worker)
        child(kept, worker, safeguarding="child_protection", education="not_known")
        child(other, worker, safeguarding="child_in_need", education="school")
        with pytest.raises(ValidationError, match=r"About the child: safeguarding\. Find out"):
            merge(kept, other, worker)
        child(other, worker, version=1, safeguarding="child_protection", education="school")
        merge(kept, other, worker)
        with acting_as(worker):
            assert ChildFacts.objects.get(party=kept).education == "school"

    def test_what_a_role_may_not_read_is_not_told_by_the_refusal(self, cast, worker, case):
        kept, other = twice(case, "child", worker)
        share(case, cast.idva_manager.agency, actor=worker)
        for party, status in ((kept, "partner_visa"), (other, "british")):
            immigration(party, cast.idva_manager, status=status)
        with pytest.raises(ValidationError, match="cannot be merged from here"):
            merge(kept, other, worker)
        with pytest.raises(ValidationError, match="Immigration: status"):
            merge(kept, other, cast.idva_manager)

    def test_a_form_opened_on_the_double_finds_the_one_that_stays_and_never_overwrites_it(self, worker, case):
        kept, other = twice(case, "child", worker)
        needs(kept, worker, pets="yes")
        needs(other, worker, caring="no")
        merge(kept, other, worker)
        with pytest.raises(StaleVersion):
            needs(other, worker, version=1, pets="no")
        needs(other, worker, version=2, pets="no")
        with acting_as(worker):
            assert PartyNeeds.objects.get(party=kept).pets == "no"

    def test_another_agencys_support_stays_where_it_is_and_still_finds_plan_and_number(
        self, cast, worker, case
    ):
        kept, other = twice(case, "child", worker)
        share(case, cast.idva.agency, actor=worker)
        episode = support(other, cast)
        attempt = tried(
            episode, cast.idva, direction="incoming", outcome="spoke", with_whom="person", next_try_at=None
        )
        plan(other, worker, safe_to_call=True)
        with acting_as(worker):
            add_location(other, kind="phone", value="07700 900123", actor=worker)
        merge(kept, other, worker)
        from referrals.casework.models import ContactAttempt, Episode
        from referrals.casework.services.contact import numbers_to_use
        from referrals.casework.services.episode import begin_episode

        with acting_as(cast.idva_manager):
            found = Episode.objects.select_related("party__person").get(pk=episode.pk)
            assert (found.party_id, found.party.person_id) == (other.pk, kept.person_id)
            assert ContactAttempt.objects.get(pk=attempt.pk).party_id == other.pk
            numbers = numbers_to_use(found, method="phone", actor=cast.idva_manager)
            assert [place.value for place in numbers] == ["07700 900123"]
            with pytest.raises(ValidationError, match="gives this support already"):
                begin_episode(
                    kept,
                    kind="childrens_worker",
                    worker=None,
                    submission=uuid.uuid4(),
                    actor=cast.idva_manager,
                )

    def test_what_was_consented_to_on_either_record_can_be_withdrawn(self, worker, case):
        from referrals.casework.models import ConsentRecord
        from referrals.casework.services.consent import record_consent, withdraw_consent

        kept, other = twice(case, "child", worker)

        def record(party):
            with acting_as(worker):
                return record_consent(
                    party.pk, purpose="gp", said=said(), submission=uuid.uuid4(), actor=worker
                )

        given = record(other)
        merge(kept, other, worker)
        for party in (kept, other):
            with pytest.raises(ValidationError, match="recorded for this already"):
                record(party)
        with acting_as(worker):
            withdraw_consent(given.pk, said=said(), version=1, submission=uuid.uuid4(), actor=worker)
            assert set(ConsentRecord.objects.values_list("party", "answer")) == {
                (other.pk, "given"), (other.pk, "withdrawn"),
            }  # fmt: skip

    def test_a_refuge_still_sees_who_was_placed_each_once(self, cast, worker, case):
        from refuge.selectors.placement import members_of, possible_household

        refuge = cast.refuge_worker
        kept, other = twice(case, "child", worker)
        share(case, refuge.agency, actor=worker)
        unit = make_unit(make_service(refuge), refuge, sleeps=3)
        placement = place(case, unit, refuge)
        merge(kept, other, worker)
        with acting_as(refuge):
            assert {party.person_id for party in members_of(placement, refuge)} == {
                party.person_id for party in parties_of(case) if party.role != "perpetrator"
            }
            assert len(members_of(placement, refuge)) == len(possible_household(case)) == 2


def support(party, cast):
    """An episode of the children's worker for a party."""
    from referrals.casework.services.episode import begin_episode

    with acting_as(cast.idva_manager):
        return begin_episode(
            party, kind="childrens_worker", worker=cast.idva, submission=uuid.uuid4(), actor=cast.idva_manager
        )


class TestUndo:
    """Committed, because the rows are compared as the owner reads them."""

    @pytest.fixture
    def world(self, committed):
        """A case in which a child and a perpetrator stand twice, with something in every table."""
        from tests.cast import Cast

        cast = Cast()
        worker = cast.front_door_worker
        case = make_case(worker)
        share(case, cast.idva.agency, actor=worker)
        share(case, cast.refuge_worker.agency, actor=worker)
        children = twice(case, "child", worker)
        perpetrators = twice(case, "perpetrator", worker, given="Persy")
        self.fill(cast, case, children, perpetrators)
        return cast, case, children, perpetrators

    def fill(self, cast, case, children, perpetrators):
        worker, refuge = cast.front_door_worker, cast.refuge_worker
        victim, (kept, other) = of_role(case, "victim", worker), children
        plan(kept, worker, safe_to_call=True, days_old=9)
        plan(other, worker, safe_to_call=True)
        for party, answers in (
            (kept, {"pets": "yes"}),
            (other, {"pets": "yes", "pets_note": "Invented cat"}),
        ):
            needs(party, worker, **answers)
            immigration(party, cast.idva_manager, status="british")
        child(other, worker, safeguarding="child_protection", safeguarding_since=date(2026, 1, 2))
        with acting_as(worker):
            for party in (kept, other):
                add_location(party, kind="school", value="Invented School", actor=worker)
                relate(party, kind="child", other=victim.pk, actor=worker)
            relate(other, kind="child", other=perpetrators[1].pk, actor=worker)
            relate(kept, kind="sibling", other=other.pk, actor=worker)
        for party in perpetrators:
            recorded(case, cast.idva, perpetrator=party)
        for party in children:
            support(party, cast)
        place(case, make_unit(make_service(refuge), refuge, sleeps=3), refuge)

    def test_every_row_is_as_it_was(self, world):
        cast, _, children, perpetrators = world
        worker = cast.front_door_worker
        for column in listed("party", "moves") + listed("party", "joins"):
            if column.name != "cases.Party.double_of":
                with acting_as(worker):
                    assert any(rows(column, party).exists() for party in (children[1], perpetrators[1])), (
                        column
                    )
        before = snapshot()
        first = merge(*children, worker)
        second = merge(*perpetrators, worker)
        assert snapshot() != before
        for made in (first, second):  # each is undone by itself, in any order
            result = undo(made, worker)
            assert (result.fields_kept, result.rows_kept) == ([], 0)
        assert snapshot() == before

    def test_a_chain_in_one_case_comes_apart_newest_first(self, world):
        cast, case, (kept, other), _ = world
        worker = cast.front_door_worker
        with acting_as(worker):
            third = add_party(case, person=PersonDetails("Testcase", "Clio"), role="child", actor=worker)
        before = snapshot()
        first = merge(kept, other, worker)
        second = merge(third, kept, worker)
        with acting_as(worker):
            assert set(Party.with_doubles.filter(role="child").values_list("double_of", flat=True)) == {
                None,
                third.pk,
            }
        with pytest.raises(Merge.DoesNotExist):
            undo(first, worker)
        undo(second, worker)
        with acting_as(worker):
            assert Party.with_doubles.get(pk=other.pk).double_of_id == kept.pk
        undo(first, worker)
        assert snapshot() == before

    def test_what_came_later_stays_with_the_one_that_stayed(self, world):
        cast, _, (kept, other), _ = world
        worker = cast.front_door_worker
        made = merge(kept, other, worker)
        with acting_as(worker):
            row = PartyNeeds.objects.get(party=kept)
            answers = {name: getattr(row, name) for name in NEEDS} | {"pets_note": "Invented dog"}
            facts.save_needs(kept, version=row.version, actor=worker, **answers)
            add_location(kept, kind="phone", value="07700 900123", actor=worker)
            checked = SafeContactPlan.objects.get(party=kept)
            save_safe_contact_plan(kept, version=checked.version, actor=worker, **NO | TEXTS)
        result = undo(made, worker)
        assert result.fields_kept == ["Language, health and needs: pets note"]
        assert result.rows_kept == 1
        with acting_as(worker):
            assert PartyNeeds.objects.get(party=kept).pets_note == "Invented dog"
            assert PartyNeeds.objects.get(party=other).pets_note == "Invented cat"
            assert not SafeContactPlan.objects.get(party=kept).safe_to_call
            assert SafeContactPlan.objects.get(party=other).safe_to_call

    def test_whoever_saves_at_the_same_moment_waits_and_then_sees_both(self, world):
        """Needs of the double, saved while the merge runs: neither lost nor written over what was joined."""
        cast, _, (kept, other), _ = world
        worker = cast.front_door_worker
        answers = []

        def save():
            try:
                needs(other, worker, version=1, pets="no")
                answers.append("saved")
            except StaleVersion:
                answers.append("stale")
            finally:
                connections.close_all()

        with acting_as(worker):
            versions = tuple(Person.objects.get(pk=party.person_id).version for party in (kept, other))
            merge_people(
                kept.person_id,
                other.person_id,
                chosen={},
                reason="recorded_twice",
                versions=versions,
                actor=worker,
            )
            thread = threading.Thread(target=save)
            thread.start()
            thread.join(1.5)
            assert answers == []
        thread.join(20)
        assert answers == ["stale"]
