"""Barring a person, a team or an agency from a case, and lifting the bar."""

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case, Exclusion
from dacase.cases.selectors.access import who_can_open


@transaction.atomic
def bar_from_case(case: Case, *, group: Group, reason: str, actor: Membership) -> Exclusion:
    """Bar the person, team or agency that `group` stands for from a case, whatever is granted.

    Barring the same group twice gives the exclusion that is in force. An actor who bars herself loses the
    case with this act, so it must be the last of its transaction.

    Raises ValidationError when nobody would be left who can open the case.
    """
    check_may(actor, "exclude_from_case")
    case = Case.objects.lock(case.pk)
    in_force = Exclusion.objects.filter(case=case, group=group, lifted_at__isnull=True).first()
    if in_force is not None:
        return in_force
    if all(group.pk in member.bar_group_ids() for member in who_can_open(case)):
        raise ValidationError(
            "Nobody would be left who can open this case. Share it with another agency first."
        )
    exclusion = Exclusion(case=case, group=group, reason=reason, set_by=actor)
    record_event("exclusion_set", actor=actor, subject=exclusion, case_id=case.pk)
    exclusion.save(force_insert=True)
    return exclusion


@transaction.atomic
def lift_exclusion(exclusion: Exclusion, *, actor: Membership) -> Exclusion:
    """Let the barred see the case again, where a grant lets them. Lifting twice changes nothing."""
    check_may(actor, "exclude_from_case")
    exclusion = Exclusion.objects.select_for_update().get(pk=exclusion.pk)
    if exclusion.lifted_at is None:
        exclusion.lifted_at = timezone.now()
        exclusion.save(update_fields=["lifted_at"])
        record_event("exclusion_lifted", actor=actor, subject=exclusion, case_id=exclusion.case_id)
    return exclusion
