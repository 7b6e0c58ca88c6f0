"""Two acts of casework that meet: neither hangs on the other, and nothing is decided on what is true no longer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.agencies.services.membership import change_membership
from dacase.cases.models import Case, Headline, Party
from dacase.cases.services.case import PersonDetails
from dacase.cases.services.closing import close_case
from dacase.cases.services.exclusion import bar_from_case
from dacase.cases.services.facts import save_child_facts
from dacase.cases.services.merge import merge_people
from dacase.cases.services.person import add_person
from dacase.cases.services.relationship import relate
from dacase.cases.services.taken_out import take_out
from dacase.walls.context import acting_as
from referrals.casework.models import Cover, Episode, HandOver, ToolWording
from referrals.casework.rules.risk_assessment import topics
from referrals.casework.services import closure, consent, cover, incident, risk_assessment, wording
from referrals.casework.services.episode import allocate_episode, begin_episode, lock_episode
from referrals.casework.services.hand_over import hand_over
from referrals.casework.services.task import add_task, give_task
from referrals.choices import RouteState
from referrals.models import Referral
from referrals.services import route, triage
from tests.cases.test_double_services import twice
from tests.casework.builders import TOOLS, answered
from tests.casework.consents import said
from tests.casework.episodes import all_answers, begun, fresh
from tests.casework.incidents import account
from tests.casework.todo import added, what
from tests.cast import Cast
from tests.factories import make_case
from tests.meeting import by, while_it_is_open
from tests.referrals.builders import accepted, route_to, send

pytestmark = pytest.mark.usefixtures("committed")

OUT = "taken out of the case"


@pytest.fixture
def cast(committed):
    return Cast()


@pytest.fixture
def case(cast):
    return make_case(cast.idva)


@pytest.fixture
def child(cast, case):
    with acting_as(cast.idva):
        return add_person(case, details=PersonDetails("Strayname", "Zelda"), role="child", actor=cast.idva)


def refused(came, words):
    assert isinstance(came, ValidationError), came
    assert words in str(came.messages)


class TestTakenOut:
    def test_nobody_supports_who_is_taken_out_at_that_moment(self, cast, child):
        begin = by(
            cast.idva_manager, begin_episode, child, kind="childrens_worker", worker=None, submission=uuid4()
        )
        leave = by(cast.idva, take_out, child.pk, reason="Wrong case")
        refused(while_it_is_open(leave, begin), OUT)
        with acting_as(cast.idva):
            assert not Episode.objects.exists()

    def test_nobody_is_taken_out_whose_support_begins_at_that_moment(self, cast, child):
        begin = by(
            cast.idva_manager, begin_episode, child, kind="childrens_worker", worker=None, submission=uuid4()
        )
        leave = by(cast.idva, take_out, child.pk, reason="Wrong case")
        refused(while_it_is_open(begin, leave), "Support, consent or an incident")

    def test_no_consent_is_recorded_of_who_is_taken_out_at_that_moment(self, cast, child):
        ask = by(cast.idva, consent.record_consent, child.pk, purpose="gp", said=said(), submission=uuid4())
        refused(while_it_is_open(by(cast.idva, take_out, child.pk, reason="Wrong case"), ask), OUT)

    def test_no_incident_names_who_is_taken_out_at_that_moment(self, cast, case):
        with acting_as(cast.idva):
            named = Party.objects.get(case=case, role="perpetrator")
        record = by(
            cast.idva,
            incident.record_incident,
            case.pk,
            account=account(perpetrator=named),
            submission=uuid4(),
        )
        leave = by(cast.idva, take_out, named.pk, reason="Wrong case")
        refused(while_it_is_open(leave, record), "Select a perpetrator of this case")

    def test_what_is_written_of_who_is_taken_out_at_that_moment_is_refused_and_not_hidden(self, cast, child):
        write = by(cast.idva, save_child_facts, child, version=0, education="enrolled")
        refused(while_it_is_open(by(cast.idva, take_out, child.pk, reason="Wrong case"), write), OUT)


class TestMerged:
    """Who is recorded twice in one case becomes one while a colleague writes of the record that is put aside."""

    @pytest.fixture
    def shared(self, cast):
        return make_case(cast.front_door_worker, shared_with=[cast.idva.agency])

    def merging(self, cast, parties):
        ids = [party.person_id for party in parties]
        known = {"chosen": {}, "reason": "recorded_twice", "versions": (1, 1)}
        return by(cast.front_door_worker, merge_people, *ids, **known)

    def test_she_is_not_supported_twice(self, cast, shared):
        kept, other = two = twice(shared, "child", cast.front_door_worker)

        def begin(party):
            given = {"kind": "childrens_worker", "worker": None, "submission": uuid4()}
            return by(cast.idva_manager, begin_episode, party, **given)

        begin(kept)()
        refused(while_it_is_open(self.merging(cast, two), begin(other)), "gives this support already")

    def test_no_second_consent_stands_for_one_purpose(self, cast, shared):
        kept, other = two = twice(shared, "child", cast.front_door_worker)

        def ask(party):
            given = {"purpose": "gp", "said": said(), "submission": uuid4()}
            return by(cast.idva, consent.record_consent, party.pk, **given)

        ask(kept)()
        refused(while_it_is_open(self.merging(cast, two), ask(other)), "recorded for this already")

    def test_neither_a_relationship_nor_an_incident_names_who_was_put_aside(self, cast, shared):
        children = twice(shared, "child", cast.front_door_worker)
        with acting_as(cast.idva):
            victim = Party.objects.get(case=shared, role="victim")
        tie = by(cast.idva, relate, victim, kind="parent", other=children[1].pk)
        refused(while_it_is_open(self.merging(cast, children), tie), "Select one of the people of this case")
        harming = twice(shared, "perpetrator", cast.front_door_worker, given="Percyh")
        record = by(
            cast.idva,
            incident.record_incident,
            shared.pk,
            account=account(perpetrator=harming[1]),
            submission=uuid4(),
        )
        refused(while_it_is_open(self.merging(cast, harming), record), "Select a perpetrator of this case")


def ending(cast, episode):
    """The manager's end of a support that nobody has changed."""
    end = {"reason": "needs_met", "answers": all_answers(), "version": episode.version}
    return by(cast.idva_manager, closure.close_episode, episode.pk, **end)


