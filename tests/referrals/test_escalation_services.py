"""What waits beyond its limit is told to a second person, once a step, by a clock that sees no case."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Membership
from dacase.audit.models import Event
from dacase.jobs.models import OutboxMessage
from dacase.settings import CELERY_BEAT_SCHEDULE
from dacase.walls.context import acting_as
from referrals import tasks
from referrals.models import Escalation, Referral, Route
from referrals.selectors.escalation import waiting_escalations
from referrals.services import route as route_services
from referrals.services import triage
from referrals.services.escalation import acknowledge_escalation, escalate_late
from tests.cast import Cast
from tests.meeting import by, while_it_is_open
from tests.referrals.builders import fresh, route_to, send

MINUTE = timedelta(minutes=1)


def told():
    """Who has been told of an escalation, each e-mail once."""
    mails = OutboxMessage.objects.filter(key__startswith="referral_escalated")
    return sorted(message.args["to"] for message in mails)


def escalations(reader):
    with acting_as(reader):
        return list(Escalation.objects.visible_to(reader).order_by("step"))


def hold(referral, worker):
    with acting_as(worker):
        triage.take_referral(referral.pk, version=1, actor=worker)


def test_the_scheduler_knows_it():
    assert tasks.escalate_late.name in {row["task"] for row in CELERY_BEAT_SCHEDULE.values()}


def test_before_the_limit_nobody_is_told_and_at_it_a_second_person_once(cast):
    worker, referral = cast.front_door_worker, send(cast.police_officer)
    hold(referral, worker)
    assert escalate_late(referral.due_at - MINUTE) == 0
    assert [escalate_late(referral.due_at + MINUTE * late) for late in (0, 1, 2)] == [1, 0, 0]
    assert told() == ["mash.fennel@example.org", "mash.gorse@example.org"]
    (found,) = escalations(worker)
    assert (found.step, found.told, found.holder, found.due_at) == (
        1,
        "second_person",
        worker,
        referral.due_at,
    )
    with acting_as(worker):
        assert not waiting_escalations(worker).exists()
    with acting_as(cast.mash_fennel):
        assert waiting_escalations(cast.mash_fennel).exists()


def test_later_everybody_is_told_and_the_mailbox(cast):
    referral = send(cast.police_officer)
    escalate_late(referral.due_at)
    before = told()
    assert escalate_late(referral.due_at + 60 * MINUTE) == 1
    assert len(told()) == len(before) + 4
    assert cast.front_door_worker.agency.email in told()
    assert [one.step for one in escalations(cast.front_door_worker)] == [1, 2]


@pytest.mark.parametrize("priority", ["standard", "medium"])
def test_what_is_not_high_risk_is_late_and_not_escalated(cast, priority):
    referral = send(cast.police_officer, priority=priority)
    assert escalate_late(referral.due_at + timedelta(days=3)) == 0


def test_with_its_sender_the_clock_runs_on(cast):
    from referrals.rules.contact import ContactAnswers

    referral = send(cast.police_officer, contact=ContactAnswers())
    assert escalate_late(referral.due_at) == 1


def test_what_is_decided_in_time_is_never_escalated(cast):
    worker, referral = cast.front_door_worker, send(cast.police_officer)
    with acting_as(worker):
        triage.decline_referral(referral.pk, version=1, code="outside_area", actor=worker)
    assert escalate_late(referral.due_at + timedelta(days=9)) == 0


def test_a_service_that_does_not_accept_is_told_and_then_the_front_door(cast):
    (routed,) = route_to(send(cast.police_officer), cast.front_door_worker, cast.idva)
    assert escalate_late(routed.due_at) == 1
    assert told() == [cast.idva_manager.user.email]
    (found,) = escalations(cast.idva_manager)
    assert (found.route_id, found.agency_id) == (routed.pk, cast.idva.agency_id)
    assert escalate_late(routed.due_at + 240 * MINUTE) == 1
    assert {"advocacy@example.org", "mash.fennel@example.org"} <= set(told())
    with acting_as(cast.front_door_worker):
        assert [one.step for one in waiting_escalations(cast.front_door_worker)] == [2]
        assert waiting_escalations(cast.front_door_worker).get().route_id == routed.pk


def test_what_a_service_accepted_or_sent_back_is_not_escalated_there(cast):
    routes = route_to(send(cast.police_officer), cast.front_door_worker, cast.idva, cast.social_worker)
    due_at = max(one.due_at for one in routes)
    mine = {one.to_agency_id: one for one in routes}
    with acting_as(cast.idva):
        route_services.accept_route(mine[cast.idva.agency_id].pk, version=1, actor=cast.idva)
    with acting_as(cast.social_worker):
        own = mine[cast.social_worker.agency_id]
        route_services.return_route(own.pk, version=1, reason="Not ours", actor=cast.social_worker)
    assert escalate_late(due_at + timedelta(days=2)) == 0


def test_a_clock_that_starts_anew_escalates_anew(cast):
    worker, referral = cast.front_door_worker, send(cast.police_officer)
    escalate_late(referral.due_at)
    (routed,) = route_to(referral, worker, cast.idva)
    with acting_as(cast.idva):
        route_services.return_route(routed.pk, version=1, reason="Not ours", actor=cast.idva)
    again = fresh(referral, worker)
    assert again.due_at > referral.due_at
    assert escalate_late(again.due_at) == 1


def test_nobody_else_sees_who_was_late(cast):
    (routed,) = route_to(send(cast.police_officer), cast.front_door_worker, cast.idva)
    escalate_late(routed.due_at)
    for member in (cast.police_officer, cast.social_worker, cast.outsider):
        assert escalations(member) == []
        with acting_as(member):
            assert not Escalation.objects.exists()


def test_the_application_cannot_write_one_itself(cast):
    referral = send(cast.police_officer)
    with pytest.raises(DatabaseError), transaction.atomic(), acting_as(cast.front_door_worker):
        Escalation.objects.create(
            referral=referral,
            agency=cast.front_door_worker.agency,
            step=1,
            told="everybody",
            due_at=referral.due_at,
        )


def test_the_clockwork_is_told_keys_and_nothing_else(cast):
    referral = send(cast.police_officer)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM escalate_late('front_door', 'high', 1, 'second_person', %s)", [referral.due_at]
        )
        assert [column.name for column in cursor.description] == [
            "escalation", "agency", "front_door", "holder",
        ]  # fmt: skip
        assert len(cursor.fetchall()) == 1
    assert not Escalation.objects.exists()  # acting for nobody


class TestSomebodyIsOnIt:
    @pytest.fixture
    def late(self, cast):
        referral = send(cast.police_officer)
        hold(referral, cast.front_door_worker)
        escalate_late(referral.due_at)
        escalate_late(referral.due_at + 60 * MINUTE)
        return escalations(cast.mash_fennel)[0]

    def acknowledge(self, late, actor):
        with acting_as(actor):
            return acknowledge_escalation(late.pk, actor=actor)

    def test_it_answers_every_step_and_is_recorded_once(self, cast, late):
        for _ in range(2):
            assert self.acknowledge(late, cast.mash_fennel).acknowledged_by == cast.mash_fennel
        assert {one.acknowledged_by for one in escalations(cast.mash_fennel)} == {cast.mash_fennel}
        with acting_as(cast.mash_gorse):
            assert not waiting_escalations(cast.mash_gorse).exists()
            assert Event.objects.filter(verb="escalation_acknowledged").count() == 1
            kept = late.history.order_by("history_date")
            assert [one.acknowledged_by_id for one in kept] == [None, cast.mash_fennel.pk]

    def test_the_second_who_presses_is_told(self, cast, late):
        self.acknowledge(late, cast.mash_fennel)
        with pytest.raises(ValidationError, match="on it already"):
            self.acknowledge(late, cast.mash_gorse)

    def test_then_she_takes_it_over(self, cast, late):
        self.acknowledge(late, cast.mash_fennel)
        with acting_as(cast.mash_fennel):
            version = Referral.objects.get(pk=late.referral_id).version
            taken = triage.take_referral(late.referral_id, version=version, actor=cast.mash_fennel)
        assert taken.held_by == cast.mash_fennel

    def test_others_may_not(self, cast, late):
        with pytest.raises(NotAllowed):
            self.acknowledge(late, cast.police_officer)
        with pytest.raises(Escalation.DoesNotExist):
            self.acknowledge(late, cast.idva_manager)


def test_two_clocks_at_the_same_moment_make_one_and_a_torn_off_one_makes_none(committed):
    cast = Cast()
    referral = send(cast.police_officer)

    class KilledError(Exception):
        pass

    def killed_before_its_commit():
        with transaction.atomic():
            assert escalate_late(referral.due_at) == 1
            raise KilledError

    with pytest.raises(KilledError):
        killed_before_its_commit()
    assert told() == []
    gate = Barrier(2)

    def turn():
        try:
            gate.wait()
            return escalate_late(referral.due_at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(turn) for _ in range(2)]
    assert sorted(one.result() for one in made) == [0, 1]
    assert len(told()) == 3
    assert len(escalations(cast.mash_fennel)) == 1


class TestPages:
    @pytest.fixture
    def late(self, cast):
        referral = send(cast.police_officer)
        hold(referral, cast.front_door_worker)
        with acting_as(cast.front_door_worker):
            Referral.objects.filter(pk=referral.pk).update(due_at=referral.received_at - MINUTE)
        escalate_late()
        return referral

    def text(self, response):
        return response.content.decode()

    def test_it_stands_on_top_of_a_colleagues_work_until_somebody_is_on_it(self, cast, sign_in, late):
        words = f"See to referral {late.reference}: it waits beyond its limit"
        fennel, gorse = sign_in(cast.mash_fennel), sign_in(cast.mash_gorse)
        assert words in self.text(gorse.get(reverse("cases:home")))
        (found,) = escalations(cast.mash_fennel)
        page = self.text(fennel.get(reverse("referrals:escalation", args=[found.pk]), follow=True))
        assert "I am on it" in page
        press = reverse("referrals:escalation_acknowledge", args=[found.pk])
        assert "You are on it" in self.text(fennel.post(press, follow=True))
        assert "is on it already" in self.text(gorse.post(press, follow=True))
        assert words not in self.text(gorse.get(reverse("cases:home")))
        assert fennel.get(press).status_code == 405

    def test_who_holds_it_is_not_the_second_person(self, cast, sign_in, late):
        home = self.text(sign_in(cast.front_door_worker).get(reverse("cases:home")))
        assert "See to referral" not in home

    def test_at_the_service_it_leads_to_the_route(self, cast, sign_in):
        (routed,) = route_to(send(cast.police_officer), cast.front_door_worker, cast.idva)
        with acting_as(cast.idva):
            Route.objects.filter(pk=routed.pk).update(due_at=routed.routed_at - MINUTE)
        escalate_late()
        (found,) = escalations(cast.idva_manager)
        manager = sign_in(cast.idva_manager)
        leads = manager.get(reverse("referrals:escalation", args=[found.pk]))
        assert leads["Location"] == reverse("referrals:route_detail", args=[routed.pk])
        assert "I am on it" in self.text(manager.get(leads["Location"]))
        assert sign_in(cast.idva).get(reverse("referrals:escalation", args=[found.pk])).status_code == 403


def test_two_who_answer_two_steps_of_one_limit_at_once_never_hang_on_each_other(committed):
    """One held the first step and wanted the second, the other the second and the first."""
    cast = Cast()
    worker, referral = cast.front_door_worker, send(cast.police_officer)
    escalate_late(referral.due_at + timedelta(days=5))
    low, high = sorted(escalations(worker), key=lambda one: one.pk)[:2]
    people = Membership.objects.select_related("user", "agency", "team").filter(agency=worker.agency)
    one, other = (people.get(user__email=f"mash.{name}@example.org") for name in ("fennel", "gorse"))
    came = while_it_is_open(
        by(
            one,
            lambda actor: Escalation.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=low.pk),
        ),
        by(other, acknowledge_escalation, high.pk),
        then=by(one, acknowledge_escalation, low.pk),
    )
    assert isinstance(came, ValidationError), came
    assert came.messages == ["A colleague is on it already"]
    assert {found.acknowledged_by for found in escalations(worker)} == {one}
