"""Who may be the same, for each reader: whole sets, visible and hidden; and whom to ask."""

from datetime import date

import pytest

from dacase.audit.models import Read
from dacase.cases.models import Exclusion, Grant, Party, Person
from dacase.cases.rules.location import match_key
from dacase.cases.rules.match import Identity
from dacase.cases.selectors.match import agencies_to_ask, find_matches, identity_of, matches_of
from dacase.cases.services.case import PersonDetails, add_location, open_case
from dacase.cases.services.closing import close_case
from dacase.walls.context import acting_as
from tests.factories import share

BORN = date(1990, 3, 4)
NAMED = Identity("Placeholder", "Verity", BORN)
PHONE, HOME = "07700 900123", "1 Invented Row, ZZ1 1ZZ"


def known(actor, family="Placeholder", given="Verity", born=BORN, **details):
    with acting_as(actor):
        case = open_case(victim=PersonDetails(family, given, date_of_birth=born, **details), actor=actor)
        return Party.objects.select_related("person", "case").get(case=case)


def found(actor, one=NAMED):
    with acting_as(actor):
        return [match.person.name for match in find_matches(actor, [one])[0]]


def reasons(actor, one):
    with acting_as(actor):
        return [match.likeness.reasons for match in find_matches(actor, [one])[0]]


def told(actor, one=NAMED):
    with acting_as(actor):
        return [agency.name for agency in agencies_to_ask(actor, [one])[0]]