class TestSupport:
    def test_support_that_ends_while_a_colleague_accepts_a_referral_into_it(self, cast, hazel):
        """One held the episode and wanted the case, the other the case and the episode."""
        door = cast.front_door_worker
        case = accepted(send(cast.police_officer), door, cast.idva)
        with acting_as(cast.idva):
            episode = Episode.objects.get(case=case)
        second = send(cast.police_officer)
        with acting_as(door):
            here = {one.person.given_name: one.person_id for one in Party.objects.select_related("person")}
            known = {one.pk: here[one.given_name] for one in second.people.all()}
            triage.join_case(second.pk, case.pk, version=second.version, known=known, actor=door)
            version = Referral.objects.get(pk=second.pk).version
            (routed,) = triage.route_referral(
                second.pk, version=version, agencies=[cast.idva.agency], actor=door
            )
        came = while_it_is_open(
            by(cast.idva_manager, lock_episode, episode.pk),
            by(hazel, route.accept_route, routed.pk, version=routed.version),
            then=ending(cast, episode),
        )
        assert getattr(came, "state", came) == RouteState.ACCEPTED
        with acting_as(cast.idva):
            (following,) = Episode.objects.filter(case=case, closed_at=None)
        assert following.worker == hazel
        assert following.pk != episode.pk

    def test_support_that_ends_while_the_front_door_routes_its_referral_further(self, cast):
        """One held the case and wanted the referral, by way of the wall's trigger; the other held the referral."""
        door = cast.front_door_worker
        case = accepted(send(cast.police_officer), door, cast.idva)
        with acting_as(cast.idva):
            episode = Episode.objects.get(case=case)
        with acting_as(door):
            referral = Referral.objects.get()
        came = while_it_is_open(
            by(door, lambda actor: Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)),
            ending(cast, episode),
            then=by(
                door,
                triage.route_referral,
                referral.pk,
                version=referral.version,
                agencies=[cast.refuge_worker.agency],
            ),
        )
        assert not getattr(came, "is_open", came)

    def test_no_support_is_opened_again_in_a_case_that_closes_at_that_moment(self, cast, case):
        episode = begun(case, cast.idva_manager, cast.idva)
        ending(cast, episode)()
        version = fresh(episode, cast.idva).version
        came = while_it_is_open(
            by(cast.idva, close_case, case, reason="ended"),
            by(cast.idva_manager, closure.reopen_episode, episode.pk, worker=cast.idva, version=version),
        )
        refused(came, "The case is closed")

    def test_nobody_is_given_a_case_that_bars_her_at_that_moment(self, cast, case, hazel):
        episode = begun(case, cast.idva_manager, cast.idva)
        came = while_it_is_open(
            by(cast.idva_manager, bar_from_case, case, group=hazel.user.group, reason="Invented"),
            by(cast.idva_manager, allocate_episode, episode.pk, worker=hazel, version=episode.version),
        )
        refused(came, "cannot be given this case")

    def test_nobody_is_given_a_task_in_a_case_that_bars_her_at_that_moment(self, cast, case, hazel):
        task = added(case, cast.idva)
        came = while_it_is_open(
            by(cast.idva_manager, bar_from_case, case, group=hazel.user.group, reason="Invented"),
            by(cast.idva, give_task, task.pk, worker=hazel, version=task.version),
        )
        refused(came, "cannot be given this case")

    def test_no_task_is_added_to_support_that_ends_at_that_moment(self, cast, case):
        episode = begun(case, cast.idva_manager, cast.idva)
        new = {"what": what(), "worker": cast.idva, "episode": episode.pk, "submission": uuid4()}
        came = while_it_is_open(
            ending(cast, episode),
            by(cast.idva, add_task, case.pk, **new),
        )
        refused(came, "Select one of the episodes shown")

    def test_who_is_barred_while_she_accepts_finds_nothing(self, cast):
        (routed,) = route_to(send(cast.police_officer), cast.front_door_worker, cast.idva)
        with acting_as(cast.front_door_worker):
            case = Referral.objects.get().case
        came = while_it_is_open(
            by(cast.idva_manager, bar_from_case, case, group=cast.idva.user.group, reason="Invented"),
            by(cast.idva, route.accept_route, routed.pk, version=routed.version),
        )
        assert isinstance(came, Case.DoesNotExist), came
        with acting_as(cast.idva_manager):
            assert not Episode.objects.exists()

    def test_an_end_that_is_signed_off_twice_at_once_is_signed_off_once(self, cast, case):
        episode = begun(case, cast.idva_manager, cast.idva)
        ask = {"reason": "not_eligible", "answers": {}, "version": 1}
        by(cast.idva, closure.close_episode, episode.pk, **ask)()
        version = fresh(episode, cast.idva).version
        agree = by(cast.idva_manager, closure.sign_off_closure, episode.pk, version=version)
        came = while_it_is_open(agree, agree)
        assert isinstance(came, Episode), came
        assert not came.is_open

    def test_a_step_sent_twice_at_once_begins_one_support(self, cast, case):
        episode = begun(case, cast.idva_manager, cast.idva)
        way = {
            "kind": "outreach",
            "is_up": False,
            "worker": cast.idva,
            "answers": all_answers(),
            "version": 1,
        }
        step = by(cast.idva_manager, closure.step_episode, episode.pk, **way)
        came = while_it_is_open(step, step)
        assert isinstance(came, Episode), came
        with acting_as(cast.idva):
            assert [one.pk for one in Episode.objects.filter(closed_at=None)] == [came.pk]

    def test_a_hand_over_sent_twice_at_once_is_one(self, cast, case, hazel):
        episode = begun(case, cast.idva_manager, cast.idva)
        offer = by(cast.idva, hand_over, [episode.pk], to=hazel, submission=uuid4())
        assert isinstance(while_it_is_open(offer, offer), HandOver)
        with acting_as(cast.idva):
            assert HandOver.objects.count() == 1


