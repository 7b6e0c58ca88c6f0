"""What a referral must hold, and which agencies it may go to."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError

from dacase.agencies.choices import AgencyKind, Service
from dacase.cases.choices import PartyRole
from referrals.choices import Aware, ReferralState

# A referral is routed to agencies that support people or safeguard them.
ROUTED_SERVICES = (Service.ADVOCACY, Service.REFUGE, Service.SANCTUARY)
ROUTED_KINDS = (AgencyKind.SPECIALIST, AgencyKind.CHILDRENS, AgencyKind.ADULTS)
UNDECIDED = (ReferralState.RECEIVED, ReferralState.IN_TRIAGE, ReferralState.RETURNED)
# Whom a referral names, and how many at most.
MOST_PEOPLE = {PartyRole.VICTIM: 1, PartyRole.PERPETRATOR: 10, PartyRole.CHILD: 20}
OLDEST_YEARS = 120


def check_people(roles: Iterable[str]) -> None:
    """Raise ValidationError unless one is the victim-survivor, the others are of MOST_PEOPLE, and none too many."""
    counts = Counter(PartyRole(role) for role in roles)
    if counts.keys() - MOST_PEOPLE.keys():
        raise ValidationError({"people": "A referral names the victim-survivor, perpetrators and children"})
    if counts[PartyRole.VICTIM] != 1:
        raise ValidationError(
            {"people": "A referral is about one victim-survivor. Send one referral for each"}
        )
    for role, most in MOST_PEOPLE.items():
        if counts[role] > most:
            raise ValidationError(
                {"people": f"A referral can name at most {most} people as {PartyRole(role).label.lower()}"}
            )


def check_birth(born: date | None, *, today: date) -> None:
    """Raise ValidationError for a birth after `today` or more than 120 years ago."""
    if born is not None and born > today:
        raise ValidationError({"date_of_birth": "Date of birth must be today or in the past"})
    if born is not None and born.year < today.year - OLDEST_YEARS:
        raise ValidationError(
            {"date_of_birth": f"Date of birth must be within the last {OLDEST_YEARS} years"}
        )


def check_messages(*, safe_to_call: bool, safe_to_text: bool, safe_to_leave_message: bool) -> None:
    """Raise ValidationError where a message may be left although neither calls nor texts are safe."""
    if safe_to_leave_message and not (safe_to_call or safe_to_text):
        raise ValidationError({"ways": "Leaving a message is only safe where a call or a text message is"})


def check_awareness(victim_aware: str, not_aware_reason: str) -> None:
    """Raise ValidationError where the victim-survivor does not know and nobody says why."""
    if victim_aware == Aware.NO and not not_aware_reason.strip():
        raise ValidationError(
            {"not_aware_reason": "Say why the victim-survivor does not know about this referral"}
        )
