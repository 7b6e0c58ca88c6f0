"""Risk assessments: 24 topics, a count, a band, and judgement where the count says too little."""

from datetime import datetime

from dacase.demo import shares, words
from dacase.demo.partners import Worker
from dacase.demo.story.case_file import CaseFile
from referrals.casework.choices import Answer, AnswerSource, RiskTool
from referrals.casework.models import RiskAnswer, RiskAssessment
from referrals.casework.rules.risk_assessment import final_band, review_due_on, topics, versions

# Invented days lie before any later version.
DASH = versions()[RiskTool.DASH.value][0]
YES_ANSWERS = {"high": (14, 20), "medium": (10, 13), "standard": (2, 9)}


def assess(file: CaseFile, *, at: datetime, by: Worker, band: str = "", with_answers: bool = True) -> str:
    """Record a completed assessment of the case. Returns the band it came to.

    band: the band that the count of yes answers gives; thrown where it is empty.
    """
    dice, load, day = file.teller.dice, file.teller.load, at.date()
    low, high = YES_ANSWERS[band or dice.weighted(shares.BANDS)]
    yes = low + int(dice.random() * (high - low + 1))
    judged = yes < 14 and dice.chance(shares.HIGH_BY_JUDGEMENT)
    final = str(final_band(DASH, yes, is_high_by_judgement=judged, on=day))
    reason = dice.pick(words.JUDGEMENTS) if judged else ""
    key = dice.key()
    file.review_due_on = review_due_on(DASH, final, on=day)
    load.add(
        RiskAssessment, id=key, case_id=file.id, tool=RiskTool.DASH.value, tool_version=DASH.version,
        agency_id=by.agency_id, assessor_id=by.id, assessed_on=day, yes_count=yes, is_high_by_judgement=judged,
        judgement_reason=reason, band=final,
        review_due_on=file.review_due_on, completed_at=at,
    )  # fmt: skip
    chosen = set(dice.sample(list(topics(DASH)), yes))
    if with_answers:
        answer(file, key, chosen)
    file.event("assessment_completed", at=at, by=by, label="casework.riskassessment", subject=key, band=final)
    file.band, file.band_set_on = final, day
    file.first_assessed_on = file.first_assessed_on or day
    file.judged = (key, at, by) if judged else None
    file.risk = {"yes_count": yes, "yes": chosen, "judgement": reason}
    return final


def answer(file: CaseFile, assessment: str, chosen: set[str]) -> None:
    """An answer to every topic, yes to those `chosen`."""
    dice, load = file.teller.dice, file.teller.load
    for code in topics(DASH):
        given = Answer.YES if code in chosen else Answer.DONT_KNOW if dice.chance(0.15) else Answer.NO
        source = AnswerSource.VICTIM if dice.chance(0.85) else AnswerSource.RECORDS
        load.add(RiskAnswer, assessment_id=assessment, topic=code, answer=given.value, source=source.value)