@pytest.mark.django_db
class TestMatches:
    def test_each_way_of_being_like_is_found(self, cast):
        worker = cast.front_door_worker
        known(worker, "Newname", "Ottilie", None, nhs_number="9434765919")
        known(worker, "Othername", "Umber", None, pnc_id="2015/0123456A")
        known(worker, "Marriedname", "Verity", BORN, also_known_as="Placeholder")
        known(worker, "Placeholdre", "Veritie", date(1990, 4, 3))
        known(worker, "Elsewhere", "Else", date(1971, 1, 1))
        one = Identity("Placeholder", "Verity", BORN, "", "9434765919", "2015/0123456A")
        assert found(worker, one) == [
            "Verity Marriedname", "Veritie Placeholdre", *sorted(["Ottilie Newname", "Umber Othername"], key=found(worker, one).index),
        ]  # fmt: skip
        assert set(found(worker, one)) == {
            "Verity Marriedname", "Veritie Placeholdre", "Ottilie Newname", "Umber Othername",
        }  # fmt: skip

    def test_another_name_of_the_one_asked_for_finds_too(self, cast):
        worker = cast.front_door_worker
        known(worker)
        one = Identity("Married", "Verity", BORN, "Placeholder")
        assert reasons(worker, one) == [
            ["Family name is another name of this person", "Same given name", "Same date of birth"]
        ]

    @pytest.mark.parametrize(
        ("there", "asked", "why"),
        [
            (
                {"also_known_as": "Verity Ann O’Sample; Vee"},
                Identity("O'Sample", "Verity"),
                "Family name is another",
            ),
            ({"also_known_as": "Ann Sample-Madeup"}, Identity("Madeup", "Verity"), "Family name is another"),
            (
                {"also_known_as": "Ann van der Sample"},
                Identity("van der Sample", "Verity"),
                "Family name is another",
            ),
            ({"family": "Sample-Madeup"}, Identity("Madeup", "Verity"), "Family name is one part"),
            ({"family": "Madeup"}, Identity("Featherstonehaugh-Madeup", "Verity"), "Family name is one part"),
            ({"family": "Muhammad"}, Identity("Mohammed", "Verity"), "Family name spelled another way"),
            (
                {"family": "Sample", "given": "Muhammad"},
                Identity("Sample", "Mohammed"),
                "Given name spelled another",
            ),
            (
                {"family": "Sample", "given": "Elizabeth"},
                Identity("Sample", "Liz"),
                "Short form of the given name",
            ),
            (
                {"family": "Verity", "given": "Sample"},
                Identity("Sample", "Verity"),
                "Given name and family name ex",
            ),
            ({"family": "Müller"}, Identity("Muller", "Verity"), "Same family name"),
            (
                {"also_born_on": [date(1985, 7, 1)]},
                Identity("Placeholder", "", date(1985, 7, 1)),
                "another date",
            ),
            (
                {"born": date(1985, 7, 1), "family": "Unlike"},
                Identity("Else", "Verity", also_born_on=(date(1985, 7, 1),)),
                "another date",
            ),
        ],
    )
    def test_who_was_written_down_another_way_is_found_with_the_reason(self, cast, there, asked, why):
        worker = cast.front_door_worker
        party = known(worker, **{"born": None} | there)
        known(worker, "Elsewhere", "Else", date(1971, 1, 1))
        with acting_as(worker):
            (match,) = find_matches(worker, [asked])[0]
        assert match.person == party.person
        assert any(why in reason for reason in match.likeness.reasons)

    def test_a_short_form_comes_before_the_many_of_one_family_name(self, cast, monkeypatch):
        """Where more share a family name than are compared, the given name decides who is."""
        monkeypatch.setattr("dacase.cases.selectors.match.MOST_CANDIDATES", 3)
        worker = cast.front_door_worker
        for _ in range(4):
            known(worker, "Sample", "Otto", None)
        known(worker, "Sample", "Elizabeth", None)
        for _ in range(4):
            known(worker, "Sample", "Otto", None)
        assert found(worker, Identity("Sample", "Liz")) == ["Elizabeth Sample"]

    def test_a_place_is_a_reason_and_its_value_is_not_read(self, cast):
        worker = cast.front_door_worker
        party = known(worker, "Unlike", "Verity", None)
        with acting_as(worker):
            for kind, value in (("phone", PHONE), ("address", HOME)):
                add_location(party, kind=kind, value=value, actor=worker)
        places = frozenset(
            {match_key("phone", "+44 7700 900123"), match_key("address", "1 invented row zz11zz")}
        )
        assert reasons(worker, Identity("Different", "Verity", None, places=places)) == [
            ["Same given name", "Same phone number", "Same address"]
        ]
        with acting_as(worker):
            assert not Read.objects.filter(page="cases:locations_read").exists()

    def test_a_place_in_a_closed_file_is_no_reason(self, cast):
        """The person is known from a case that is open to the reader; her phone only from one that is not."""
        worker = cast.front_door_worker
        party = known(worker, "Unlike", "Verity", None)
        share(party.case, cast.idva.agency, actor=worker)
        with acting_as(cast.idva):
            person = Person.objects.get(pk=party.person_id)
            other = open_case(victim=person, actor=cast.idva)
            hidden = Party.objects.get(case=other)
            add_location(hidden, kind="phone", value=PHONE, actor=cast.idva)
        one = Identity("Unlike", "Verity", None, places=frozenset({match_key("phone", PHONE)}))
        assert reasons(worker, one) == [["Same family name", "Same given name"]]
        assert reasons(cast.idva, one) == [["Same family name", "Same given name", "Same phone number"]]

    def test_whole_sets_of_each_reader(self, cast):
        known(cast.front_door_worker, given="Doris")
        known(cast.idva, given="Ada")
        known(cast.outsider, given="Otto")
        shared = known(cast.idva, given="Shared")
        share(shared.case, cast.front_door_worker.agency, actor=cast.idva)
        barred = known(cast.idva, given="Barred")
        with acting_as(cast.idva_manager):
            Exclusion.objects.create(case=barred.case, group=cast.barred_colleague.user.group, reason="x")
        one = Identity("Placeholder", "", BORN)
        names = {
            cast.front_door_worker: {"Doris", "Shared"},
            cast.idva: {"Ada", "Shared", "Barred"},
            cast.barred_colleague: {"Ada", "Shared"},
            cast.outsider: {"Otto"},
            cast.social_worker: set(),
        }
        for reader, expected in names.items():
            assert {name.split()[0] for name in found(reader, one)} == expected

    def test_a_grant_that_has_ended_shows_nothing_swept_or_not(self, cast):
        party = known(cast.idva)
        share(party.case, cast.front_door_worker.agency, actor=cast.idva)
        assert found(cast.front_door_worker) == ["Verity Placeholder"]
        with acting_as(cast.idva):
            Grant.objects.filter(group=cast.front_door_worker.agency.group).delete()
        assert found(cast.front_door_worker) == []

    def test_without_a_context_there_is_nobody(self, cast):
        known(cast.idva)
        with acting_as(None):
            assert find_matches(cast.idva, [NAMED]) == [[]]

    def test_somebody_is_no_match_of_herself(self, cast):
        worker = cast.front_door_worker
        party, twin = known(worker), known(worker)
        with acting_as(worker):
            assert [match.person for match in matches_of(worker, party.person)] == [twin.person]

    def test_two_queries_however_many(self, cast, django_assert_num_queries):
        worker = cast.front_door_worker
        for _ in range(3):
            known(worker)
        with acting_as(worker):
            for named in ([NAMED], [NAMED] * 3):
                with django_assert_num_queries(2):
                    assert all(find_matches(worker, named))


