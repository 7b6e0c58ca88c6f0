"""Two records become one, and two again exactly as they were."""

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connections, transaction

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Headline, Merge, Party, Person
from dacase.cases.rules.merge import merge_columns, merged_fields
from dacase.cases.services.case import PersonDetails, add_location, add_party, open_case
from dacase.cases.services.double import where
from dacase.cases.services.exclusion import bar_from_case
from dacase.cases.services.merge import merge_people, undo_merge
from dacase.cases.services.person import edit_person
from dacase.ui.stale import StaleVersion
from dacase.walls.context import acting_as
from tests.cases.merges import a_case, columns, merge, snapshot, undo
from tests.factories import make_case, share

BORN, LATER, OTHER = date(1990, 3, 4), date(1991, 1, 1), date(1985, 7, 1)


def at_once(*acts):
    """What came of each, run at the same time: done, or the name of the refusal."""
    answers, start = [], threading.Barrier(len(acts))

    def run(act):
        try:
            start.wait(10)
            act()
            answers.append("done")
        except (StaleVersion, ValidationError) as refusal:
            answers.append(type(refusal).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def test_every_column_that_names_somebody_says_what_becomes_of_it():
    """Fails for a new one until data/merge_columns.csv has it."""
    named = {"person": Person, "party": Party}
    found = {(f"{model._meta.label}.{field.name}", field.related_model) for model, field in columns()}
    assert {(column.name, named[column.names]) for column in merge_columns()} == found
    for column in merge_columns():
        _, field = where(column)
        assert column.at_merge in ("moves", "joins", "stays")
        assert bool(column.called) is (column.at_merge == "joins")
        if column.at_merge == "joins":
            assert field.unique
            assert column.names == "party"
        if column.at_merge == "moves":
            assert not field.unique


class TestRules:
    @pytest.mark.parametrize(
        ("kept", "merged", "chosen", "expected"),
        [
            ({"given_name": ""}, {"given_name": "Vee"}, {}, {"given_name": "Vee", "also_known_as": "Sample"}),
            ({"sex": "not_known"}, {"sex": "female"}, {}, {"sex": "female"}),
            ({"sex": "prefer_not_to_say"}, {"sex": "not_asked"}, {}, {"sex": "prefer_not_to_say"}),
            ({"sex": "not_known"}, {"sex": "not_asked"}, {}, {"sex": "not_known"}),
            ({"nhs_number": "1"}, {"nhs_number": "2"}, {}, {"nhs_number": "1"}),
            ({"nhs_number": "1"}, {"nhs_number": "2"}, {"nhs_number": "merged"}, {"nhs_number": "2"}),
            ({"family_name": "New"}, {}, {}, {"family_name": "New", "also_known_as": "Sample"}),
            ({"also_known_as": "Vee"}, {"also_known_as": "vee; Kit"}, {}, {"also_known_as": "Vee, Kit"}),
            ({}, {}, {}, {"also_known_as": "", "also_born_on": []}),
            (
                {"also_known_as": ", ".join(["Vee" * 20] * 8)},
                {"also_known_as": "Kit, Longest Name"},
                {},
                {"also_known_as": ", ".join([*["Vee" * 20] * 8, "Kit"])},
            ),
            (
                {"date_of_birth": BORN, "also_born_on": [OTHER]},
                {"date_of_birth": LATER, "also_born_on": [BORN, OTHER]},
                {"date_of_birth": "merged"},
                {"date_of_birth": LATER, "also_born_on": [OTHER, BORN]},
            ),
        ],
    )
    def test_what_the_kept_one_says_afterwards(self, kept, merged, chosen, expected):
        one, other = (Person(**{"family_name": "Sample"} | values) for values in (kept, merged))
        found = merged_fields(one, other, chosen)
        assert {name: found[name] for name in expected} == expected


@pytest.mark.django_db
class TestMerge:
    def test_everything_of_the_other_becomes_the_kept_ones(self, cast):
        worker = cast.front_door_worker
        kept = a_case(worker, given="", date_of_birth=BORN)
        other = a_case(worker, "Placeholdre", "Verity", nhs_number="9434765919")
        made = merge(kept, other, worker, chosen={"family_name": "kept"})
        with acting_as(worker):
            person = Person.objects.get(pk=kept.person_id)
            assert (person.name, person.date_of_birth, person.nhs_number) == (
                "Verity Placeholder", BORN, "9434765919",
            )  # fmt: skip
            assert person.also_known_as == "Placeholder, Verity Placeholdre"
            assert person.other_names_key == "PLACEHOLDER VERITY PLACEHOLDRE VERITYPLACEHOLDRE"
            assert set(Party.objects.filter(person=person)) == {kept, other}
            assert Headline.objects.get(case=other.case).victim == person
            assert list(Person.objects.visible_to(worker)) == [person]
            assert (made.kept_id, made.merged_id, made.made_by) == (person.pk, other.person_id, worker)
            events = Event.objects.filter(verb="people_merged")
            assert set(events.values_list("case_id", flat=True)) == {kept.case_id, other.case_id}
            assert all("Placeholder" not in str(event.data) for event in events)

    def test_a_second_click_gives_the_same_merge(self, cast):
        worker = cast.front_door_worker
        kept, other = a_case(worker), a_case(worker)
        assert merge(kept, other, worker) == merge(kept, other, worker, versions=(1, 1))
        with acting_as(worker):
            assert Event.objects.filter(verb="people_merged").count() == 2

    def test_a_change_meanwhile_is_told(self, cast):
        worker = cast.front_door_worker
        kept, other = a_case(worker), a_case(worker)
        with acting_as(worker):
            edit_person(other, details=PersonDetails("Changed"), relationship="", version=1, actor=worker)
        with pytest.raises(StaleVersion) as stale:
            merge(kept, other, worker, versions=(1, 1))
        assert stale.value.saved_by == worker.user.name

    @pytest.mark.parametrize("undone", [False, True])
    def test_a_form_opened_before_the_merge_is_stale_afterwards(self, cast, undone):
        """Of either record, although the one that goes away was saved more often."""
        worker = cast.front_door_worker
        kept, other = a_case(worker), a_case(worker)
        with acting_as(worker):
            edit_person(other, details=PersonDetails("Twice"), relationship="", version=1, actor=worker)
        made = merge(kept, other, worker)
        if undone:
            undo(made, worker)
        for party, version in ((kept, 1), (other, 2)):
            with acting_as(worker), pytest.raises(StaleVersion):
                edit_person(
                    party, details=PersonDetails("Late"), relationship="", version=version, actor=worker
                )

    @pytest.mark.parametrize(
        "key", ["idva", "police_officer", "marac_coordinator", "refuge_worker", "auditor"]
    )
    def test_other_roles_may_not(self, cast, key):
        worker, actor = cast.front_door_worker, getattr(cast, key)
        kept, other = a_case(worker), a_case(worker)
        made = merge(kept, other, worker)
        with pytest.raises(NotAllowed):
            merge_people(
                kept.person_id,
                other.person_id,
                chosen={},
                reason="same_details",
                versions=(1, 1),
                actor=actor,
            )
        with pytest.raises(NotAllowed):
            undo_merge(made.pk, actor=actor)

    def test_a_case_that_is_closed_to_the_actor_forbids_it_as_an_unknown_person_does(self, cast):
        """The other record stands in a second case, which only the advocacy service may open."""
        worker = cast.front_door_worker
        kept, other = a_case(worker), a_case(worker)
        with acting_as(cast.idva):
            elsewhere = make_case(cast.idva)
        share(other.case, cast.idva.agency, actor=worker)
        with acting_as(cast.idva):
            add_party(elsewhere, person=Person.objects.get(pk=other.person_id), role="child", actor=cast.idva)
        answers = []
        for attempt in (other, a_case(cast.outsider)):
            with pytest.raises(ValidationError) as refusal, acting_as(worker):
                merge_people(
                    kept.person_id,
                    attempt.person_id,
                    chosen={},
                    reason="same_details",
                    versions=(1, 1),
                    actor=worker,
                )
            answers.append(refusal.value.messages)
        assert answers[0] == answers[1]
        assert "nothing has changed" in answers[0][0]
        with acting_as(worker):
            assert not Merge.objects.exists()
            assert Party.objects.get(pk=other.pk).person_id == other.person_id

    def test_a_barred_worker_merges_nothing_of_that_case(self, cast):
        worker = cast.front_door_worker
        kept, other = a_case(worker), a_case(worker)
        share(other.case, cast.idva_manager.agency, actor=worker)
        with acting_as(cast.idva_manager):
            bar_from_case(other.case, group=worker.user.group, reason="Invented", actor=cast.idva_manager)
        with acting_as(worker), pytest.raises(ValidationError, match="nothing has changed"):
            merge_people(
                kept.person_id,
                other.person_id,
                chosen={},
                reason="same_details",
                versions=(1, 1),
                actor=worker,
            )

    def test_a_merged_record_gets_no_party(self, cast):
        worker = cast.front_door_worker
        kept, other = a_case(worker), a_case(worker)
        merge(kept, other, worker)
        case = make_case(worker)
        from django.db import IntegrityError

        with (
            acting_as(worker),
            pytest.raises(IntegrityError, match="merged into another"),
            transaction.atomic(),
        ):
            add_party(case, person=Person.objects.get(pk=other.person_id), role="child", actor=worker)

    def test_who_never_saw_the_other_record_does_not_see_it_afterwards(self, cast):
        worker = cast.front_door_worker
        kept, other = a_case(worker), a_case(worker, "Othername")
        share(kept.case, cast.idva.agency, actor=worker)
        merge(kept, other, worker)
        with acting_as(cast.idva):
            assert not Person.objects.filter(pk=other.person_id).exists()
        with acting_as(worker):
            assert Person.objects.filter(pk=other.person_id).exists()


class TestUndo:
    """Committed, because the rows are compared as the owner reads them."""

    @pytest.fixture
    def two(self, committed):
        from tests.cast import Cast

        cast = Cast()
        worker = cast.front_door_worker
        kept = a_case(
            worker, date_of_birth=BORN, also_known_as="Vee", pnc_id="2015/0123456A", also_born_on=[OTHER]
        )
        other = a_case(worker, "Placeholdre", "Veritie", date_of_birth=date(1990, 4, 3), sex="female")
        with acting_as(worker):
            add_location(other, kind="phone", value="07700 900123", actor=worker)
        return cast, kept, other

    def test_every_row_is_as_it_was(self, two):
        cast, kept, other = two
        before = snapshot()
        made = merge(
            kept, other, cast.front_door_worker, chosen={"date_of_birth": "merged", "family_name": "merged"}
        )
        assert snapshot() != before
        result = undo(made, cast.front_door_worker)
        assert snapshot() == before
        assert (result.fields_kept, result.rows_kept) == ([], 0)
        assert undo(made, cast.front_door_worker).merge.undone_at == result.merge.undone_at
        with acting_as(cast.front_door_worker):
            assert Event.objects.filter(verb="people_unmerged").count() == 2

    def test_what_came_later_stays_where_it_is(self, two):
        """A field changed since, a case opened since, and an edit to a row that moved."""
        cast, kept, other = two
        worker = cast.front_door_worker
        made = merge(kept, other, worker, chosen={"date_of_birth": "merged"})
        with acting_as(worker):
            person = Person.objects.get(pk=kept.person_id)
            later = open_case(victim=person, actor=worker)
            Party.objects.filter(pk=other.pk).update(relationship="Edited")
            details = PersonDetails(
                "Placeholder", "Verity", "Vee", date(1991, 1, 1), person.sex, person.nhs_number, person.pnc_id
            )
            edit_person(kept, details=details, relationship="", version=person.version, actor=worker)
        result = undo(made, worker)
        assert set(result.fields_kept) == {"date_of_birth", "also_known_as", "also_born_on"}
        assert result.rows_kept == 2  # the party and what lists show of the case
        with acting_as(worker):
            assert Person.objects.get(pk=kept.person_id).date_of_birth == date(1991, 1, 1)
            assert Person.objects.get(pk=other.person_id).name == "Veritie Placeholdre"
            back = Party.objects.get(pk=other.pk)
            assert (back.person_id, back.relationship, back.merged_from_id) == (
                other.person_id,
                "Edited",
                None,
            )
            assert Party.objects.get(case=later).person_id == kept.person_id

    def test_a_chain_of_merges_comes_apart_newest_first(self, two):
        cast, kept, other = two
        worker = cast.front_door_worker
        third = a_case(worker, "Thirdname")
        before = snapshot()
        first = merge(kept, other, worker)
        second = merge(third, kept, worker)
        with pytest.raises(Merge.DoesNotExist):  # its kept record is out of sight now
            undo(first, worker)
        parallel = merge(third, a_case(worker, "Fourthname"), worker)
        with pytest.raises(ValidationError, match="newer merge"):
            undo(second, worker)
        undo(parallel, worker)
        undo(second, worker)
        undo(first, worker)
        after = snapshot()
        assert {key: after[key] for key in before} == before

    def test_a_case_opened_elsewhere_since_forbids_it(self, two):
        cast, kept, other = two
        worker = cast.front_door_worker
        share(kept.case, cast.idva.agency, actor=worker)
        made = merge(kept, other, worker)
        with acting_as(cast.idva):
            open_case(victim=Person.objects.get(pk=kept.person_id), actor=cast.idva)
        with pytest.raises(ValidationError, match="nothing has changed"):
            undo(made, worker)

    def test_a_stranger_finds_no_merge(self, two):
        cast, kept, other = two
        made = merge(kept, other, cast.front_door_worker)
        with pytest.raises(Merge.DoesNotExist):
            undo(made, cast.social_worker)

    def test_of_two_merges_at_once_one_waits_and_gives_up(self, two):
        cast, kept, other = two
        worker = cast.front_door_worker
        answers = []

        def act(one, another):
            try:
                merge_people_now(one, another)
                answers.append("merged")
            except ValidationError:
                answers.append("refused")
            finally:
                connections.close_all()

        def merge_people_now(one, another):
            with acting_as(worker):
                merge_people(
                    one.person_id,
                    another.person_id,
                    chosen={},
                    reason="same_details",
                    versions=(1, 1),
                    actor=worker,
                )

        threads = [threading.Thread(target=act, args=pair) for pair in ((kept, other), (other, kept))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(answers) == ["merged", "refused"]
        with acting_as(worker):
            assert Merge.objects.count() == 1

    def test_of_two_merges_of_one_record_into_two_others_one_stands(self, two):
        cast, kept, other = two
        worker = cast.front_door_worker
        third = a_case(worker, "Thirdname")
        answers = at_once(
            lambda: merge(kept, other, worker, versions=(1, 1)),
            lambda: merge(third, other, worker, versions=(1, 1)),
        )
        assert sorted(answers) == ["ValidationError", "done"]
        with acting_as(worker):
            assert Merge.objects.standing().count() == 1

    def test_undone_by_two_at_once_it_is_undone_and_told_once(self, two):
        cast, kept, other = two
        worker = cast.front_door_worker
        before = snapshot()
        made = merge(kept, other, worker)
        assert at_once(lambda: undo(made, worker), lambda: undo(made, worker)) == ["done", "done"]
        assert snapshot() == before
        with acting_as(worker):
            assert Event.objects.filter(verb="people_unmerged").count() == 2  # one in each case

    @pytest.mark.parametrize("undoing", [False, True])
    def test_an_edit_and_a_merge_at_once_never_hang_on_each_other(self, two, undoing):
        """The editor holds the party and wants the person, as edit_person does; the merge wants both."""
        cast, kept, other = two
        worker = cast.front_door_worker
        made = merge(kept, other, worker) if undoing else None
        answers = []

        def act():
            try:
                undo(made, worker) if made else merge(kept, other, worker)
                answers.append("done")
            except (StaleVersion, ValidationError) as refusal:
                answers.append(type(refusal).__name__)
            finally:
                connections.close_all()

        with acting_as(worker):
            Party.objects.lock(kept.pk)
            thread = threading.Thread(target=act)
            thread.start()
            thread.join(1.5)
            version = Person.objects.get(pk=kept.person_id).version
            edit_person(kept, details=PersonDetails("Edited"), relationship="", version=version, actor=worker)
        thread.join(20)
        assert answers == (["done"] if undoing else ["StaleVersion"])

    def test_the_history_of_both_records_and_of_the_merge_is_kept(self, two):
        cast, kept, other = two
        worker = cast.front_door_worker
        made = merge(kept, other, worker, chosen={"family_name": "merged"})
        undo(made, worker)
        with acting_as(worker):
            names = Person.objects.get(pk=kept.person_id).history.order_by("history_id")
            assert list(names.values_list("family_name", flat=True)) == [
                "Placeholder", "Placeholdre", "Placeholder",
            ]  # fmt: skip
            into = Person.objects.get(pk=other.person_id).history.order_by("history_id")
            assert list(into.values_list("merged_into", flat=True)) == [None, kept.person_id, None]
            whose = Party.objects.get(pk=other.pk).history.order_by("history_id")
            assert list(whose.values_list("person", flat=True)) == [
                other.person_id, kept.person_id, other.person_id,
            ]  # fmt: skip
            kinds = Merge.objects.get(pk=made.pk).history.order_by("history_id")
            assert list(kinds.values_list("history_type", "undone_by")) == [("+", None), ("~", worker.pk)]

    def test_a_party_added_at_the_same_moment_is_refused(self, two):
        """It waits for the merge, and the merged record stays without a party of its own."""
        cast, kept, other = two
        worker = cast.front_door_worker
        case = make_case(worker)
        with acting_as(worker):
            person = Person.objects.get(pk=other.person_id)
        answers = []

        def add():
            try:
                with acting_as(worker):
                    Party.objects.create(case=case, person=person, role="child")
                answers.append("added")
            except Exception as error:  # noqa: BLE001 - whatever the database says
                answers.append(type(error).__name__)
            finally:
                connections.close_all()

        with acting_as(worker):
            made = merge_people(
                kept.person_id,
                other.person_id,
                chosen={},
                reason="same_details",
                versions=(1, 1),
                actor=worker,
            )
            thread = threading.Thread(target=add)
            thread.start()
            thread.join(1.5)
            assert answers == []
        thread.join(20)
        assert answers == ["IntegrityError"]
        undo(made, worker)
