"""Risk assessments for tests, made through the services."""

import uuid
from datetime import date
from typing import Any

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from referrals.casework.choices import Answer
from referrals.casework.models import RiskAssessment
from referrals.casework.rules.risk_assessment import in_use, topics, versions
from referrals.casework.services import risk_assessment
from referrals.casework.services.risk_assessment import GivenAnswer

TOOLS = {code: in_use(code, on=date(2026, 6, 1)) for code in versions()}


def answered(case: Case, actor: Membership, yes: int = 16, **changes: Any) -> RiskAssessment:
    """An assessment with `yes` yes answers, the rest no."""
    with acting_as(actor):
        assessment = risk_assessment.start_assessment(
            case.pk, submission=uuid.uuid4(), actor=actor, **{"early_reason": "incident"} | changes
        )
        given = {
            code: GivenAnswer(Answer.YES if number < yes else Answer.NO)
            for number, code in enumerate(topics(TOOLS["dash"]))
        }
        return risk_assessment.save_answers(assessment.pk, answers=given, version=1, actor=actor)


def assessed(
    case: Case, actor: Membership, yes: int = 16, *, judgement: str = "", **changes: Any
) -> RiskAssessment:
    """The same, completed."""
    assessment = answered(case, actor, yes, **changes)
    with acting_as(actor):
        return risk_assessment.complete_assessment(
            assessment.pk,
            is_high_by_judgement=bool(judgement),
            judgement_reason=judgement,
            version=assessment.version,
            actor=actor,
        )
