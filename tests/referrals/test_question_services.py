"""A question to the sender: asked once, answered once, and the clock runs on."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from dacase.agencies.access import NotAllowed
from dacase.audit.models import Event
from dacase.cases.models import Party
from dacase.cases.panels import draw
from dacase.cases.selectors.people import parties_of
from dacase.cases.services.person import PLAN_FIELDS, save_safe_contact_plan
from dacase.jobs.models import OutboxMessage
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from referrals import panels
from referrals.casework.models import Episode
from referrals.choices import ReferralState
from referrals.models import Referral, ReferralContact, ReferralQuestion
from referrals.rules.contact import ContactAnswers
from referrals.selectors.question import questions_to
from referrals.selectors.triage import triage_queue
from referrals.services import route, triage
from referrals.services.question import answer_question
from tests.referrals.builders import CONTACT, accepted, fresh, open_case_for, route_to, send

NO_WAY = ContactAnswers(phone="07700 900123")


def return_it(referral, worker, code="identity", **values):
    with acting_as(worker):
        version = Referral.objects.get(pk=referral.pk).version
        return triage.return_referral(referral.pk, version=version, code=code, actor=worker, **values)


def the_question(referral, reader):
    with acting_as(reader):
        return ReferralQuestion.objects.get(referral=referral)


def answer(question, actor, words="", **values):
    with acting_as(actor):
        return answer_question(question.pk, answer=words, actor=actor, **values)


def sent_mails():
    for message in OutboxMessage.objects.filter(done_at=None).order_by("created_at"):
        run_message(message.pk)
    return [(one.to[0], one.subject) for one in mail.outbox]


def test_without_a_safe_way_the_sender_is_asked_by_itself_once(cast):
    referral = send(cast.police_officer, contact=NO_WAY)
    send(cast.police_officer, contact=NO_WAY, submission=referral.submission)
    question = the_question(referral, cast.front_door_worker)
    assert (question.code, question.asked_by, question.answered_at) == ("safe_contact", None, None)
    assert sent_mails() == [(cast.police_officer.user.email, "A question for you")]
    told = mail.outbox[0]
    for word in ("Testcase", "Vera", "900123", referral.reference):
        assert word not in told.subject + told.body
    with acting_as(cast.front_door_worker):
        assert list(triage_queue(cast.front_door_worker, state=ReferralState.RETURNED)) == [referral]


def test_the_answer_brings_it_back_to_the_queue_with_its_clock_as_it_was(cast):
    referral = send(cast.police_officer, contact=NO_WAY)
    question = the_question(referral, cast.police_officer)
    with pytest.raises(ValidationError) as refusal:
        answer(question, cast.police_officer, contact=NO_WAY)
    assert "answer" in refusal.value.error_dict
    answer(question, cast.police_officer, contact=CONTACT)
    stored = fresh(referral, cast.front_door_worker)
    assert (stored.state, stored.due_at, stored.decided_at) == ("received", referral.due_at, None)
    with acting_as(cast.front_door_worker):
        contact = ReferralContact.objects.get(referral=referral)
        assert contact.has_safe_way
        assert [one.safe_to_call for one in contact.history.order_by("history_date")] == [False, True]
    mails = sent_mails()
    assert mails[1:] == [(cast.front_door_worker.agency.email, "An answer has come")]
    answer(question, cast.police_officer, contact=CONTACT)
    assert sent_mails() == mails


def test_no_way_at_all_is_an_answer_in_words(cast):
    referral = send(cast.police_officer, contact=NO_WAY)
    question = the_question(referral, cast.police_officer)
    answer(question, cast.police_officer, "Her midwife sees her on Tuesdays", contact=NO_WAY)
    assert fresh(referral, cast.front_door_worker).state == ReferralState.RECEIVED


def test_who_asked_keeps_holding_it_and_is_told_of_the_answer(cast):
    worker, referral = cast.front_door_worker, send(cast.police_officer)
    returned = return_it(referral, worker, "other", reason="Which of the two sisters?")
    assert (
        return_it(referral, worker, "other", reason="Which of the two sisters?").version == returned.version
    )
    assert (returned.state, returned.held_by, returned.decided_at) == (ReferralState.RETURNED, worker, None)
    question = the_question(referral, cast.police_officer)
    with pytest.raises(ValidationError, match="Enter your answer"):
        answer(question, cast.police_officer, "  ")
    answer(question, cast.police_alder, "The elder")
    assert fresh(referral, worker).state == ReferralState.IN_TRIAGE
    assert sent_mails()[-1] == (worker.user.email, "An answer has come")
    with acting_as(worker):
        asked = Event.objects.filter(verb="referral_returned", subject_id=referral.pk)
        assert asked.count() == 1
    with pytest.raises(ValidationError, match="colleague"):
        answer(question, cast.police_officer, "The younger")


def test_it_comes_back_once_the_last_question_is_answered(cast):
    referral = send(cast.police_officer, contact=NO_WAY)
    return_it(referral, cast.front_door_worker)
    with pytest.raises(ValidationError) as refusal:
        return_it(referral, cast.front_door_worker, reason="And again")
    assert "code" in refusal.value.error_dict
    with acting_as(cast.police_officer):
        first, second = ReferralQuestion.objects.filter(referral=referral)
    answer(first, cast.police_officer, contact=CONTACT)
    assert fresh(referral, cast.front_door_worker).state == ReferralState.RETURNED
    answer(second, cast.police_officer, "Born in May")
    assert fresh(referral, cast.front_door_worker).state == ReferralState.IN_TRIAGE


def test_while_it_is_with_the_sender_the_front_door_may_decide(cast):
    worker, referral = cast.front_door_worker, send(cast.police_officer, contact=NO_WAY)
    with acting_as(worker):
        taken = triage.take_referral(referral.pk, version=1, actor=worker)
        assert (taken.state, taken.held_by) == (ReferralState.RETURNED, worker)
    open_case_for(referral, worker)
    assert fresh(referral, worker).state == ReferralState.RETURNED
    with acting_as(worker):
        version = Referral.objects.get(pk=referral.pk).version
        triage.route_referral(referral.pk, version=version, agencies=[cast.idva.agency], actor=worker)
    question = the_question(referral, cast.police_officer)
    with acting_as(cast.police_officer):
        assert list(questions_to(cast.police_officer)) == [question]
    answer(question, cast.police_officer, contact=CONTACT)
    assert fresh(referral, worker).state == ReferralState.ROUTED
    with acting_as(cast.idva):
        assert ReferralContact.objects.get(referral=referral).has_safe_way


def routed_without_a_way(cast):
    """A referral that was routed while its sender was still asked how to make contact safely."""
    referral = send(cast.police_officer, contact=NO_WAY)
    (routed,) = route_to(referral, cast.front_door_worker, cast.idva)
    return referral, routed, the_question(referral, cast.police_officer)


@pytest.mark.parametrize("is_accepted", [True, False])
@pytest.mark.parametrize("by_phone", [True, False])
def test_an_answer_after_the_routing_reaches_who_must_make_contact(cast, is_accepted, by_phone):
    _, routed, question = routed_without_a_way(cast)
    if is_accepted:
        with acting_as(cast.idva):
            route.accept_route(routed.pk, version=routed.version, actor=cast.idva)
    sent_mails()
    mail.outbox.clear()
    answer(question, cast.front_door_worker if by_phone else cast.police_officer, contact=CONTACT)
    told = cast.idva.user.email if is_accepted else cast.idva.agency.email
    assert (told, "An answer has come") in sent_mails()
    (letter,) = [one for one in mail.outbox if one.to == [told]]
    assert f"/routes/{routed.pk}/" in letter.body
    assert "900123" not in letter.body


def test_the_case_asks_to_check_its_plan_until_somebody_has(cast):
    referral, routed, question = routed_without_a_way(cast)
    case = fresh(referral, cast.front_door_worker).case
    read = reverse("referrals:route_detail", args=[routed.pk])

    def asked():
        with acting_as(cast.idva):
            actions = draw(panels.referrals_of_case, case, cast.idva).next_actions
            return [one.url for one in actions if "Check the safe-contact plan" in one.text]

    assert asked() == []
    answer(question, cast.police_officer, contact=CONTACT)
    assert asked() == [read]
    with acting_as(cast.idva):
        victim = Party.objects.select_related("safe_contact_plan").get(case=case, role="victim")
        ways = dict.fromkeys(PLAN_FIELDS[:4], True) | dict.fromkeys(PLAN_FIELDS[4:], "")
        save_safe_contact_plan(victim, version=1, actor=cast.idva, **ways)
    assert asked() == []


def test_a_later_referral_into_a_case_asks_to_check_its_plan(cast, sign_in):
    case = accepted(send(cast.police_officer), cast.front_door_worker, cast.idva)
    with acting_as(cast.idva):
        episode = Episode.objects.get(case=case)
        assert draw(panels.referrals_of_case, case, cast.idva).next_actions == []
    page = reverse("casework:attempt_create", args=[episode.pk])
    assert "something newer about safe contact" not in sign_in(cast.idva).get(page).content.decode()
    later, worker = send(cast.police_officer, contact=NO_WAY), cast.front_door_worker
    with acting_as(worker):
        persons = {(party.role, party.person.given_name): party.person_id for party in parties_of(case)}
        known = {one.pk: persons[one.role, one.given_name] for one in later.people.all()}
        triage.join_case(later.pk, case.pk, version=1, known=known, actor=worker)
        triage.route_referral(later.pk, version=2, agencies=[cast.idva.agency], actor=worker)
    with acting_as(cast.idva):
        actions = draw(panels.referrals_of_case, case, cast.idva).next_actions
    assert f"Check the safe-contact plan: referral {later.reference} is newer" in [
        one.text for one in actions
    ]
    assert "something newer about safe contact" in sign_in(cast.idva).get(page).content.decode()


def test_only_the_sender_and_the_front_door_answer(cast):
    referral = send(cast.police_officer, contact=NO_WAY)
    question = the_question(referral, cast.police_officer)
    for member in (cast.hospital_umber, cast.outsider):
        with pytest.raises(ReferralQuestion.DoesNotExist):
            answer(question, member, contact=CONTACT)
    with pytest.raises(NotAllowed):
        answer(question, cast.commissioner, contact=CONTACT)
    answer(question, cast.mash_fennel, contact=CONTACT)
    assert [subject for _, subject in sent_mails()] == ["A question for you"]


def test_a_sender_who_has_left_is_asked_through_her_agency(cast):
    from django.utils import timezone

    from dacase.agencies.models import Membership

    referral = send(cast.police_officer)
    Membership.objects.filter(pk=cast.police_officer.pk).update(ended_at=timezone.now())
    return_it(referral, cast.front_door_worker)
    assert sent_mails() == [(cast.police_officer.agency.email, "A question for you")]


def test_what_a_sender_who_has_left_was_asked_is_on_her_colleagues_day(cast):
    from django.utils import timezone

    from dacase.agencies.models import Agency, Membership
    from referrals.selectors.people import addresses, people_of

    officer, colleague = cast.police_officer, cast.police_alder
    assert colleague.agency_id == officer.agency_id
    referral = send(officer)
    return_it(referral, cast.front_door_worker)
    with acting_as(colleague):
        assert not questions_to(colleague)
    Membership.objects.filter(pk=officer.pk).update(ended_at=timezone.now())
    Agency.objects.filter(pk=officer.agency_id).update(email="")
    return_it(referral, cast.front_door_worker, code="what_happened")
    with acting_as(colleague):
        assert questions_to(colleague).count() == 2
    with acting_as(cast.front_door_worker):
        assert not questions_to(cast.front_door_worker)
    everybody = addresses(people_of(officer.agency_id, "make_referral"))
    assert colleague.user.email in everybody
    assert {to for to, _ in sent_mails()} == {*everybody, officer.user.email}


@pytest.mark.parametrize("act", ["decline_referral", "end_without_action"])
def test_every_decision_is_told_to_the_sender_by_a_link(cast, act):
    worker, referral = cast.front_door_worker, send(cast.police_officer)
    code = "outside_area" if act == "decline_referral" else "already_supported"
    for _ in range(2):
        with acting_as(worker):
            getattr(triage, act)(referral.pk, version=1, code=code, actor=worker)
    assert sent_mails() == [(cast.police_officer.user.email, "Something you sent has news")]
    assert f"/referrals/{referral.pk}/" in mail.outbox[0].body


def test_routing_acceptance_and_the_end_of_the_work_are_told(cast):
    from django.utils import timezone

    from referrals.selectors.referral import followed_referrals, outcomes
    from referrals.services.feedback import record_work_ended

    referral = send(cast.police_officer)
    case = accepted(referral, cast.front_door_worker, cast.idva)
    for _ in range(2):
        with acting_as(cast.idva):
            record_work_ended(case.pk, agency_id=cast.idva.agency_id, at=timezone.now(), actor=cast.idva)
    assert sent_mails() == [(cast.police_officer.user.email, "Something you sent has news")] * 3
    with acting_as(cast.police_officer):
        told = outcomes(followed_referrals(cast.police_officer).get(pk=referral.pk))
    assert told[-1].text == "Brightwater Advocacy: its work has ended"
