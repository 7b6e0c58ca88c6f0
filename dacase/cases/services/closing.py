"""Closing a case, and opening it again."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import ClosingReason, ReopeningReason
from dacase.cases.models import Case, Headline


@transaction.atomic
def close_case(case: Case, *, reason: str, actor: Membership) -> Case:
    """Close a case for a reason (choices.ClosingReason). Who could see it can still see it.

    Raises ValidationError when it is closed already, and while a room still has open work in it
    (settings.BEFORE_CASE_CLOSES): nobody closes a case on a colleague of another agency.
    """
    check_may(actor, "edit_case")
    case = Case.objects.lock(case.pk)
    if not case.is_open:
        raise ValidationError("Somebody has closed this case already.")
    for name in settings.BEFORE_CASE_CLOSES:
        import_string(name)(case)
    case.closed_at = timezone.now()
    case.version += 1
    case.save(update_fields=["closed_at", "version"])
    Headline.objects.filter(case=case).update(review_due_on=None)
    record_event(
        "case_closed", actor=actor, subject=case, case_id=case.pk, data={"reason": ClosingReason(reason)}
    )
    return case


@transaction.atomic
def reopen_case(case: Case, *, reason: str, actor: Membership) -> Case:
    """Open a closed case again for a reason (choices.ReopeningReason); its risk is due to be assessed again.

    Raises ValidationError when it is open.
    """
    check_may(actor, "edit_case")
    case = Case.objects.lock(case.pk)
    if case.is_open:
        raise ValidationError("Somebody has reopened this case already.")
    case.closed_at = None
    case.version += 1
    case.save(update_fields=["closed_at", "version"])
    Headline.objects.filter(case=case).update(review_due_on=timezone.localdate())
    record_event(
        "case_reopened", actor=actor, subject=case, case_id=case.pk, data={"reason": ReopeningReason(reason)}
    )
    return case
