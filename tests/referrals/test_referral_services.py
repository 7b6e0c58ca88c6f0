import uuid
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.models import Agency
from dacase.audit.models import Event
from dacase.cases.choices import PartyRole
from dacase.walls.context import acting_as
from referrals.choices import Aware, Priority, ReferralState
from referrals.models import Referral, ReferralContact, ReferralPerson
from referrals.rules import clock
from referrals.services.referral import ContactAnswers, NamedPerson, make_referral
from tests.referrals.builders import CONTACT, PEOPLE, answers, send


def test_a_referral_holds_what_was_sent_and_its_clock_runs(cast):
    before = timezone.now()
    referral = send(cast.police_officer)
    with acting_as(cast.police_officer):
        stored = Referral.objects.get(pk=referral.pk)
        assert stored.reference.startswith("R-")
        assert (stored.sender_agency, stored.sender) == (cast.police_officer.agency, cast.police_officer)
        assert (stored.source, stored.receiver_agency) == ("police", cast.front_door_worker.agency)
        assert (stored.state, stored.priority) == (ReferralState.RECEIVED, Priority.HIGH)
        assert before <= stored.received_at <= timezone.now()
        assert stored.due_at == clock.due_at(stored.received_at, clock=clock.FRONT_DOOR, priority="high")
        assert [(p.role, p.name) for p in stored.people.all()] == [
            (p.role, f"{p.given_name} {p.family_name}") for p in PEOPLE
        ]
        assert stored.contact.has_safe_way
        assert stored.contact.code_word == "Kestrel"
        event = Event.objects.get(subject_id=referral.pk)
        assert (event.verb, event.data, event.case_id) == (
            "referral_made",
            {"priority": "high", "door": "agency"},
            None,
        )


def test_no_event_holds_a_name_or_a_number(cast):
    send(cast.police_officer)
    with acting_as(cast.police_officer):
        text = str(list(Event.objects.values_list("data", flat=True)))
    assert "Testcase" not in text
    assert "07700" not in text


def test_the_same_submission_twice_is_one_referral(cast):
    values = answers()
    with acting_as(cast.police_officer):
        first = make_referral(**values, actor=cast.police_officer)
        second = make_referral(**values, actor=cast.police_officer)
        assert first == second
        assert Referral.objects.count() == 1
        assert ReferralPerson.objects.count() == 4
        assert Event.objects.filter(verb="referral_made").count() == 1


def test_two_agencies_may_happen_to_use_the_same_submission(cast):
    values = answers()
    one, other = send(cast.police_officer, **values), send(cast.hospital_umber, **values)
    assert one != other


def test_a_double_click_in_two_requests_at_once_is_one_referral(committed):
    from tests.cast import Cast

    officer, values, found, start = Cast().police_officer, answers(), [], Barrier(2)

    def press() -> None:
        try:
            start.wait(timeout=10)
            with acting_as(officer):
                found.append(make_referral(**values, actor=officer).pk)
        finally:
            connections.close_all()

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(found) == 2
    assert len(set(found)) == 1
    with acting_as(officer):
        assert Referral.objects.count() == ReferralContact.objects.count() == 1
        assert ReferralPerson.objects.count() == 4


def test_without_a_safe_way_it_is_taken_in_and_flagged(cast):
    referral = send(cast.police_officer, contact=ContactAnswers(phone="07700 900123"))
    with acting_as(cast.front_door_worker):
        stored = Referral.objects.get(pk=referral.pk)
        assert stored.state == ReferralState.RETURNED
        assert (stored.decided_at, stored.due_at) == (None, referral.due_at)
        assert not stored.contact.has_safe_way