def test_of_two_assessments_completed_at_once_the_case_shows_the_newer_one(cast, case):
    day = timezone.localdate()
    older = answered(case, cast.idva, 2, assessed_on=day - timedelta(days=3))
    newer = answered(case, cast.idva, 20, assessed_on=day)
    complete = risk_assessment.complete_assessment
    came = while_it_is_open(
        by(cast.idva, complete, newer.pk, version=newer.version),
        by(cast.idva, complete, older.pk, version=older.version),
    )
    assert came.band == "standard"
    with acting_as(cast.idva):
        assert Headline.objects.get(case=case).band == "high"


def test_cover_and_a_change_of_role_at_once_never_hang_on_each_other(cast, hazel):
    """One held the worker and wanted her agency, the other the agency and the worker."""
    people = Membership.objects.select_related("user", "agency", "team")
    administrator = people.filter(agency=hazel.agency, role="administrator").first()
    today = timezone.localdate()
    came = while_it_is_open(
        by(
            cast.idva_manager,
            cover.set_cover,
            hazel,
            colleague=cast.idva,
            from_on=today,
            until_on=today,
            reason="leave",
        ),
        by(administrator, change_membership, hazel, role=hazel.role, team=hazel.team, version=hazel.version),
    )
    assert came == hazel
    with acting_as(cast.idva):
        assert Cover.objects.filter(worker=hazel).count() == 1


def test_wording_loaded_twice_at_once_is_kept_once(cast):
    administrator = Membership.objects.select_related("user", "agency", "team").filter(
        agency=cast.idva.agency, role="administrator"
    )[0]
    lines = "".join(f"{code},Invented {code},\n" for code in topics(TOOLS["dash"]))
    keep = by(
        administrator,
        wording.keep_wording,
        TOOLS["dash"],
        content=f"code,question,help\n{lines}".encode(),
        name="wording.csv",
        licence="Invented",
        submission=uuid4(),
    )
    came = while_it_is_open(keep, keep)
    assert isinstance(came, ToolWording), came
    assert came.topics.count() == len(topics(TOOLS["dash"]))
