"""Referring a case to MARAC, and taking it back before it is on an agenda."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import LawfulBasis, Purpose, Scope
from dacase.cases.models import Case
from dacase.cases.services.grant import grant_access
from marac.choices import Criterion
from marac.models import MaracReferral
from marac.selectors.marac_referral import case_at_marac, marac_agency
from referrals.choices import Aware, Consent


@transaction.atomic
def refer_to_marac(
    case: Case,
    *,
    criterion: str,
    reason: str,
    victim_aware: str,
    consent: str,
    submission: UUID,
    actor: Membership,
) -> MaracReferral:
    """Refer `case` to the partnership's MARAC, whose coordinator may open the file from now on.

    The same `submission` gives the same referral again. The source in returns is the kind of the actor's agency.

    Args:
        case: one that the actor's agency may open.
        criterion: why, a value of choices.Criterion (SafeLives referral criteria).
        reason: in words, for the coordinator; it never enters the papers.
        victim_aware: a value of referrals.choices.Aware.
        consent: a value of referrals.choices.Consent.
        submission: the form's number.
        actor: of any agency that may refer.
    Raises NotAllowed for a role that may not refer; ValidationError when the case is closed, waits for a
    meeting already, or nobody coordinates a MARAC.
    """
    check_may(actor, "refer_to_marac")
    case = Case.objects.visible_to(actor).lock(case.pk)
    earlier = MaracReferral.objects.filter(case=case, submission=submission).first()
    if earlier is not None:
        return earlier
    coordinator = marac_agency()
    if coordinator is None:
        raise ValidationError("No agency of the partnership coordinates MARAC yet. Ask your administrator.")
    if not case.is_open:
        raise ValidationError("This case is closed. Open it again before you refer it.")
    if case_at_marac(case, actor).waiting is not None:
        raise ValidationError("This case has been referred already and waits for a meeting.")
    referral = MaracReferral.objects.create(
        case=case,
        submission=submission,
        agency=actor.agency,
        source=actor.agency.kind,
        referred_by=actor,
        to_agency=coordinator,
        criterion=Criterion(criterion),
        reason=reason,
        victim_aware=Aware(victim_aware),
        consent=Consent(consent),
    )
    record_event(
        "case_referred_to_marac",
        actor=actor,
        subject=referral,
        case_id=case.pk,
        data={"criterion": referral.criterion, "to": str(coordinator.pk)},
    )
    grant_access(
        case,
        agency=coordinator,
        scope=Scope.CASE,
        purpose=Purpose.MARAC,
        lawful_basis=LawfulBasis.PUBLIC_TASK,
        reason="Referred to MARAC",
        verb="refer_to_marac",
        actor=actor,
    )
    return referral


@transaction.atomic
def withdraw_candidate(referral: MaracReferral, *, reason: str, actor: Membership) -> MaracReferral:
    """Take a referral back that is on no agenda. Withdrawing twice changes nothing.

    By the coordinator's agency or by the agency that referred. Access to the case stays as it was granted;
    it is ended on the case's own page.
    Raises NotAllowed for other agencies; ValidationError when it is on an agenda.
    """
    verb = "manage_meeting" if referral.to_agency_id == actor.agency_id else "refer_to_marac"
    check_may(actor, verb)
    visible = MaracReferral.objects.visible_to(actor).filter(pk=referral.pk)
    referral = visible.select_for_update(of=("self",)).get()
    if actor.agency_id not in (referral.to_agency_id, referral.agency_id):
        raise ValidationError("Only the agency that referred this case, or the coordinator, can withdraw it.")
    if referral.withdrawn_at is not None:
        return referral
    if referral.listed_at is not None:
        raise ValidationError("This case is on an agenda. Take it off the agenda instead.")
    referral.withdrawn_at, referral.withdrawn_reason = timezone.now(), reason
    referral.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    record_event("marac_referral_withdrawn", actor=actor, subject=referral, case_id=referral.case_id)
    return referral
