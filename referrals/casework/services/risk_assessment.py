"""Recording a risk assessment: begin, answer section by section, complete for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed, check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import Band
from dacase.cases.models import Case, Headline
from dacase.cases.services.case import set_headline
from dacase.ui.words import day_words
from referrals.casework.choices import Answer, AnswerSource, EarlyReason, RiskTool
from referrals.casework.models import RiskAnswer, RiskAssessment
from referrals.casework.rules import risk_assessment as rules
from referrals.casework.selectors.earlier_assessment import Beginning, beginning
from referrals.casework.selectors.risk_assessment import picture_of
from referrals.services.versions import check_version

UNKNOWN = (
    "This installation has no topics for the version of the tool that this was begun with. "
    "What was answered is kept. Start a new assessment, and tell whoever runs the system"
)


@dataclass(frozen=True)
class GivenAnswer:
    """An answer as given: choices.Answer and choices.AnswerSource."""

    answer: str
    source: str = AnswerSource.VICTIM
    note: str = ""


@transaction.atomic
def start_assessment(
    case_id: UUID,
    *,
    submission: UUID,
    assessed_on: date | None = None,
    tool: str = RiskTool.DASH,
    tool_reason: str = "",
    early_reason: str = "",
    early_words: str = "",
    actor: Membership,
) -> RiskAssessment:
    """Begin an assessment on a case, with the version of the tool that is in use on its day.

    The same `submission` gives the same assessment.

    Args:
        assessed_on: the day of the conversation, today unless told; its thresholds will hold.
        tool_reason: why this tool, where it is not made for the victim-survivor's age on that day.
        early_reason, early_words: why now (choices.EarlyReason), where that day is before the review is due.
    Raises NotAllowed, Case.DoesNotExist; ValidationError for a day to come, for one before the tool was in
    use, and without a reason that is needed.
    """
    check_may(actor, "assess_risk")
    case = Case.objects.visible_to(actor).get(pk=case_id)
    today = timezone.localdate()
    if assessed_on is not None and assessed_on > today:
        raise ValidationError({"assessed_on": "Date of the assessment must be today or in the past"})
    day = assessed_on or today
    definition = rules.in_use(RiskTool(tool), on=day)
    if definition is None:
        raise ValidationError({"tool": "This tool was not in use on that day. Select another"})
    # A second click finds its own assessment, which needs no reason once more.
    made = RiskAssessment.objects.filter(case=case, submission=submission).first()
    if made is not None:
        return made
    known = beginning(case, actor)
    assessment, created = RiskAssessment.objects.get_or_create(
        case=case,
        submission=submission,
        defaults={
            "tool": RiskTool(tool),
            "tool_version": definition.version,
            "tool_reason": _reason_for_the_tool(known, definition, day, tool_reason),
            "agency": actor.agency,
            "assessor": actor,
            "assessed_on": day,
        }
        | _reason_for_now(known, day, early_reason, early_words),
    )
    if created:
        record_event(
            "assessment_started", actor=actor, subject=assessment, case_id=case.pk, data={"tool": tool}
        )
    return assessment


def _reason_for_now(known: Beginning, day: date, reason: str, words: str) -> dict[str, str]:
    """The reason to keep for an assessment before the review is due; none where it is due."""
    if not known.is_early(day):
        return {}
    due = day_words(known.previous.review_due_on)  # type: ignore[union-attr,arg-type]
    if reason not in EarlyReason.values:
        raise ValidationError(
            {"early_reason": f"Select why you assess again before the review is due on {due}"}
        )
    if reason == EarlyReason.OTHER and not words.strip():
        raise ValidationError({"early_words": "Say why you assess again now"})
    return {"early_reason": reason, "early_words": words.strip()}


def _reason_for_the_tool(known: Beginning, tool: rules.Tool, day: date, reason: str) -> str:
    """The reason to keep: none where the tool fits the age, or where the age is not known."""
    if known.born is None or rules.fits_age(tool, rules.age_on(known.born, day)):
        return ""
    if not reason.strip():
        raise ValidationError(
            {
                "tool_reason": f"This tool is made for {rules.ages_of(tool)}. "
                "Select another, or say why you use it all the same"
            }
        )
    return reason.strip()


@transaction.atomic
def save_answers(
    assessment_id: UUID, *, answers: Mapping[str, GivenAnswer], version: int, actor: Membership
) -> RiskAssessment:
    """Save the answers given so far to some topics; a topic left out keeps its answer.

    Raises NotAllowed, RiskAssessment.DoesNotExist, StaleVersion; ValidationError once completed or for a
    topic that the tool does not have.
    """
    assessment = _lock(assessment_id, actor)
    stored = {answer.topic: answer for answer in assessment.answers.all()}
    check_version(assessment, version, current=_as_fields(stored, answers), actor=actor)
    _check_open(assessment)
    known, taken = rules.topics(assessment.definition), rules.answers_of(assessment.definition)
    if set(answers) - set(known) or {given.answer for given in answers.values()} - set(taken):
        raise ValidationError("This page does not fit the assessment. Open the assessment again")
    RiskAnswer.objects.bulk_create(
        [
            RiskAnswer(
                assessment=assessment,
                topic=code,
                answer=Answer(given.answer),
                source=AnswerSource(given.source),
                note=given.note,
            )
            for code, given in answers.items()
        ],
        update_conflicts=True,
        unique_fields=["assessment", "topic"],
        update_fields=["answer", "source", "note"],
    )
    assessment.version += 1
    assessment.save(update_fields=["version"])
    record_event(
        "assessment_answered",
        actor=actor,
        subject=assessment,
        case_id=assessment.case_id,
        data={"topics": sorted(answers)},
    )
    return assessment


@transaction.atomic
def complete_assessment(
    assessment_id: UUID,
    *,
    is_high_by_judgement: bool = False,
    judged_band: str = "",
    judgement_reason: str = "",
    version: int,
    actor: Membership,
) -> RiskAssessment:
    """Fix count, band and review date by the rules in force on the assessment's day, for good.

    Professional judgement can make the band high at any count and must give its reason. Of a tool that is
    judged and not counted, `judged_band` (cases.choices.Band) is the band, always with its reason.
    Raises NotAllowed, RiskAssessment.DoesNotExist, StaleVersion, ValidationError.
    """
    assessment = _lock(assessment_id, actor)
    if assessment.completed_at is not None and assessment.version == version + 1:
        return assessment
    current = {
        "is_high_by_judgement": assessment.is_high_by_judgement,
        "judged_band": assessment.judged_band,
        "judgement_reason": assessment.judgement_reason,
    }
    check_version(assessment, version, current=current, actor=actor)
    _check_open(assessment)
    picture = picture_of(assessment)
    if not picture.is_whole:
        raise ValidationError("Answer every topic first. “Don’t know” is an answer too")
    reason = judgement_reason.strip()
    if picture.is_counted:
        judged_band = ""
    elif judged_band not in Band.values:
        raise ValidationError({"judged_band": "Select how high you judge the risk to be"})
    else:
        is_high_by_judgement = judged_band == Band.HIGH
    if (is_high_by_judgement or judged_band) and not reason:
        raise ValidationError({"judgement_reason": "Say why you judge the risk so"})
    tool, day = assessment.definition, assessment.assessed_on
    assessment.yes_count = picture.yes_count
    assessment.is_high_by_judgement, assessment.judgement_reason = is_high_by_judgement, reason
    assessment.judged_band = judged_band
    assessment.band = rules.final_band(
        tool, picture.yes_count, is_high_by_judgement=is_high_by_judgement, judged_band=judged_band, on=day
    )
    assessment.review_due_on = rules.review_due_on(tool, assessment.band, on=day)
    assessment.completed_at = timezone.now()
    assessment.version += 1
    assessment.save()
    record_event(
        "assessment_completed",
        actor=actor,
        subject=assessment,
        case_id=assessment.case_id,
        data={"band": assessment.band, "yes_count": assessment.yes_count},
    )
    _show_on_case(assessment)
    return assessment


def _show_on_case(assessment: RiskAssessment) -> None:
    """The case shows the band of its newest assessment by day; one recorded late changes nothing newer."""
    # Of two that are completed at once, the second waits here and then sees the first.
    Headline.objects.select_for_update().get(case_id=assessment.case_id)
    newest = (
        RiskAssessment.objects.filter(case_id=assessment.case_id)
        .completed()
        .order_by("-assessed_on", "-completed_at")
    )
    if newest.values_list("pk", flat=True).first() == assessment.pk:
        set_headline(
            assessment.case_id,
            band=assessment.band,
            band_set_on=assessment.assessed_on,
            review_due_on=assessment.review_due_on,
        )


def _lock(assessment_id: UUID, actor: Membership) -> RiskAssessment:
    check_may(actor, "assess_risk")
    assessment = RiskAssessment.objects.visible_to(actor).select_for_update().get(pk=assessment_id)
    if assessment.agency_id != actor.agency_id:
        raise NotAllowed(
            "This assessment belongs to another agency. Your agency may read it, and record its own."
        )
    return assessment


def _check_open(assessment: RiskAssessment) -> None:
    if assessment.completed_at is not None:
        raise ValidationError("This assessment is complete. Start a new one to record a change")
    if not assessment.definition.is_known:
        raise ValidationError(UNKNOWN)


def _as_fields(stored: Mapping[str, RiskAnswer], wanted: Mapping[str, GivenAnswer]) -> dict[str, str]:
    """The stored answers by the names that the form gives its fields."""
    current = {}
    for code in wanted:
        answer = stored.get(code)
        current[f"{code}_answer"] = answer.answer if answer else ""
        current[f"{code}_source"] = answer.source if answer else ""
        current[f"{code}_note"] = answer.note if answer else ""
    return current
