"""What a sender sees of a question, and how she answers it."""

import uuid

import pytest
from django.urls import reverse

from dacase.walls.context import acting_as
from referrals.models import ReferralContact, ReferralQuestion
from referrals.rules.contact import ContactAnswers
from tests.referrals.builders import fresh, send

NO_WAY = ContactAnswers(phone="07700 900123", who_else_sees="Her brother")


@pytest.fixture
def referral(cast):
    return send(cast.police_officer, contact=NO_WAY)


def address(referral, reader):
    with acting_as(reader):
        question = ReferralQuestion.objects.get(referral=referral)
    return reverse("referrals:answer", args=[referral.pk, question.pk])


def text_of(response):
    return response.content.decode()


def test_the_question_stands_on_top_of_my_work_and_on_the_referral(cast, sign_in, referral):
    officer = sign_in(cast.police_officer)
    home = text_of(officer.get(reverse("cases:home")))
    link = address(referral, cast.police_officer)
    assert home.index(f"Answer the question on referral {referral.reference}") < home.index(
        "Questions to you"
    )
    assert link in home
    assert link in text_of(officer.get(reverse("referrals:detail", args=[referral.pk])))
    assert link not in text_of(sign_in(cast.police_alder).get(reverse("cases:home")))


def test_the_sender_answers_and_what_was_known_is_there(
    cast, sign_in, referral, django_assert_max_num_queries
):
    officer, link = sign_in(cast.police_officer), address(referral, cast.police_officer)
    with django_assert_max_num_queries(18):
        page = text_of(officer.get(link))
    assert "How can the victim-survivor be reached without danger?" in page
    assert "07700 900123" in page
    assert "Her brother" in page
    wrong = text_of(officer.post(link, {"phone": "", "ways": ["safe_to_call"]}))
    assert "Enter the phone number that is safe to use" in wrong
    nothing = text_of(officer.post(link, {"phone": "07700 900123"}))
    assert "Tick a way that is safe" in nothing
    done = text_of(officer.post(link, {"phone": "07700 900456", "ways": ["safe_to_call"]}, follow=True))
    assert "Your answer is with the front door" in done
    assert "asks you a question" not in done
    with acting_as(cast.front_door_worker):
        contact = ReferralContact.objects.get(referral=referral)
        assert (contact.phone, contact.safe_to_call) == ("07700 900456", True)
    assert "This question is answered" in text_of(officer.get(link, follow=True))


def test_a_colleague_who_may_not_see_the_number_keeps_it_by_leaving_it_empty(cast, sign_in, referral):
    colleague, link = sign_in(cast.police_alder), address(referral, cast.police_alder)
    assert "07700 900123" not in text_of(colleague.get(link))
    colleague.post(link, {"phone": "", "ways": ["safe_to_text"], "safe_times": "Mornings"})
    with acting_as(cast.front_door_worker):
        contact = ReferralContact.objects.get(referral=referral)
        assert (contact.phone, contact.safe_to_text, contact.has_safe_way) == ("07700 900123", True, True)


def test_a_question_of_another_referral_is_not_found_here(cast, sign_in, referral):
    other = send(cast.police_officer, contact=NO_WAY)
    mixed = address(referral, cast.police_officer).replace(str(referral.pk), str(other.pk))
    officer = sign_in(cast.police_officer)
    assert officer.get(mixed).status_code == 404
    absent = reverse("referrals:answer", args=[referral.pk, uuid.uuid4()])
    assert officer.get(absent).status_code == 404


def test_the_front_door_sees_it_with_the_sender_with_its_clock(cast, sign_in, referral):
    worker = sign_in(cast.front_door_worker)
    queue = text_of(worker.get(reverse("referrals:queue"), {"state": "returned"}))
    assert referral.reference in queue
    assert "With the sender" in queue
    page = text_of(worker.get(reverse("referrals:triage", args=[referral.pk])))
    assert "The sender is asked, and the clock runs on" in page
    assert "Decline it" in page
    pressed = worker.post(
        reverse("referrals:return", args=[referral.pk]),
        {"version": 1, "code": "identity", "reason": "The second name"},
        follow=True,
    )
    assert "is with its sender" in text_of(pressed)
    stored = fresh(referral, cast.front_door_worker)
    assert (stored.state, stored.decided_at) == ("returned", None)