@pytest.mark.django_db
class TestWhomToAsk:
    def test_the_name_of_the_agency_and_only_where_policy_allows(self, cast):
        known(cast.outsider)
        assert told(cast.front_door_worker) == ["Eastvale Advocacy"]
        for reader in (cast.idva, cast.idva_manager, cast.social_worker, cast.marac_coordinator):
            assert told(reader) == []

    @pytest.mark.parametrize(
        "one",
        [
            Identity("Placeholder", "Verity", date(1990, 4, 3)),  # day and month exchanged
            Identity("Newname", "Other", None, nhs_number="9434765919"),
            Identity("Newname", "Other", None, pnc_id="2015/0123456A"),
        ],
    )
    def test_as_good_as_certain(self, cast, one):
        known(cast.outsider, nhs_number="9434765919", pnc_id="2015/0123456A")
        assert told(cast.front_door_worker, one) == ["Eastvale Advocacy"]

    @pytest.mark.parametrize(
        "one",
        [
            Identity("Placeholder", "Verity"),
            Identity("Placeholder", "", BORN),
            Identity("Placeholdre", "Verity", BORN),
            Identity("", "Verity", BORN),
            Identity("", "Verity", BORN, "Placeholder"),
            Identity("Placeholder", "Vee", BORN),
            Identity("Placeholder", "Verity", date(1985, 7, 1)),
            Identity("", "", None),
        ],
    )
    def test_anything_less_is_not_enough(self, cast, one):
        known(cast.outsider, also_born_on=[date(1985, 7, 1)])
        assert told(cast.front_door_worker, one) == []

    def test_a_barred_reader_is_told_nothing_of_that_person_at_all(self, cast):
        """Not of the case that bars her, nor of another about the same person."""
        worker = cast.front_door_worker
        barred = known(cast.outsider)
        with acting_as(cast.outsider):
            open_case(victim=Person.objects.get(pk=barred.person_id), actor=cast.outsider)
            Exclusion.objects.create(case=barred.case, group=worker.user.group, reason="Invented")
        assert told(worker) == []
        assert told(cast.mash_fennel) == ["Eastvale Advocacy"]

    def test_a_refuge_is_never_named(self, cast):
        """Its name alone would say where she went."""
        party, refuge = known(cast.outsider), cast.refuge_worker.agency
        with acting_as(cast.outsider):
            Grant.objects.filter(content_object=party.case).update(group=refuge.group)
        assert told(cast.front_door_worker) == []

    def test_a_closed_case_and_an_open_file_are_no_reason_to_ask(self, cast):
        worker = cast.front_door_worker
        party = known(cast.outsider)
        with acting_as(cast.outsider):
            close_case(party.case, reason="ended", actor=cast.outsider)
        assert told(worker) == []
        known(worker)
        assert told(worker) == []

    def test_it_is_logged_whatever_the_answer_and_costs_the_same(self, cast, django_assert_num_queries):
        worker = cast.front_door_worker
        with acting_as(worker):
            before = Read.objects.filter(page="cases:whom_to_ask").count()
            with django_assert_num_queries(2):
                assert agencies_to_ask(worker, [NAMED]) == [[]]
            assert Read.objects.filter(page="cases:whom_to_ask").count() == before + 1

    def test_identity_carries_everything_that_is_compared(self, cast):
        other = date(1985, 7, 1)
        party = known(cast.idva, nhs_number="1", pnc_id="2", also_known_as="Vee", also_born_on=[other])
        assert identity_of(party.person, ["phone:x"]) == Identity(
            "Placeholder", "Verity", BORN, "Vee", "1", "2", frozenset({"phone:x"}), (other,)
        )
