"""The letterbox: put in by nobody, read by one front door, taken in once, never lost."""

import uuid
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed
from dacase.agencies.choices import Role
from dacase.agencies.services.agency import public_door_of
from dacase.cases.choices import PartyRole
from dacase.jobs.models import OutboxMessage
from dacase.jobs.tasks_base import run_message
from dacase.walls.context import acting_as
from referrals.choices import CallBack, ReferralState
from referrals.models import OutsideSender, PublicReferral, Referral
from referrals.selectors.question import questions_of, still_asked
from referrals.services import public_referral, triage
from referrals.services.outside_sender import record_call_back
from referrals.services.question import answer_question
from referrals.services.referral import ContactAnswers, NamedPerson, OutsideDetails
from tests.referrals.builders import fresh, open_case_for, send

OUTSIDE = OutsideDetails(
    "Gale Invented", "Practice nurse", "Moorside Surgery", "primary_care", "07700 900555"
)


def letter(**changes):
    return {
        "submission": uuid.uuid4(),
        "door": "self",
        "contact": ContactAnswers(phone="07700 900321", safe_to_call=True, safe_times="Mondays"),
        "people": [NamedPerson(PartyRole.VICTIM, "(not given)", "Wren", date(1990, 1, 2))],
        "what_happened": "I would like to talk to somebody.",
    } | changes


def put_in(**changes):
    with acting_as(None):
        return public_referral.put_in_letterbox(**letter(**changes))


def run(key):
    message = OutboxMessage.objects.get(key=f"letter-{key}")
    run_message(message.pk)
    message.refresh_from_db()
    return message


def taken_in(key, cast):
    with acting_as(cast.front_door_worker):
        return Referral.objects.select_related("outside_sender").get(submission=key)


def test_what_nobody_sent_becomes_one_referral_of_the_front_door(cast):
    key = put_in()
    assert run(key).done_at
    referral = taken_in(key, cast)
    assert (referral.door, referral.source, referral.state) == ("self", "self", ReferralState.RECEIVED)
    assert referral.receiver_agency == referral.sender_agency == cast.front_door_worker.agency
    assert referral.sender.role == Role.PUBLIC_DOOR
    with acting_as(cast.front_door_worker):
        assert referral.people.get().date_of_birth == date(1990, 1, 2)
        left = PublicReferral.objects.get(pk=key)
        assert left.body == {}
        assert left.taken_in_at


def test_nothing_is_kept_that_no_referral_could_be_made_of(cast):
    only_messages = ContactAnswers(phone="07700 900321", safe_to_leave_message=True)
    old = [NamedPerson(PartyRole.VICTIM, "Testcase", "Wren", date(1900, 1, 1))]
    for changes in ({"contact": only_messages}, {"people": old}):
        with pytest.raises(ValidationError):
            put_in(**changes)
    with acting_as(cast.front_door_worker):
        assert not PublicReferral.objects.exists()


def test_a_professional_is_asked_for_a_safe_way_when_called_back_and_the_answer_is_recorded(cast):
    worker = cast.front_door_worker
    key = put_in(door="professional", outside=OUTSIDE, contact=ContactAnswers())
    run(key)
    referral = taken_in(key, cast)
    assert referral.state == ReferralState.RECEIVED
    with acting_as(worker):
        (question,) = still_asked(referral, questions_of(referral))
        answers = ContactAnswers(phone="07700 900321", safe_to_call=True)
        answer_question(question.pk, answer="Told on the phone", contact=answers, actor=worker)
        referral = Referral.objects.select_related("contact").get(pk=referral.pk)
        assert referral.contact.has_safe_way
        assert not still_asked(referral, questions_of(referral))
        assert referral.state == ReferralState.RECEIVED
    herself = put_in(contact=ContactAnswers())
    run(herself)
    with acting_as(worker):
        assert not questions_of(taken_in(herself, cast))


def test_its_clock_began_when_it_was_sent_however_long_the_worker_was_away(cast):
    key, sent = put_in(priority="high"), timezone.now() - timedelta(hours=7)
    with acting_as(cast.front_door_worker):
        PublicReferral.objects.filter(pk=key).update(received_at=sent)
    run(key)
    referral = taken_in(key, cast)
    assert (referral.received_at, referral.due_at) == (sent, sent + timedelta(hours=4))


def test_nobody_and_no_other_agency_reads_the_letterbox(cast):
    key = put_in()
    with acting_as(None):
        assert not PublicReferral.objects.exists()
        assert PublicReferral.objects.update(body={}) == 0
    with acting_as(cast.idva):
        assert not PublicReferral.objects.exists()
    with acting_as(cast.front_door_worker):
        assert PublicReferral.objects.get().pk == key


@pytest.mark.parametrize(
    "changes",
    [
        {"receiver": "police_officer"},
        {"door": "agency"},
        {"taken_in_at": "2026-01-01T00:00Z"},
        {"settled_at": "2026-01-01T00:00Z"},
    ],
)
def test_only_an_open_letter_to_a_front_door_can_be_put_in(cast, changes):
    row = {"receiver": cast.front_door_worker.agency, "door": "self"} | changes
    if "receiver" in changes:
        row["receiver"] = cast.police_officer.agency
    with acting_as(None), pytest.raises(DatabaseError), transaction.atomic():
        PublicReferral.objects.bulk_create([PublicReferral(**row)])


def test_a_letter_has_a_greatest_length_in_the_database_too(cast):
    row = PublicReferral(receiver=cast.front_door_worker.agency, door="self", body={"a": "x" * 60_001})
    with acting_as(None), pytest.raises(IntegrityError), transaction.atomic():
        PublicReferral.objects.bulk_create([row])


