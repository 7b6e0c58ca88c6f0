"""Reads of MARAC referrals: candidates, what supports each criterion, when a case was heard."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from dacase.agencies.choices import Service
from dacase.agencies.models import Agency, Membership
from dacase.audit.models import Event
from dacase.cases.models import Case
from dacase.ui.words import day_words, lower_first
from marac.choices import IN_RUNNING_ORDER, Criterion, HearingState
from marac.models import Hearing, MaracReferral
from marac.models.marac_referral import MaracReferralQuerySet
from marac.rules import is_repeat, repeat_window_ends
from referrals.casework.models import RiskAssessment
from referrals.casework.rules.incident import threshold
from referrals.casework.rules.risk_assessment import is_visible_high_risk
from referrals.casework.selectors.incident import Lately, counted, lately

HEARD_VERB = "hearing_recorded"


def marac_agency() -> Agency | None:
    """The agency that coordinates the partnership's MARAC; None where nobody does yet."""
    return Agency.objects.filter(is_active=True, services__contains=[Service.MARAC]).order_by("name").first()


def own_referrals(membership: Membership) -> MaracReferralQuerySet:
    """The referrals to the membership's own MARAC, with case and referring agency."""
    found = MaracReferral.objects.visible_to(membership).filter(to_agency_id=membership.agency_id)
    return found.select_related("case", "agency")


def candidates(membership: Membership) -> QuerySet[MaracReferral]:
    """The referrals that wait for an agenda of the membership's own MARAC, the longest waiting first."""
    return own_referrals(membership).candidates().order_by("referred_at", "id")


def heard_on_days(case_id: UUID, membership: Membership) -> list[date]:
    """The days on which a case was heard, newest first, for somebody who may open the case.

    From the case's own events, because a hearing itself is closed to those who were invited to it; and
    from the hearings that the membership still sees.
    """
    if not Case.objects.visible_to(membership).filter(pk=case_id).exists():
        return []
    days = _days_of(_recorded(case_id))
    seen = Hearing.objects.visible_to(membership).filter(case_id=case_id, state=HearingState.HEARD)
    days.update(day for day in seen.values_list("heard_on", flat=True) if day)
    return sorted(days, reverse=True)


def _recorded(case_id: UUID) -> list[dict[str, str]]:
    """The data of the events that tell of a hearing of the case: `heard_on`, `marac_referral`."""
    return _with_a_day(recorded_hearings(case_id))


def recorded_hearings(case_id: UUID) -> QuerySet[Event]:
    """The events that tell of a hearing of the case."""
    return Event.objects.filter(case_id=case_id, verb=HEARD_VERB)


def _with_a_day(events: Iterable[Event]) -> list[dict[str, str]]:
    return [event.data for event in events if "heard_on" in event.data]


def _days_of(recorded: list[dict[str, str]]) -> set[date]:
    return {date.fromisoformat(data["heard_on"]) for data in recorded}


@dataclass(frozen=True)
class Support:
    """What speaks for one criterion. `is_met` is None where only a person can judge."""

    criterion: Criterion
    is_met: bool | None
    words: str


def latest_assessment(case: Case, membership: Membership) -> RiskAssessment | None:
    """The newest completed risk assessment of a case."""
    return _completed(case, membership).first()


def _completed(case: Case, membership: Membership) -> QuerySet[RiskAssessment]:
    """The completed risk assessments of a case, the newest first."""
    found = RiskAssessment.objects.visible_to(membership).filter(case=case, completed_at__isnull=False)
    return found.order_by("-assessed_on", "-completed_at")


def criteria_support(case: Case, membership: Membership, *, heard: list[date]) -> list[Support]:
    """What supports each of the four criteria for `case`, in the order of the form. Two queries.

    `heard`: the days on which the case was heard, newest first.
    """
    assessments, today = list(_completed(case, membership)), timezone.localdate()
    return [
        _visible_high_risk(assessments),
        _judgement(assessments[0] if assessments else None),
        _potential_escalation(lately(counted(case, membership, on=today), on=today)),
        _repeat(heard, today),
    ]


def _visible_high_risk(assessments: list[RiskAssessment]) -> Support:
    """By the newest assessment with a tool that counts. A newer one that was judged is told beside it.

    A judged tool has no total, so that its yes answers must never be held against a number (domain: the
    Dash of 14 is visible high risk; police grade the DASH of 2009 and the DARA by judgement).
    """
    criterion = Criterion.VISIBLE_HIGH_RISK
    if not assessments:
        return Support(criterion, False, "No risk assessment has been completed in this case.")
    with_total = next((one for one in assessments if one.definition.is_counted), None)
    judged = "" if assessments[0] == with_total else _judged(assessments[0])
    if with_total is None:
        return Support(criterion, None, f"{judged} No number of yes answers decides here.")
    day = with_total.assessed_on
    met = is_visible_high_risk(with_total.definition, with_total.yes_count, on=day)
    count = f"{with_total.yes_count} yes answer{'' if with_total.yes_count == 1 else 's'}"
    end = "." if met else ", fewer than the number for visible high risk."
    words = f"{count} in the {with_total.get_tool_display()} of {day_words(day)}{end}"
    return Support(criterion, met, f"{words} {judged}".strip())


