"""The papers of a hearing, in the form that marac/services/hearing_paper.py draws: never a location."""

from datetime import datetime
from typing import Any

from dacase.demo.story.case_file import CaseFile
from dacase.demo.story.household import Someone
from dacase.demo.story.risk import DASH
from marac.choices import Criterion, PaperKind
from marac.models import HearingPaper
from referrals.casework.choices import RiskTool
from referrals.casework.rules.risk_assessment import is_visible_high_risk, topics


def write_papers(file: CaseFile, hearing: str, *, at: datetime, criterion: Criterion, referrer: str) -> None:
    """Summary, people and risk of the case as they stand when it is listed, at `at`."""
    bodies: dict[PaperKind, dict[str, Any]] = {
        PaperKind.SUMMARY: {"reference": file.reference, "criterion": criterion.value, "referrer": referrer},
        PaperKind.PEOPLE: {"people": [person_of(person) for person in file.people]},
        PaperKind.RISK: risk_of(file),
    }
    for kind, body in bodies.items():
        file.teller.load.add(HearingPaper, hearing_id=hearing, kind=kind.value, body=body, created_at=at)


def person_of(person: Someone) -> dict[str, Any]:
    """One line of the paper on people."""
    return {
        "name": f"{person.given_name} {person.family_name}",
        "also_known_as": "",
        "date_of_birth": person.date_of_birth.isoformat() if person.date_of_birth else "",
        "also_born_on": [],
        "role": person.role,
        "relationship": person.relationship,
    }


def risk_of(file: CaseFile) -> dict[str, Any]:
    """The latest assessment; empty where there is none."""
    if not file.risk or file.band_set_on is None:
        return {}
    yes_count, reason = file.risk["yes_count"], file.risk["judgement"]
    labels = topics(DASH)
    return {
        "tool": RiskTool.DASH.label,
        "assessed_on": file.band_set_on.isoformat(),
        "band": file.band,
        "visible_high": is_visible_high_risk(DASH, yes_count, on=file.band_set_on),
        "yes_count": yes_count,
        "topics": [topic.label for code, topic in labels.items() if code in file.risk["yes"]],
        "is_high_by_judgement": bool(reason),
        "judgement_reason": reason,
    }