def test_a_double_click_is_one_letter_and_a_changed_page_another(cast):
    number = uuid.uuid4()
    first, again = put_in(submission=number), put_in(submission=number)
    other = put_in(submission=number, what_happened="I would like to talk today.")
    assert first == again != other
    assert OutboxMessage.objects.filter(task=public_referral.TASK).count() == 2
    with acting_as(cast.front_door_worker):
        assert PublicReferral.objects.count() == 2


def test_run_twice_and_killed_in_between_it_makes_one_referral(cast):
    key = put_in()
    door = public_door_of(cast.front_door_worker.agency)
    with acting_as(door), pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - both are the point
        public_referral.take_in_letter(key, actor=door)
        raise RuntimeError  # the worker is killed before its transaction ends
    run(key)
    run(key)
    with acting_as(door):
        assert public_referral.take_in_letter(key, actor=door) is None
        assert Referral.objects.filter(submission=key).count() == 1


def test_a_letter_that_is_refused_stays_and_is_shown_to_the_front_door(cast):
    worker = cast.front_door_worker
    key = put_in()
    with acting_as(worker):  # as an older page might have kept it
        body = PublicReferral.objects.get(pk=key).body | {"people": []}
        PublicReferral.objects.filter(pk=key).update(body=body)
    assert run(key).failed_at
    with acting_as(worker):
        waiting = PublicReferral.objects.visible_to(worker).waiting().get()
        assert waiting.refused_at
        for message in OutboxMessage.objects.unfinished().exclude(task=public_referral.TASK):
            run_message(message.pk)
        (told,) = mail.outbox
        assert told.to == [worker.agency.email]
        assert f"/referrals/letterbox/{key}/" in told.body
        assert "Wren" not in told.body + told.subject
        assert waiting.body["what_happened"] == letter()["what_happened"]
        public_referral.try_letter_again(key, actor=worker)
        assert OutboxMessage.objects.filter(task=public_referral.TASK, failed_at=None).count() == 1
        public_referral.settle_letter(key, actor=worker)
        assert not PublicReferral.objects.visible_to(worker).waiting().exists()
    with acting_as(cast.idva), pytest.raises(NotAllowed):
        public_referral.settle_letter(key, actor=cast.idva)


def test_a_letter_that_was_taken_in_is_settled_by_nobody(cast):
    key = put_in()
    run(key)
    with acting_as(cast.front_door_worker), pytest.raises(ValidationError):
        public_referral.settle_letter(key, actor=cast.front_door_worker)


def test_the_doors_membership_may_only_make_referrals_and_never_signs_in(cast, client):
    door = public_door_of(cast.front_door_worker.agency)
    assert door == public_door_of(cast.front_door_worker.agency)
    assert not door.user.has_usable_password()
    client.force_login(door.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/").status_code == 403
    assert client.get("/referrals/queue/").status_code == 403


def professional(cast, **changes):
    key = put_in(door="professional", outside=OUTSIDE, **changes)
    assert run(key).done_at
    return taken_in(key, cast)


def test_an_outside_professional_is_called_back_before_anybody_acts(cast):
    worker = cast.front_door_worker
    referral = professional(cast)
    assert (referral.source, referral.waits_for_call_back) == ("primary_care", True)
    with pytest.raises(ValidationError, match="Call back the sender first"):
        open_case_for(referral, worker)
    with acting_as(worker):
        said = {"number_found": "NHS website", "version": 1, "actor": worker}
        record_call_back(referral.pk, outcome=CallBack.NOT_REACHED, **said)
    with pytest.raises(ValidationError, match="Call back"):
        open_case_for(referral, worker)
    with acting_as(worker):
        record_call_back(referral.pk, outcome=CallBack.CONFIRMED, **said | {"version": 2})
        sender = OutsideSender.objects.get(referral=referral)
        assert sender.called_back_by == worker
        assert sender.history.count() == 3
    case = open_case_for(referral, worker)
    assert fresh(referral, worker).case == case


def test_a_call_back_says_where_the_number_was_found_and_why_danger_does_not_wait(cast):
    worker = cast.front_door_worker
    referral = professional(cast)
    with acting_as(worker):
        for changes, field in (
            ({"number_found": " "}, "number_found"),
            ({"outcome": "invented"}, "outcome"),
            ({"outcome": CallBack.IN_DANGER}, "note"),
        ):
            said = {"number_found": "Website", "outcome": CallBack.CONFIRMED, "version": 1} | changes
            with pytest.raises(ValidationError) as refused:
                record_call_back(referral.pk, **said, actor=worker)
            assert set(refused.value.message_dict) == {field}
        with pytest.raises(NotAllowed):
            record_call_back(referral.pk, **said, actor=cast.idva)


def test_a_question_is_not_sent_where_nobody_reads_it(cast):
    worker, key = cast.front_door_worker, put_in()
    run(key)
    for referral in (taken_in(key, cast), professional(cast)):
        with acting_as(worker), pytest.raises(ValidationError, match="has no account"):
            triage.return_referral(referral.pk, version=1, code="other", reason="When?", actor=worker)


def test_a_referral_of_the_partnership_needs_no_call_back(cast):
    referral = send(cast.police_officer)
    assert referral.door == "agency"
    assert open_case_for(referral, cast.front_door_worker)
    with acting_as(cast.front_door_worker), pytest.raises(ValidationError):
        record_call_back(
            referral.pk, number_found="x", outcome="confirmed", version=1, actor=cast.front_door_worker
        )


def test_the_database_itself_shows_no_letter_without_a_context(cast):
    put_in()
    with acting_as(None), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM referrals_publicreferral")
        assert cursor.fetchone() == (0,)
