"""Calling an outside professional: before anybody acts on what she sent, and once it is decided."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.selectors.people import last_saved
from dacase.ui.stale import StaleVersion
from referrals.choices import CallBack, ReferralDoor, ReferralState, Told
from referrals.models import OutsideSender, Referral
from referrals.selectors.triage import taken_in

CALL_FIRST = (
    "Call back the sender first, on the organisation’s published number, and record what you were told"
)
NOBODY_READS = (
    "Whoever sent this has no account and would not see your question. Ask by a safe way to make contact"
)
CALL_THE_SENDER = "The sender has no account and would not see your question. Call the organisation instead"


@transaction.atomic
def record_call_back(
    referral_id: UUID, *, number_found: str, outcome: str, note: str = "", version: int, actor: Membership
) -> OutsideSender:
    """Write down a call back to the organisation of an outside sender. A later call replaces it; versions stay.

    Args:
        number_found: where the number that was called is published. Never the number that the sender typed.
        outcome: a value of choices.CallBack.
        note: what was said; needed where nobody confirmed and the front door goes on all the same.
        version: the one of the call back that the actor saw.
    Raises NotAllowed, Referral.DoesNotExist, StaleVersion, ValidationError.
    """
    sender = _lock(referral_id, actor)
    said = {"number_found": number_found.strip(), "outcome": outcome, "note": note.strip()}
    if _is_said(sender, said, version):
        return sender
    _check(said)
    sender.called_back_at, sender.called_back_by = timezone.now(), actor
    return _save(sender, said, "sender_called_back", {"outcome": outcome}, actor)


@transaction.atomic
def record_told(
    referral_id: UUID, *, told: str, told_note: str = "", version: int, actor: Membership
) -> OutsideSender:
    """Write down that an outside sender was told what was decided, or could not be. A later call replaces it.

    Args:
        told: a value of choices.Told.
        told_note: what was said; needed where nobody tries again.
        version: the one of the sender that the actor saw.
    Raises as record_call_back; ValidationError also while nothing is decided.
    """
    sender = _lock(referral_id, actor)
    said = {"told": told, "told_note": told_note.strip()}
    if _is_said(sender, said, version):
        return sender
    if sender.referral.decided_at is None:
        raise ValidationError("Nothing is decided yet")
    if told not in Told.values:
        raise ValidationError({"told": "Select what came of the call"})
    if told == Told.GAVE_UP and not said["told_note"]:
        raise ValidationError({"told_note": "Say when you tried"})
    sender.told_at, sender.told_by = timezone.now(), actor
    return _save(sender, said, "sender_told", {"outcome": told}, actor)


def _lock(referral_id: UUID, actor: Membership) -> OutsideSender:
    check_may(actor, "triage_referral")
    referral = taken_in(actor).select_for_update(of=("self",)).get(pk=referral_id)
    sender = OutsideSender.objects.filter(referral=referral).first()
    if sender is None:
        raise ValidationError("This referral was not sent by an outside professional")
    sender.referral = referral
    return sender


def _is_said(sender: OutsideSender, said: dict[str, str], version: int) -> bool:
    """Whether a second click says the same once more. Raises StaleVersion where somebody has said something else."""
    if sender.version == version + 1 and all(getattr(sender, name) == said[name] for name in said):
        return True
    if sender.version != version:
        saved_by, saved_at = last_saved(sender)
        current = {name: getattr(sender, name) for name in said}
        raise StaleVersion(current=current, version=sender.version, saved_by=saved_by, saved_at=saved_at)
    return False


def _save(
    sender: OutsideSender, said: dict[str, str], verb: str, data: dict[str, str], actor: Membership
) -> OutsideSender:
    for name, value in said.items():
        setattr(sender, name, value)
    sender.version += 1
    sender.save()
    record_event(verb, actor=actor, subject=sender.referral, case_id=sender.referral.case_id, data=data)
    return sender


def check_called_back(referral: Referral) -> None:
    """Raise ValidationError while an outside sender has not been called back."""
    if referral.waits_for_call_back:
        raise ValidationError(CALL_FIRST)


def check_somebody_reads(referral: Referral, state: str) -> None:
    """Raise ValidationError for a question to a sender who has no page to read it on: it would be lost."""
    if state == ReferralState.RETURNED and referral.door == ReferralDoor.SELF:
        raise ValidationError(NOBODY_READS)
    if state == ReferralState.RETURNED and referral.door == ReferralDoor.PROFESSIONAL:
        raise ValidationError(CALL_THE_SENDER)


def _check(said: dict[str, str]) -> None:
    if said["outcome"] not in CallBack.values:
        raise ValidationError({"outcome": "Select what the call showed"})
    if not said["number_found"]:
        raise ValidationError({"number_found": "Enter where you found the number"})
    if said["outcome"] == CallBack.IN_DANGER and not said["note"]:
        raise ValidationError({"note": "Say why this cannot wait for a call back"})
