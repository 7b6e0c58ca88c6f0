"""The letterbox of the public pages: put in by nobody, taken in by a worker under the front door's own membership."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Agency, Membership
from dacase.agencies.services.agency import public_door_of
from dacase.audit.services import record_event
from dacase.jobs.services import enqueue
from referrals.choices import PUBLIC_DOORS, Aware, Consent, Priority, ReferralDoor
from referrals.models import PublicReferral, Referral
from referrals.selectors.referral import front_doors
from referrals.services.feedback import reached_at, tell
from referrals.services.referral import (
    ContactAnswers,
    NamedPerson,
    OutsideDetails,
    check_answers,
    make_referral,
)

TASK = "referrals.take_in_letter"


@transaction.atomic
def put_in_letterbox(
    *,
    submission: UUID,
    door: str,
    contact: ContactAnswers,
    people: Sequence[NamedPerson],
    what_happened: str,
    victim_aware: str = Aware.YES,
    consent: str = Consent.GIVEN,
    not_aware_reason: str = "",
    priority: str = Priority.STANDARD,
    receiver: Agency | None = None,
    outside: OutsideDetails | None = None,
) -> UUID:
    """Keep what a public page sent until the worker takes it in. Nobody acts, and nothing of it can be read back.

    The letter's number is made from `submission` and from what was sent: a double click is one letter, and a
    page that was changed and sent again is another, so that no word is lost.

    Args: as services.referral.make_referral. door: a value of choices.PUBLIC_DOORS.
    Raises ValidationError where no front door is chosen and there is not exactly one, and for what make_referral
    would refuse: whoever sent it is told then, while the page is still open.
    """
    if door not in PUBLIC_DOORS:
        raise ValueError("not a public door")
    check_answers(contact, people, victim_aware, not_aware_reason)
    receiver = receiver or _only_front_door()
    body = {
        "contact": asdict(contact),
        "people": [_as_json(one) for one in people],
        "what_happened": what_happened,
        "victim_aware": str(victim_aware),
        "not_aware_reason": not_aware_reason,
        "consent": str(consent),
        "priority": str(priority),
        "outside": asdict(outside) if outside else None,
    }
    words = json.dumps([str(receiver.pk), door, body], sort_keys=True)
    letter = PublicReferral(
        pk=uuid5(submission, hashlib.sha256(words.encode()).hexdigest()),
        receiver=receiver,
        door=door,
        body=body,
    )
    # Says nothing of a letter that is there already, and needs no right to read one.
    PublicReferral.objects.bulk_create([letter], ignore_conflicts=True)
    enqueue(TASK, args={"letter": letter.pk}, key=f"letter-{letter.pk}", actor=public_door_of(receiver))
    return letter.pk


@transaction.atomic
def take_in_letter(letter_id: UUID, *, actor: Membership) -> Referral | None:
    """Make the referral of a letter and empty the letter. None where it was taken in or dealt with before.

    actor: the front door's own membership for its public pages. Raises as make_referral.
    """
    check_may(actor, "make_referral")
    letter = PublicReferral.objects.visible_to(actor).waiting().select_for_update().filter(pk=letter_id)
    found = letter.first()
    if found is None:
        return None
    referral = make_referral(**_answers(found), actor=actor)
    found.body, found.taken_in_at = {}, timezone.now()
    found.save(update_fields=["body", "taken_in_at"])
    return referral


@transaction.atomic
def note_refusal(letter_id: UUID, *, actor: Membership) -> None:
    """Mark a letter that could not be made a referral, and tell the front door, so that it reads it itself."""
    waiting = PublicReferral.objects.visible_to(actor).waiting().filter(pk=letter_id)
    if waiting.update(refused_at=timezone.now()):
        path = reverse("referrals:letter", args=[letter_id])
        door = reached_at(actor.agency, "triage_referral")
        tell(door, "letter_refused", path=path, key=f"letter_refused:{letter_id}")


@transaction.atomic
def settle_letter(letter_id: UUID, *, actor: Membership) -> PublicReferral:
    """Say that somebody of the front door has dealt with a letter that could not be taken in.

    Its words stay. Raises NotAllowed, PublicReferral.DoesNotExist; ValidationError where it was taken in.
    """
    letter = _lock(letter_id, actor)
    if letter.settled_at is None:
        letter.settled_at, letter.settled_by = timezone.now(), actor
        letter.save(update_fields=["settled_at", "settled_by"])
        record_event("letter_settled", actor=actor, subject=letter)
    return letter


@transaction.atomic
def try_letter_again(letter_id: UUID, *, actor: Membership) -> PublicReferral:
    """Have the worker take in a letter once more. Raises as settle_letter."""
    letter = _lock(letter_id, actor)
    if letter.settled_at is None:
        letter.refused_at = None
        letter.save(update_fields=["refused_at"])
        enqueue(TASK, args={"letter": letter.pk}, actor=public_door_of(actor.agency))
        record_event("letter_tried_again", actor=actor, subject=letter)
    return letter


def _lock(letter_id: UUID, actor: Membership) -> PublicReferral:
    check_may(actor, "triage_referral")
    letter = PublicReferral.objects.visible_to(actor).select_for_update().get(pk=letter_id)
    if letter.taken_in_at is not None:
        raise ValidationError("This message has been taken in as a referral. It is in the queue")
    return letter


def _only_front_door() -> Agency:
    doors = list(front_doors()[:2])
    if len(doors) != 1:
        raise ValidationError({"receiver": "Select the area"})
    return doors[0]


def _as_json(person: NamedPerson) -> dict[str, Any]:
    said = asdict(person)
    said["date_of_birth"] = person.date_of_birth.isoformat() if person.date_of_birth else None
    return {name: str(value) if isinstance(value, str) else value for name, value in said.items()}


def _answers(letter: PublicReferral) -> dict[str, Any]:
    """A letter as make_referral asks for it."""
    body: Mapping[str, Any] = letter.body
    people = [dict(one) for one in body["people"]]
    for one in people:
        born = one["date_of_birth"]
        one["date_of_birth"] = date.fromisoformat(born) if born else None
    plain = ("what_happened", "victim_aware", "not_aware_reason", "consent", "priority")
    return {
        "submission": letter.pk,
        "door": ReferralDoor(letter.door),
        "receiver": letter.receiver,
        "received_at": letter.received_at,
        "contact": ContactAnswers(**body["contact"]),
        "people": [NamedPerson(**one) for one in people],
        "outside": OutsideDetails(**body["outside"]) if body["outside"] else None,
        **{name: body[name] for name in plain},
    }
