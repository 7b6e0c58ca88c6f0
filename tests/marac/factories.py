"""Builders of MARAC records, made through the services as the member of the cast who does it."""

from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.choices import Band
from dacase.cases.models import Case
from dacase.walls.context import acting_as
from marac.choices import Criterion
from marac.models import ActionPoint, Hearing, MaracReferral, Meeting
from marac.services.hearing import list_hearing
from marac.services.hearing_record import ActionDraft, record_hearing
from marac.services.marac_referral import refer_to_marac
from marac.services.meeting import create_meeting
from referrals.casework.choices import Answer
from referrals.casework.models import RiskAnswer, RiskAssessment
from referrals.casework.rules.risk_assessment import versions
from referrals.choices import Aware, Consent

REFERRAL = {
    "criterion": Criterion.VISIBLE_HIGH_RISK,
    "reason": "The threats have grown.",
    "victim_aware": Aware.YES,
    "consent": Consent.GIVEN,
}
SIXTEEN = [f"D{number:02}" for number in range(1, 17)]


def today() -> date:
    return timezone.localdate()


def agency(name_part: str) -> Agency:
    return Agency.objects.get(name__contains=name_part)


def make_assessment(
    case: Case,
    actor: Membership,
    *,
    yes: list[str] | None = None,
    answers: dict[str, str] | None = None,
    **fields: Any,
) -> RiskAssessment:
    """A completed Dash assessment with the topics of `yes` answered yes (16 of them unless told).

    Another tool comes with its own `answers`, by topic.
    """
    topics = SIXTEEN if yes is None else yes
    given = dict.fromkeys(topics, Answer.YES.value) if answers is None else answers
    values = {
        "tool_version": versions()[fields.get("tool", "dash")][0].version,
        "agency": actor.agency,
        "assessor": actor,
        "yes_count": len(topics) if answers is None else 0,
        "band": Band.HIGH if len(topics) >= 14 else Band.MEDIUM,
        "completed_at": timezone.now(),
    } | fields
    with acting_as(actor):
        # Completed last: the database takes no answer to one that is.
        assessment = RiskAssessment.objects.create(case=case, **values | {"completed_at": None})
        RiskAnswer.objects.bulk_create(
            RiskAnswer(assessment=assessment, topic=topic, answer=answer) for topic, answer in given.items()
        )
        assessment.completed_at = values["completed_at"]
        assessment.save(update_fields=["completed_at"])
    return assessment


def refer(case: Case, actor: Membership, **fields: Any) -> MaracReferral:
    with acting_as(actor):
        return refer_to_marac(case, submission=uuid4(), actor=actor, **(REFERRAL | fields))


def make_meeting(
    actor: Membership, *, chair: Membership, agencies: list[Agency], on: date | None = None
) -> Meeting:
    with acting_as(actor):
        return create_meeting(
            held_on=on or today(),
            starts_at=time(9, 30),
            chair=chair,
            agencies=agencies,
            submission=uuid4(),
            actor=actor,
        )


def list_case(referral: MaracReferral, meeting: Meeting, actor: Membership, invited: list[Agency]) -> Hearing:
    with acting_as(actor):
        return list_hearing(referral, meeting=meeting, invited=invited, actor=actor)


def record(
    hearing: Hearing, actor: Membership, *owners: Agency, outcome: str = "A plan was agreed."
) -> Hearing:
    """Record the hearing with one action point an owner, due in a week."""
    with acting_as(actor):
        hearing.refresh_from_db()
        drafts = [
            ActionDraft(task=f"Task of {owner.name}", owner=owner, due_on=today() + timedelta(days=7))
            for owner in owners
        ]
        return record_hearing(
            hearing, outcome=outcome, actions=drafts, version=hearing.version, submission=uuid4(), actor=actor
        )


def heard_before(case: Case, actor: Membership, on: date) -> None:
    """An event that the case was heard on the day `on`, at another meeting."""
    with acting_as(actor):
        record_event("hearing_recorded", actor=actor, case_id=case.pk, data={"heard_on": on.isoformat()})


def points_of(hearing: Hearing, actor: Membership) -> list[ActionPoint]:
    with acting_as(actor):
        return list(ActionPoint.objects.filter(hearing=hearing).order_by("created_at"))
