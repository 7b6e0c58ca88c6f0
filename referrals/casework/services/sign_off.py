"""A manager stands behind a judgement or a plan that somebody else made, or sends it back with words."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from referrals.casework.choices import SignOffState
from referrals.casework.models import RiskAssessment, SignOffRequest
from referrals.casework.rules.risk_assessment import rests_on_judgement
from referrals.casework.selectors.plan import own_plans
from referrals.casework.selectors.sign_off import own_sign_offs, plan_now
from referrals.casework.selectors.supervision import other_supervisors
from referrals.services.versions import check_version

OWN = "Somebody else must answer this: you made it, or asked for it"
NOBODY = "Nobody else in your agency may sign this off"
CHANGED = "The plan was changed after you opened this page. Read it as it is now, then answer"
VERBS = {SignOffState.SIGNED_OFF: "sign_off_given", SignOffState.SENT_BACK: "sign_off_sent_back"}


@transaction.atomic
def ask_sign_off(
    assessment_id: UUID, *, words: str = "", submission: UUID, actor: Membership
) -> SignOffRequest:
    """Ask the managers of the agency to stand behind a risk assessment that was judged and not only counted.

    While one request waits another ask gives that one. Raises NotAllowed, RiskAssessment.DoesNotExist for another
    agency's; ValidationError where it is not complete, where the count alone made the band, and where nobody
    else may answer.
    """
    check_may(actor, "work_episode")
    own = RiskAssessment.objects.visible_to(actor).filter(agency_id=actor.agency_id)
    assessment = own.select_for_update(of=("self",)).get(pk=assessment_id)
    asked = _asked_before({"assessment": assessment}, submission, actor)
    if asked is not None:
        return asked
    if assessment.completed_at is None or not rests_on_judgement(
        assessment.definition, assessment.yes_count, band=assessment.band, on=assessment.assessed_on
    ):
        raise ValidationError("Only an assessment that was judged otherwise than its count is signed off")
    return _ask({"assessment": assessment, "case": assessment.case}, words, submission, actor)


@transaction.atomic
def ask_plan_sign_off(
    plan_id: UUID, *, words: str = "", submission: UUID, actor: Membership
) -> SignOffRequest:
    """Ask the managers of the agency to stand behind its plan.

    While one request waits another ask gives that one. Raises NotAllowed, Plan.DoesNotExist for another agency's;
    ValidationError where nobody else may answer.
    """
    check_may(actor, "work_episode")
    plan = own_plans(actor).select_for_update(of=("self",)).get(pk=plan_id)
    asked = _asked_before({"plan": plan}, submission, actor)
    return asked or _ask({"plan": plan, "case": plan.case}, words, submission, actor)


def _asked_before(about: dict[str, Any], submission: UUID, actor: Membership) -> SignOffRequest | None:
    """What this submission made, or what waits already about the same."""
    own = SignOffRequest.objects.filter(agency_id=actor.agency_id)
    made = own.filter(submission=submission).first()
    return made or own.filter(**about, state=SignOffState.OPEN).first()


def _ask(about: dict[str, Any], words: str, submission: UUID, actor: Membership) -> SignOffRequest:
    asked = SignOffRequest(
        **about, agency=actor.agency, words=words.strip(), asked_by=actor, submission=submission
    )
    if not other_supervisors(actor).exclude(user_id=asked.author.user_id).exists():
        raise ValidationError(NOBODY)
    asked.save()
    record_event("sign_off_asked", actor=actor, subject=asked, case_id=asked.case_id)
    return asked


@transaction.atomic
def sign_off(
    request_id: UUID, *, answer: str = "", plan_read: str = "", version: int, actor: Membership
) -> SignOffRequest:
    """Stand behind the judgement or the plan. Twice is once.

    Args:
        plan_read: the digest (rules.sign_off) of the plan that the actor has read; "" for a judgement.
    Raises NotAllowed, SignOffRequest.DoesNotExist, StaleVersion; ValidationError for one's own judgement or
    request, for a plan that says something else by now, and where it was sent back.
    """
    return _answer(request_id, SignOffState.SIGNED_OFF, answer, plan_read, version, actor)


@transaction.atomic
def send_back(
    request_id: UUID, *, answer: str, plan_read: str = "", version: int, actor: Membership
) -> SignOffRequest:
    """Send it back to whoever asked, with words. As sign_off; ValidationError without words."""
    if not answer.strip():
        raise ValidationError({"answer": "Say what needs to be looked at again"})
    return _answer(request_id, SignOffState.SENT_BACK, answer, plan_read, version, actor)


@transaction.atomic
def note_read(request_id: UUID, *, actor: Membership) -> SignOffRequest:
    """Whoever asked has read that it was sent back; it leaves her day. Twice is once."""
    check_may(actor, "work_episode")
    found = own_sign_offs(actor).select_for_update(of=("self",)).get(pk=request_id, asked_by=actor)
    if found.state == SignOffState.OPEN:
        raise ValidationError("Nobody has answered this yet")
    if found.read_at is None:
        found.read_at = timezone.now()
        found.version += 1
        found.save()
    return found


def _answer(
    request_id: UUID, state: SignOffState, answer: str, plan_read: str, version: int, actor: Membership
) -> SignOffRequest:
    check_may(actor, "supervise")
    found = own_sign_offs(actor).select_for_update(of=("self",)).get(pk=request_id)
    if found.state == state and found.answered_by_id == actor.pk:
        return found
    if found.is_of(actor):
        raise ValidationError(OWN)
    check_version(found, version, current={"answer": found.answer}, actor=actor)
    if found.state != SignOffState.OPEN:
        raise ValidationError("This was answered already")
    if found.plan is not None:
        plan = plan_now(found.plan, actor)
        if plan.digest != plan_read:
            raise ValidationError(CHANGED)
        found.plan_as_read = plan.kept()
    found.state, found.answer = state, answer.strip()
    found.answered_by, found.answered_at = actor, timezone.now()
    found.version += 1
    found.save()
    record_event(VERBS[state], actor=actor, subject=found, case_id=found.case_id)
    return found
