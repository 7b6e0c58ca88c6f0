"""What a referral's sender is asked, and what she answers. The clock runs on meanwhile."""

from dataclasses import asdict
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from referrals.choices import QuestionCode, ReferralState
from referrals.models import Referral, ReferralContact, ReferralQuestion
from referrals.rules.contact import ContactAnswers
from referrals.rules.referral import check_messages
from referrals.selectors.question import answerable
from referrals.services.feedback import tell_front_door, tell_sender, tell_services


def ask_sender(
    referral: Referral, *, code: str, text: str = "", asked_by: Membership | None
) -> ReferralQuestion:
    """Put a question to the sender of a locked referral, which is then with her, its clock running.

    Asked once while it waits: the same question again gives the one that is there. The caller saves the
    referral's state. One e-mail goes out.

    Args:
        code: a value of choices.QuestionCode.
        text: what is added to the code's own words.
        asked_by: who asks; None where the referral arrived without a safe way to make contact.
    """
    waiting = ReferralQuestion.objects.waiting().filter(referral=referral, code=code, text=text.strip())
    question = waiting.first()
    if question is None:
        if (
            code != QuestionCode.OTHER
            and ReferralQuestion.objects.waiting().filter(referral=referral, code=code).exists()
        ):
            raise ValidationError({"code": "The sender has this question already and has not answered yet"})
        question = ReferralQuestion.objects.create(
            referral=referral, code=code, text=text.strip(), asked_by=asked_by
        )
        tell_sender(referral, "referral_question", key=str(question.pk))
    return question


@transaction.atomic
def answer_question(
    question_id: UUID, *, answer: str, contact: ContactAnswers | None = None, actor: Membership
) -> ReferralQuestion:
    """Answer a question for the sending agency, or as the front door that was told on the phone.

    The referral goes back to the queue with its clock as it was. Where it was routed meanwhile, the services are
    told how contact is safe. A second click finds the answer given.

    Args:
        answer: in words; may be empty where `contact` says what was asked.
        contact: the safe contact answers as they are now, for a question about them.
    Raises NotAllowed, ReferralQuestion.DoesNotExist; ValidationError where nothing is answered or a
    colleague has answered already.
    """
    check_may(actor, "make_referral")
    referral_id = answerable(actor).values_list("referral_id", flat=True).get(pk=question_id)
    # First the referral, then its question: the order in which the front door locks them.
    referral = (
        Referral.objects.select_for_update(of=("self",))
        .select_related("receiver_agency", "contact")
        .get(pk=referral_id)
    )
    question = ReferralQuestion.objects.select_for_update().get(pk=question_id)
    if question.answered_at is not None:
        if question.answered_by_id == actor.pk:
            return question
        raise ValidationError("A colleague has answered this question already")
    question.answer = _checked(question, answer, contact)
    if contact is not None:
        _store_contact(referral.contact, contact)
    question.answered_by, question.answered_at = actor, timezone.now()
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    _back_to_the_queue(referral)
    record_event(
        "question_answered",
        actor=actor,
        subject=referral,
        case_id=referral.case_id if actor.agency_id == referral.receiver_agency_id else None,
        data={"question": str(question.pk), "code": question.code},
    )
    if actor.agency_id != referral.receiver_agency_id:
        tell_front_door(referral, "referral_answered", key=str(question.pk))
    if question.code == QuestionCode.SAFE_CONTACT:
        tell_services(referral, "referral_answered", key=str(question.pk))
    return question


def _checked(question: ReferralQuestion, answer: str, contact: ContactAnswers | None) -> str:
    words = answer.strip()
    if question.code != QuestionCode.SAFE_CONTACT:
        if not words:
            raise ValidationError({"answer": "Enter your answer"})
        return words
    if contact is not None:
        check_messages(
            safe_to_call=contact.safe_to_call,
            safe_to_text=contact.safe_to_text,
            safe_to_leave_message=contact.safe_to_leave_message,
        )
    if not words and (contact is None or not ReferralContact(**asdict(contact)).has_safe_way):
        raise ValidationError(
            {"answer": "Tick a way that is safe, or say how else the victim-survivor might be reached"}
        )
    return words


def _store_contact(contact: ReferralContact, answers: ContactAnswers) -> None:
    """The referral's safe contact answers as they are now; what they were is kept in their history."""
    values = asdict(answers)
    for name, value in values.items():
        setattr(contact, name, value)
    contact.save(update_fields=list(values))


def _back_to_the_queue(referral: Referral) -> None:
    """Once nothing waits for the sender any more. `due_at` stays: an answer gives nobody more time."""
    if referral.state != ReferralState.RETURNED:
        return
    if ReferralQuestion.objects.waiting().filter(referral=referral).exists():
        return
    referral.state = ReferralState.IN_TRIAGE if referral.held_by_id else ReferralState.RECEIVED
    referral.version += 1
    referral.save(update_fields=["state", "version"])
