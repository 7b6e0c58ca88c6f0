"""Assessments with other tools than Dash: what the police asked at the door, and what a young person was asked."""

from datetime import datetime

from dacase.audit.models import Event
from dacase.cases.choices import Band
from dacase.demo import case_words
from dacase.demo.chance import Dice, later_at_work
from dacase.demo.story.case_file import CaseFile
from referrals.casework.choices import Answer, AnswerSource, RiskTool
from referrals.casework.models import RiskAnswer, RiskAssessment
from referrals.casework.rules.risk_assessment import age_on, final_band, review_due_on, topics, versions

ASKED_ABOUT = 400
# Of the cases that the police sent.
WITH_DARA = 0.08
HOW_OFTEN: dict[str, float] = {"never": 45, "sometimes": 28, "often": 14, "always": 5, "dont_know": 8}
YES_OR_NO: dict[str, float] = {"yes": 42, "no": 46, "dont_know": 12}


def write_other_tools(file: CaseFile) -> None:
    """One more assessment, recorded by the front door before the first Dash, of a case that is not old."""
    teller, first, born = file.teller, file.first_assessed_on, file.victim.date_of_birth
    if teller.is_brief or first is None or (teller.now - file.opened_at).days > ASKED_ABOUT:
        return
    # Dice of their own: whatever is added here leaves the rest of the story as it was.
    dice = Dice(f"other tools {file.id}")
    at = later_at_work(dice, file.opened_at, within_hours=2)
    # The case's band is that of the newest assessment, which stays the Dash.
    if at.date() >= first:
        return
    if born is not None and age_on(born, at.date()) < 18:
        write_assessment(file, dice, RiskTool.YOUNG_DASH, YES_OR_NO, at=at)
    elif file.source == "police" and dice.chance(WITH_DARA):
        write_assessment(file, dice, RiskTool.DARA, HOW_OFTEN, at=at)


def write_assessment(
    file: CaseFile, dice: Dice, code: RiskTool, weights: dict[str, float], *, at: datetime
) -> None:
    """A completed assessment with an answer to every topic; of a tool that is judged, the band is thrown."""
    tool, load, key, by, day = (
        versions()[code.value][0],
        file.teller.load,
        dice.key(),
        file.opened_by,
        at.date(),
    )
    given = {topic: dice.weighted(weights) for topic in topics(tool)}
    yes = sum(answer == Answer.YES for answer in given.values())
    judged = "" if tool.is_counted else dice.pick([Band.MEDIUM, Band.HIGH]).value
    is_high = judged == Band.HIGH
    band = str(final_band(tool, yes, is_high_by_judgement=is_high, judged_band=judged, on=day))
    load.add(
        RiskAssessment, id=key, submission=dice.key(), case_id=file.id, tool=tool.code, tool_version=tool.version,
        agency_id=by.agency_id, assessor_id=by.id, assessed_on=day, yes_count=yes, is_high_by_judgement=is_high,
        judged_band=judged, judgement_reason=case_words.FREQUENCY_JUDGEMENT if judged else "", band=band,
        review_due_on=review_due_on(tool, band, on=day), completed_at=at,
    )  # fmt: skip
    for topic, answer in given.items():
        load.add(
            RiskAnswer, id=dice.key(), assessment_id=key, topic=topic, answer=answer,
            source=AnswerSource.VICTIM.value,
        )  # fmt: skip
    load.add(
        Event, id=dice.key(), at=at, verb="assessment_completed", actor_id=by.id, agency_id=by.agency_id,
        case_id=file.id, subject_type="casework.riskassessment", subject_id=key, data={"band": band},
    )  # fmt: skip