@pytest.mark.parametrize(
    ("contact", "safe"),
    [
        (ContactAnswers(), False),
        (ContactAnswers(phone="07700 900123", safe_to_call=True), True),
        (ContactAnswers(phone="07700 900123", safe_to_text=True), True),
        (ContactAnswers(phone="07700 900123", safe_to_write=True), False),
        (ContactAnswers(safe_to_call=True), False),
        (ContactAnswers(email="a@example.org", safe_to_write=True), True),
        (ContactAnswers(address="1 Invented Street", safe_to_write=True), True),
        (ContactAnswers(address="1 Invented Street"), False),
    ],
)
def test_what_counts_as_a_safe_way(contact, safe):
    assert ReferralContact(**vars(contact)).has_safe_way is safe


def test_roles_that_make_no_referrals_are_refused(cast):
    for membership in (cast.commissioner, cast.auditor, cast.marac_coordinator, cast.administrator):
        with pytest.raises(NotAllowed):
            send(membership)


VICTIM = PEOPLE[0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"people": PEOPLE[1:]}, "people"),
        ({"people": [VICTIM, VICTIM]}, "people"),
        ({"people": [VICTIM, *[NamedPerson(PartyRole.PERPETRATOR, "Many")] * 11]}, "people"),
        ({"people": [VICTIM, *[NamedPerson(PartyRole.CHILD, "Many")] * 21]}, "people"),
        ({"people": [VICTIM, NamedPerson(PartyRole.CONNECTED, "Aside")]}, "people"),
        ({"people": [NamedPerson(PartyRole.VICTIM, "  ")]}, "people"),
        (
            {
                "people": [
                    NamedPerson(
                        PartyRole.VICTIM, "Tomorrow", date_of_birth=timezone.localdate() + timedelta(days=1)
                    )
                ]
            },
            "date_of_birth",
        ),
        (
            {"people": [NamedPerson(PartyRole.VICTIM, "Methuselah", date_of_birth=date(1880, 1, 1))]},
            "date_of_birth",
        ),
        ({"victim_aware": Aware.NO}, "not_aware_reason"),
        ({"contact": ContactAnswers(phone="07700 900123", safe_to_leave_message=True)}, "ways"),
    ],
)
def test_what_does_not_fit_is_refused_by_field_and_leaves_nothing(cast, changes, field):
    with pytest.raises(ValidationError) as refusal:
        send(cast.police_officer, **changes)
    assert list(refusal.value.error_dict) == [field]
    with acting_as(cast.police_officer):
        assert not Referral.objects.exists()


def test_a_reason_lets_an_unaware_victim_survivor_be_referred(cast):
    referral = send(
        cast.police_officer, victim_aware=Aware.NO, not_aware_reason="She could not be reached alone."
    )
    assert referral.victim_aware == Aware.NO


def test_only_a_front_door_takes_in_referrals(cast):
    with pytest.raises(ValidationError) as refusal:
        send(cast.police_officer, receiver=cast.idva.agency)
    assert "receiver" in refusal.value.error_dict


def test_with_two_front_doors_one_must_be_chosen(cast):
    other = cast.housing_representative.agency
    Agency.objects.filter(pk=other.pk).update(services=["front_door"])
    other.refresh_from_db()
    with pytest.raises(ValidationError) as refusal:
        send(cast.police_officer)
    assert "receiver" in refusal.value.error_dict
    assert send(cast.police_officer, receiver=other).receiver_agency == other


def test_without_a_front_door_the_sender_is_told(cast):
    Agency.objects.filter(pk=cast.front_door_worker.agency_id).update(services=[])
    with pytest.raises(ValidationError, match="takes in referrals"):
        send(cast.police_officer)


def test_history_keeps_the_referral_as_it_was_sent(cast):
    referral = send(cast.police_officer, contact=CONTACT)
    with acting_as(cast.police_officer):
        assert referral.history.get().history_user_id == cast.police_officer.user_id
        assert ReferralContact.history.get(referral_id=referral.pk).phone == "07700 900123"


def test_an_unknown_priority_is_an_error_and_no_referral(cast):
    with pytest.raises(ValueError, match="whenever"):
        send(cast.police_officer, priority="whenever", submission=uuid.uuid4())