def _judged(assessment: RiskAssessment) -> str:
    """What was judged with a tool that has no total."""
    tool, day = assessment.get_tool_display(), day_words(assessment.assessed_on)
    return f"The {tool} of {day} has no total: the risk was judged {assessment.get_judged_band_display().lower()}."


def _judgement(assessment: RiskAssessment | None) -> Support:
    criterion = Criterion.PROFESSIONAL_JUDGEMENT
    if assessment is not None and assessment.is_high_by_judgement:
        day = day_words(assessment.assessed_on)
        return Support(criterion, True, f"Judged to be at high risk on {day}: {assessment.judgement_reason}")
    return Support(criterion, None, "For you to judge: you are seriously concerned, whatever the count says.")


def _potential_escalation(found: Lately) -> Support:
    """Too few records speak of no criterion: what nobody has recorded, only a person can count."""
    if found.is_escalation:
        return Support(Criterion.POTENTIAL_ESCALATION, True, f"{found.words}.")
    return Support(
        Criterion.POTENTIAL_ESCALATION,
        None,
        f"For you to judge: {lower_first(found.words)}, and {threshold(found.on).incidents} meet the criterion. "
        "Count also what you know of and nobody has recorded.",
    )


def _repeat(heard: list[date], today: date) -> Support:
    if not heard:
        return Support(Criterion.REPEAT, False, "This case has not been heard at MARAC before.")
    words = f"Last heard on {day_words(heard[0])}. "
    ends = f"{repeat_window_ends(heard[0]):%d/%m/%Y}"
    if is_repeat(today, heard) or heard[0] == today:
        return Support(Criterion.REPEAT, True, f"{words}The repeat window ends {ends}.")
    return Support(Criterion.REPEAT, False, f"{words}The repeat window ended {ends}.")


@dataclass(frozen=True)
class CaseAtMarac:
    """Where a case stands with MARAC, for somebody who may open the case.

    Args:
        heard: the days on which it was heard, newest first.
        waiting: the referral that waits for an agenda or for its hearing, if there is one. Where the
            reader sees its hearing, it carries `hearing_id` and `meets_on`.
    """

    heard: list[date]
    waiting: MaracReferral | None

    @property
    def repeat_until(self) -> date | None:
        return repeat_window_ends(self.heard[0]) if self.heard else None


def newest_referral(case: Case, membership: Membership) -> QuerySet[MaracReferral]:
    """The newest referral of the case that was not withdrawn, with what the reader sees of its hearing."""
    hearing = (
        Hearing.objects.visible_to(membership)
        .filter(marac_referral=OuterRef("pk"), state__in=IN_RUNNING_ORDER)
        .order_by("-meeting__held_on")
    )
    return (
        MaracReferral.objects.visible_to(membership)
        .filter(case=case, withdrawn_at=None)
        .select_related("agency")
        # One subquery for all three: each would ask for the reader's invitations anew.
        .annotate(
            found=Subquery(
                hearing.values(found=JSONObject(pk="pk", state="state", on="meeting__held_on"))[:1]
            )
        )
        .order_by("-referred_at", "-id")[:1]
    )


def case_at_marac(case: Case, membership: Membership) -> CaseAtMarac:
    """Where `case` stands with MARAC. Two queries."""
    return at_marac(newest_referral(case, membership), recorded_hearings(case.pk))


def at_marac(referrals: Iterable[MaracReferral], events: Iterable[Event]) -> CaseAtMarac:
    """Where a case stands with MARAC, of the rows of `newest_referral` and `recorded_hearings`."""
    recorded = _with_a_day(events)
    heard = sorted(_days_of(recorded), reverse=True)
    referral = next(iter(referrals), None)
    if referral is not None:
        found: Any = referral.found or {}  # type: ignore[attr-defined]
        referral.hearing_id = UUID(found["pk"]) if found else None  # type: ignore[attr-defined]
        referral.hearing_state = found.get("state")  # type: ignore[attr-defined]
        referral.meets_on = date.fromisoformat(found["on"]) if found else None  # type: ignore[attr-defined]
    if referral is None or _is_heard(referral, recorded):
        return CaseAtMarac(heard=heard, waiting=None)
    return CaseAtMarac(heard=heard, waiting=referral)


def _is_heard(referral: Any, recorded: list[dict[str, str]]) -> bool:
    if referral.hearing_state:  # annotated; known for sure where the reader sees the hearing
        return bool(referral.hearing_state == HearingState.HEARD)
    if referral.listed_at is None:
        return False
    listed_on = timezone.localdate(referral.listed_at).isoformat()
    return any(
        data["marac_referral"] == str(referral.pk)
        if "marac_referral" in data
        else data["heard_on"] >= listed_on
        for data in recorded
    )
