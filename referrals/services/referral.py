"""Making a referral: the one function in which every door ends."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.choices import Service
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.choices import PartyRole, Sex
from dacase.cases.rules.identifiers import normal_nhs_number, normal_pnc_id
from referrals.choices import (
    Priority,
    QuestionCode,
    ReferralDoor,
    ReferralSource,
    ReferralState,
)
from referrals.models import OutsideSender, Referral, ReferralContact, ReferralPerson
from referrals.rules import clock
from referrals.rules.contact import ContactAnswers
from referrals.rules.referral import check_awareness, check_birth, check_messages, check_people
from referrals.selectors.referral import front_doors
from referrals.services.question import ask_sender

__all__ = ["ContactAnswers", "NamedPerson", "check_answers", "make_referral"]


@dataclass(frozen=True)
class NamedPerson:
    """Somebody named in a referral. Of a victim-survivor at least a family name is known."""

    role: str
    family_name: str
    given_name: str = ""
    date_of_birth: date | None = None
    sex: str = Sex.NOT_ASKED
    relationship: str = ""
    also_known_as: str = ""
    nhs_number: str = ""
    pnc_id: str = ""

    def as_row(self) -> dict[str, Any]:
        """What is stored: as the sender wrote it, numbers in the form in which they are compared."""
        year = timezone.localdate().year
        numbers = {
            "nhs_number": normal_nhs_number(self.nhs_number),
            "pnc_id": normal_pnc_id(self.pnc_id, this_year=year),
        }
        return asdict(self) | numbers


@dataclass(frozen=True)
class OutsideDetails:
    """What an outside professional says of herself; nobody has checked it. kind: the source it counts as."""

    name: str
    job: str
    organisation: str
    kind: str
    typed_phone: str
    email: str = ""


@transaction.atomic
def make_referral(
    *,
    submission: UUID,
    contact: ContactAnswers,
    people: Sequence[NamedPerson],
    what_happened: str,
    victim_aware: str,
    consent: str,
    not_aware_reason: str = "",
    priority: str = Priority.STANDARD,
    receiver: Agency | None = None,
    door: str = ReferralDoor.AGENCY,
    outside: OutsideDetails | None = None,
    received_at: datetime | None = None,
    actor: Membership,
) -> Referral:
    """Send a referral to a front door, where its clock starts. Page, API, CSV and public page call this.

    Without a safe way to make contact it is taken in all the same, and returned to its sender for an answer
    with its clock running.

    A `submission` that the actor's agency has sent before gives the referral made then: a double click, a
    page sent again and a repeated API call make one.

    Args:
        people: exactly one victim-survivor, any perpetrators and children.
        victim_aware, consent, priority: values of choices.Aware, choices.Consent, choices.Priority.
        receiver: the front door; may be left out where the partnership has one.
        door: a value of choices.ReferralDoor: how it arrived.
        outside: who sent it, where that is a professional without an account.
        received_at: when it was sent, where it had to wait to be taken in; its clock began then.
    Raises NotAllowed for a role that makes no referrals; ValidationError, by field, for what does not fit.
    """
    check_may(actor, "make_referral")
    receiver = _receiver(receiver)
    check_answers(contact, people, victim_aware, not_aware_reason)
    now = received_at or timezone.now()
    referral, created = Referral.objects.get_or_create(
        sender_agency=actor.agency,
        submission=submission,
        defaults={
            "sender": actor,
            "source": _source(door, outside, actor),
            "door": door,
            "receiver_agency": receiver,
            "received_at": now,
            "priority": priority,
            "due_at": clock.due_at(now, clock=clock.FRONT_DOOR, priority=Priority(priority)),
            "what_happened": what_happened,
            "victim_aware": victim_aware,
            "not_aware_reason": not_aware_reason,
            "consent": consent,
        },
    )
    if created:
        answers = ReferralContact.objects.create(referral=referral, **asdict(contact))
        ReferralPerson.objects.bulk_create(
            ReferralPerson(referral=referral, **one.as_row()) for one in people
        )
        if outside is not None:
            said = asdict(outside)
            said.pop("kind")
            OutsideSender.objects.create(referral=referral, **said)
        data = {"priority": priority, "door": str(door)}
        record_event("referral_made", actor=actor, subject=referral, data=data)
        if not answers.has_safe_way and door != ReferralDoor.SELF:
            _ask_for_a_safe_way(referral)
    return referral


def _ask_for_a_safe_way(referral: Referral) -> None:
    """Who has no account would never read it: there the front door asks when it calls back, and records the answer."""
    if referral.has_reader:
        referral.state = ReferralState.RETURNED
        referral.save(update_fields=["state"])
    ask_sender(referral, code=QuestionCode.SAFE_CONTACT, asked_by=None)


def _source(door: str, outside: OutsideDetails | None, actor: Membership) -> str:
    """Who a return counts the referral as coming from: herself, the outside professional's kind, or the agency's."""
    if door == ReferralDoor.SELF:
        return ReferralSource.SELF
    return outside.kind if outside is not None else actor.agency.kind


def _receiver(chosen: Agency | None) -> Agency:
    if chosen is not None and chosen.is_active and chosen.offers(Service.FRONT_DOOR):
        return chosen
    doors = list(front_doors()[:2])
    if not doors:
        raise ValidationError({"receiver": "No agency of the partnership takes in referrals yet"})
    if chosen is not None or len(doors) > 1:
        raise ValidationError({"receiver": "Select the front door that the referral goes to"})
    return doors[0]


def check_answers(
    contact: ContactAnswers, people: Sequence[NamedPerson], victim_aware: str, not_aware_reason: str
) -> None:
    """Raise ValidationError, by field, for what no referral may say; a letterbox asks before it keeps anything."""
    check_messages(
        safe_to_call=contact.safe_to_call,
        safe_to_text=contact.safe_to_text,
        safe_to_leave_message=contact.safe_to_leave_message,
    )
    check_people(one.role for one in people)
    today = timezone.localdate()
    for one in people:
        if not one.family_name.strip():
            raise ValidationError(
                {"people": f"Enter the family name of the {PartyRole(one.role).label.lower()}"}
            )
        check_birth(one.date_of_birth, today=today)
    check_awareness(victim_aware, not_aware_reason)
