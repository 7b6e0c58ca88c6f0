"""Questions to senders: which wait, and who may answer them."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from dacase.agencies.models import Membership
from referrals.choices import QuestionCode, ReferralState
from referrals.models import Referral, ReferralQuestion
from referrals.rules.referral import UNDECIDED


def answerable(membership: Membership) -> QuerySet[ReferralQuestion]:
    """Questions that somebody of this agency may answer: as the sender, or as the front door that asked."""
    own = Q(referral__sender_agency_id=membership.agency_id) | Q(
        referral__receiver_agency_id=membership.agency_id
    )
    return ReferralQuestion.objects.visible_to(membership).filter(own)


def questions_of(referral: Referral) -> list[ReferralQuestion]:
    """Every question about a referral that the reader was let into, the oldest first."""
    found = ReferralQuestion.objects.filter(referral=referral)
    return list(found.select_related("asked_by__user", "answered_by__user"))


def still_asked(referral: Referral, questions: list[ReferralQuestion]) -> list[ReferralQuestion]:
    """Those that somebody still waits for. After the decision only how to make contact safely is worth asking.

    What a sender without an account is asked, on the phone, leaves the referral with the front door.
    """
    if referral.state == ReferralState.RETURNED or (not referral.has_reader and referral.state in UNDECIDED):
        return [one for one in questions if one.answered_at is None]
    if referral.state == ReferralState.ROUTED:
        return [one for one in questions if one.answered_at is None and one.code == QuestionCode.SAFE_CONTACT]
    return []


def questions_to(membership: Membership) -> QuerySet[ReferralQuestion]:
    """What the user's own referrals are with her for, to be ordered by the referral's `due_at`; and those of
    colleagues who have left, which would be nobody's.

    What was routed meanwhile still needs a safe way to make contact (as `still_asked`).
    """
    wanted = Q(referral__state=ReferralState.RETURNED) | Q(
        referral__state=ReferralState.ROUTED, code=QuestionCode.SAFE_CONTACT
    )
    works_there = Membership.objects.active().filter(pk=OuterRef("referral__sender_id"))
    left = Q(referral__sender_agency_id=membership.agency_id) & ~Exists(works_there)
    own = answerable(membership).filter(wanted, answered_at__isnull=True)
    return own.filter(Q(referral__sender__user_id=membership.user_id) | left).select_related("referral")
