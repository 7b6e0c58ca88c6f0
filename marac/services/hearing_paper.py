"""Drawing the papers of a hearing: an allow-list of what invited agencies read, and nothing else.

Names, ages, relationships, the criterion and the risk. Never an address, a phone number, an e-mail, a school,
a GP or a refuge: no field here is read from a location, and free text is searched for the case's known places.
"""

from typing import Any

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Location
from dacase.cases.rules.places import without_places
from dacase.cases.selectors.people import parties_of
from dacase.ui.words import lower_first
from marac.choices import PaperKind
from marac.models import Hearing, HearingPaper, MaracReferral
from marac.selectors.marac_referral import latest_assessment
from referrals.casework.choices import Answer
from referrals.casework.models import RiskAnswer
from referrals.casework.selectors.risk_assessment import is_visible_high, speaking_answers
from referrals.casework.selectors.story import story_texts, told


def draw_papers(hearing: Hearing, referral: MaracReferral, *, actor: Membership) -> list[HearingPaper]:
    """Draw the papers of a hearing from its case, frozen as it is now. The actor holds the case."""
    bodies = {
        PaperKind.SUMMARY: _summary(referral) | {"story": _story(referral, actor)},
        PaperKind.PEOPLE: {"people": _people(referral)},
        PaperKind.RISK: _risk(referral, actor),
    }
    papers = [HearingPaper(hearing=hearing, kind=kind, body=body) for kind, body in bodies.items()]
    return HearingPaper.objects.bulk_create(papers)


def _summary(referral: MaracReferral) -> dict[str, Any]:
    return {
        "reference": referral.case.reference,
        "criterion": referral.criterion,
        "referrer": referral.agency.name,
    }


def _story(referral: MaracReferral, actor: Membership) -> list[dict[str, str]]:
    """The parts of the case's story that a hearing reads, without places."""
    places = list(Location.objects.filter(case_id=referral.case_id).values_list("value", flat=True))
    return [
        {"title": one.part.title, "text": without_places(one.text, places)}
        for one in told(story_texts(referral.case, actor), "view_hearing")
        if one.text
    ]


def _people(referral: MaracReferral) -> list[dict[str, Any]]:
    """Who is harmed and who harms. A grandmother or a neighbour is no business of twelve agencies."""
    return [
        {
            "name": party.person.name,
            "also_known_as": party.person.also_known_as,
            "date_of_birth": party.person.date_of_birth.isoformat() if party.person.date_of_birth else "",
            "also_born_on": [day.isoformat() for day in party.person.also_born_on],
            "role": party.role,
            "relationship": party.relationship,
        }
        for party in parties_of(referral.case)
        if party.role != PartyRole.CONNECTED
    ]


def _risk(referral: MaracReferral, actor: Membership) -> dict[str, Any]:
    assessment = latest_assessment(referral.case, actor)
    if assessment is None:
        return {}
    said = speaking_answers(assessment)
    places = Location.objects.filter(case_id=referral.case_id).values_list("value", flat=True)
    return {
        "tool": assessment.get_tool_display(),
        "assessed_on": assessment.assessed_on.isoformat(),
        "band": assessment.band,
        "visible_high": is_visible_high(assessment),
        # A tool that is judged has no total, and none may be read into it.
        "yes_count": assessment.yes_count if assessment.definition.is_counted else None,
        "topics": [_as_said(topic.label, answer) for topic, answer in said],
        "is_high_by_judgement": assessment.is_high_by_judgement,
        "judgement_reason": without_places(assessment.judgement_reason, places),
    }


def _as_said(label: str, answer: RiskAnswer) -> str:
    """A topic as the hearing reads it: with how often, where that was the answer."""
    return label if answer.answer == Answer.YES else f"{label}: {lower_first(answer.get_answer_display())}"
