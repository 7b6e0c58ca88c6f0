"""The one question that whatever contacts a person asks first: call, text, letter, e-mail, visit."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from dacase.cases.choices import ContactMethod
from dacase.cases.models import Party, SafeContactPlan
from dacase.cases.rules import contact_method, is_current_plan

NO_PLAN = "Nobody has recorded how contact can be made without danger. Record the safe-contact plan first"
OUT_OF_DATE = "The safe-contact plan has not been checked lately. Check it and renew it first"
NOT_AGREED = (
    "The safe-contact plan does not cover this way. It must have been agreed with the person beforehand"
)
NO_MESSAGE = "The safe-contact plan says that no message may be left"
NOT_SAFE = {
    "safe_to_call": "The safe-contact plan says that calling is not safe",
    "safe_to_text": "The safe-contact plan says that texting is not safe",
    "safe_to_write": "The safe-contact plan says that writing is not safe, by post or email",
}


class ContactRefusedError(ValidationError):
    """The safe-contact plan does not allow this. Its message says why and names nobody."""


def check_contact_is_allowed(
    party: Party, *, method: str, leaves_message: bool = False, was_agreed: bool = False
) -> SafeContactPlan:
    """The party's safe-contact plan, when it allows this contact today.

    Args:
        method: a value of choices.ContactMethod.
        leaves_message: whether something stays behind that others may hear or read, as a voicemail.
        was_agreed: the person asked for this way, or agreed to it, beforehand (visits, somebody else).
    Raises ContactRefusedError without a plan, with one that is out of date, and where it does not allow this.
    """
    row = contact_method(ContactMethod(method))
    plan = SafeContactPlan.objects.filter(party_id=party.standing_id).first()
    if plan is None:
        raise ContactRefusedError({"method": NO_PLAN})
    if not is_current_plan(timezone.localdate(plan.updated_at), on=timezone.localdate()):
        raise ContactRefusedError({"method": OUT_OF_DATE})
    if row["plan_field"] and not getattr(plan, row["plan_field"]):
        raise ContactRefusedError({"method": NOT_SAFE[row["plan_field"]]})
    if row["needs_agreement"] and not was_agreed:
        raise ContactRefusedError({"was_agreed": NOT_AGREED})
    if leaves_message and not plan.safe_to_leave_message:
        raise ContactRefusedError({"outcome": NO_MESSAGE})
    return plan
