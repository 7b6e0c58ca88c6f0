"""Granting an agency access to a case, and ending it: the only place where grants are written."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from dacase.agencies.access import check_may
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.choices import Scope
from dacase.cases.models import Case, Exclusion, Grant
from dacase.cases.models.grant import permission_id


@transaction.atomic
def grant_access(
    case: Case,
    *,
    agency: Agency,
    scope: str = Scope.CASE,
    purpose: str,
    lawful_basis: str,
    reason: str = "",
    until: datetime | None = None,
    verb: str = "share_case",
    actor: Membership,
) -> Grant:
    """Let `agency` see `case` in `scope`, from now until `until` (no end when None).

    A current grant of the same scope is renewed with the new purpose and dates rather than doubled.

    Args:
        scope, purpose, lawful_basis: values of choices.Scope, choices.Purpose, choices.LawfulBasis.
        verb: the verb of roles.csv that the act needs; routing and referring to MARAC grant as a part of theirs.
    Raises NotAllowed for a role that may not do `verb`; ValueError when `until` has passed; ValidationError
    for an agency that is barred from the case, for an earlier end while the agency has open work in it, and
    for a later end of the actor's own access, which another agency gives.
    """
    check_may(actor, verb)
    if until is not None and until <= timezone.now():
        raise ValueError("until must be in the future")
    Case.objects.lock(case.pk)  # of two agencies that end their access at once, one must keep the case
    if Exclusion.objects.filter(case=case, group_id=agency.group_id, lifted_at__isnull=True).exists():
        raise ValidationError(
            f"{agency.name} is barred from this case. Lift the exclusion before you share it."
        )
    grant, created = Grant.objects.get_or_create(
        content_object=case,
        group_id=agency.group_id,
        permission_id=permission_id("cases", scope),
        defaults={
            "purpose": purpose,
            "lawful_basis": lawful_basis,
            "reason": reason,
            "valid_until": until,
            "granted_by": actor,
        },
    )
    if not created:
        if agency.pk == actor.agency_id and _is_sooner(grant.valid_until, until):
            raise ValidationError(
                {"until": "Your agency cannot make its own access longer. Ask another that holds the case"}
            )
        if scope == Scope.CASE and _is_sooner(until, grant.valid_until):
            check_work_has_ended(case, agency)
            check_somebody_keeps_on(case, grant)
        if grant.valid_until is not None and grant.valid_until <= timezone.now():
            grant.valid_from = timezone.now()  # it had run out and was not swept yet
        grant.purpose, grant.lawful_basis, grant.reason = purpose, lawful_basis, reason
        grant.valid_until, grant.granted_by = until, actor
        grant.save()
    record_event(
        "access_granted",
        actor=actor,
        subject=grant,
        case_id=case.pk,
        data={"agency": str(agency.pk), "scope": scope, "purpose": purpose},
    )
    return grant


def _is_sooner(until: datetime | None, than: datetime | None) -> bool:
    return until is not None and (than is None or until < than)


@transaction.atomic
def end_access(case: Case, *, agency: Agency, verb: str = "share_case", actor: Membership) -> int:
    """End every grant that `agency` holds on `case`. Returns how many. Its history keeps them.

    When an agency gives up its own access this must be its last act in the transaction: the case is gone
    for it from here on. Raises ValidationError when nobody else holds the whole file, or while the agency
    has open work in the case.
    """
    check_may(actor, verb)
    case = Case.objects.lock(case.pk)
    grants = Grant.objects.filter(content_object=case, group_id=agency.group_id)
    check_somebody_keeps(case, grants)
    check_work_has_ended(case, agency)
    record_event("access_ended", actor=actor, subject=case, case_id=case.pk, data={"agency": str(agency.pk)})
    count, _ = grants.delete()
    return count


@transaction.atomic
def end_grant(grant: Grant, *, actor: Membership) -> None:
    """End one grant. Its history keeps it. Ending one that has ended does nothing.

    Must be the last act of the transaction when it is the actor's own. Raises ValidationError when nobody
    else holds the whole file, or when the whole file is taken from an agency with open work in it.
    """
    check_may(actor, "share_case")
    case = Case.objects.lock(grant.content_object_id)
    grants = Grant.objects.filter(pk=grant.pk)
    if not grants.exists():
        return
    check_somebody_keeps(case, grants)
    if grant.permission.codename == Scope.CASE:
        check_work_has_ended(case, grant.group.agency)
    data = {"agency": str(grant.group.agency.pk), "scope": grant.permission.codename}
    record_event("access_ended", actor=actor, subject=grant, case_id=case.pk, data=data)
    grants.delete()


def check_somebody_keeps(case: Case, ending: QuerySet[Grant]) -> None:
    """Raise ValidationError when ending these grants would leave a case that nobody can open."""
    whole = Grant.objects.current().filter(
        content_object=case, permission_id=permission_id("cases", Scope.CASE)
    )
    if not whole.exclude(pk__in=ending.values("pk")).exists():
        raise ValidationError("Nobody else holds this case. Share it with another agency first, or close it.")


def check_somebody_keeps_on(case: Case, ending: Grant) -> None:
    """Raise ValidationError when the case would be nobody's once this grant has run out."""
    others = Grant.objects.current().filter(content_object=case, permission_id=ending.permission_id)
    if not others.filter(valid_until=None).exclude(pk=ending.pk).exists():
        raise ValidationError(
            {"until": "No other agency holds this case without an end. Nobody would see it"}
        )


def check_work_has_ended(case: Case, agency: Agency) -> None:
    """Raise ValidationError while a room still has open work of `agency` in `case`: settings.BEFORE_ACCESS_ENDS.

    Work in a case that its agency can no longer open is seen by nobody, and so it is lost.
    """
    for name in settings.BEFORE_ACCESS_ENDS:
        import_string(name)(case, agency)
