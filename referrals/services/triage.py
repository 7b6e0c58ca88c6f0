"""The front door's acts on a referral: take, open or join a case, route, return, decline, end.

Each locks the referral first, so that of two workers the second sees what the first has done.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.choices import PartyRole, Purpose
from dacase.cases.models import Case
from dacase.cases.services.case import open_case
from referrals.casework.services.news import tell_of_further_referral
from referrals.choices import ReferralState
from referrals.models import Referral, Route
from referrals.rules import clock
from referrals.rules.decision import RETURN, check_reason
from referrals.rules.referral import UNDECIDED
from referrals.selectors.triage import services_to_route_to, taken_in
from referrals.services.case_people import check_same_group, fill_case, known_people, person_of
from referrals.services.feedback import tell_sender
from referrals.services.outside_sender import check_called_back, check_somebody_reads
from referrals.services.question import ask_sender
from referrals.services.route import check_case_is_open, grant_for_route
from referrals.services.versions import check_version


@transaction.atomic
def take_referral(referral_id: UUID, *, version: int, actor: Membership) -> Referral:
    """Hold a referral by name, so that nobody else works on it. Also takes over what a colleague holds.

    Raises NotAllowed, Referral.DoesNotExist, StaleVersion, ValidationError once it is decided.
    """
    referral = _lock(referral_id, actor)
    if referral.held_by_id == actor.pk and referral.state in UNDECIDED:
        return referral
    _check_undecided(referral)
    check_version(referral, version, actor=actor)
    referral.held_by, referral.state = actor, _undecided(referral, held=True)
    return _save(referral, "referral_taken", actor, ["held_by", "state"])


@transaction.atomic
def release_referral(referral_id: UUID, *, version: int, actor: Membership) -> Referral:
    """Give a referral that the actor holds back to the queue. Raises as take_referral."""
    referral = _lock(referral_id, actor)
    if referral.held_by_id is None:
        return referral
    check_version(referral, version, actor=actor)
    _check_undecided(referral)
    _check_holder(referral, actor)
    referral.held_by, referral.state = None, _undecided(referral, held=False)
    return _save(referral, "referral_released", actor, ["held_by", "state"])


@transaction.atomic
def open_case_from(
    referral_id: UUID, *, version: int, known: Mapping[UUID, UUID] | None = None, actor: Membership
) -> Case:
    """Open a case with the referral's people, places and safe contact plan.

    Args:
        known: referral person -> person, for those who were found to be somebody already known.
    Returns the case; for a referral that has one already, that one.
    Raises NotAllowed, Referral.DoesNotExist, StaleVersion, ValidationError.
    """
    referral = _lock(referral_id, actor)
    if referral.case is not None:
        return referral.case
    _begin(referral, version, actor)
    people = list(referral.people.all())
    persons = known_people(people, known or {}, actor)
    named = next(one for one in people if one.role == PartyRole.VICTIM)
    case = open_case(victim=person_of(named, persons), purpose=Purpose.REFERRAL, actor=actor)
    return _into_case(referral, case, persons, actor)


@transaction.atomic
def join_case(
    referral_id: UUID,
    case_id: UUID,
    *,
    version: int,
    known: Mapping[UUID, UUID] | None = None,
    actor: Membership,
) -> Case:
    """Put a referral into an open case about the same victim-survivor and the same perpetrators.

    Whoever supports somebody there is told, wherever the referral is routed.
    Raises as open_case_from; ValidationError also where the case is about somebody else, because a case is
    the pair or group (SafeLives repeat definition, current). Case.DoesNotExist where the actor may not open it.
    """
    referral = _lock(referral_id, actor)
    if referral.case is not None:
        return referral.case
    _begin(referral, version, actor)
    case = Case.objects.visible_to(actor).lock(case_id)
    if not case.is_open:
        raise ValidationError("This case is closed. Open a new case")
    people = list(referral.people.all())
    persons = known_people(people, known or {}, actor)
    check_same_group(case, people, persons)
    _into_case(referral, case, persons, actor)
    tell_of_further_referral(referral, case, actor=actor)
    return case


@transaction.atomic
def route_referral(
    referral_id: UUID, *, version: int, agencies: Sequence[Agency], actor: Membership
) -> list[Route]:
    """Route a referral to one or more services, which may from then on open its case; starts their clocks.

    A decided referral may be routed to further services.
    Raises NotAllowed, Referral.DoesNotExist, StaleVersion, ValidationError.
    """
    referral = _lock(referral_id, actor)
    wanted = {agency.pk for agency in agencies}
    live = list(Route.objects.live().filter(referral=referral).select_related("to_agency"))
    if wanted and wanted <= {route.to_agency_id for route in live}:
        return [route for route in live if route.to_agency_id in wanted]
    check_version(
        referral, version, current={"agencies": [str(route.to_agency_id) for route in live]}, actor=actor
    )
    check_called_back(referral)
    if referral.case is None:
        raise ValidationError("Open or join a case before you route this referral")
    check_case_is_open(referral)
    if referral.state not in (*UNDECIDED, ReferralState.ROUTED):
        raise ValidationError(f"This referral was decided: {referral.get_state_display().lower()}")
    if referral.state != ReferralState.ROUTED:
        _check_holder(referral, actor)
    open_to = list(services_to_route_to(referral).filter(pk__in=wanted))
    if not wanted or len(open_to) != len(wanted):
        raise ValidationError({"agencies": "Select one or more of the services shown"})
    routes = [_route(referral, referral.case, agency, actor) for agency in open_to]
    referral.state, referral.decided_at = ReferralState.ROUTED, referral.decided_at or timezone.now()
    referral.held_by = referral.held_by or actor
    referral.decision_code = referral.decision_reason = ""
    # Each route has its own event, so the referral needs none.
    _store(referral, ["state", "decided_at", "held_by", "decision_code", "decision_reason"])
    tell_sender(referral, "referral_feedback", key=f"{referral.pk}:routed:{referral.version}")
    return routes


def _route(referral: Referral, case: Case, agency: Agency, actor: Membership) -> Route:
    now = timezone.now()
    due = clock.due_at(now, clock=clock.SERVICE, priority=referral.priority)
    route = Route.objects.create(
        referral=referral, to_agency=agency, routed_by=actor, routed_at=now, due_at=due
    )
    grant_for_route(case, referral, agency, actor=actor)
    record_event("route_made", actor=actor, subject=route, case_id=case.pk, data={"agency": str(agency.pk)})
    return route


@transaction.atomic
def return_referral(
    referral_id: UUID, *, version: int, code: str, reason: str = "", actor: Membership
) -> Referral:
    """Return a referral to its sender with a question. It stays undecided, held by the actor, its clock running.

    Args:
        code: a line of decision_reasons.csv for `return`.
        reason: the question in the actor's own words, added to the line's.
    Raises as take_referral; ValidationError for a code that is unknown or needs words.
    """
    referral = _lock(referral_id, actor)
    same = referral.questions.waiting().filter(code=code, text=reason.strip(), asked_by=actor)
    if referral.state == ReferralState.RETURNED and same.exists():
        return referral
    check_version(referral, version, current={"code": "", "reason": ""}, actor=actor)
    _check_undecided(referral)
    _check_holder(referral, actor)
    check_somebody_reads(referral, ReferralState.RETURNED)
    check_reason(RETURN, code, reason, on=timezone.localdate())
    ask_sender(referral, code=code, text=reason, asked_by=actor)
    referral.state, referral.held_by = ReferralState.RETURNED, actor
    return _save(referral, "referral_returned", actor, ["state", "held_by"])


@transaction.atomic
def decline_referral(
    referral_id: UUID, *, version: int, code: str, reason: str = "", actor: Membership
) -> Referral:
    """Decline a referral for a reason of decision_reasons.csv, which its sender sees. Raises as return_referral."""
    return _end(referral_id, ReferralState.DECLINED, version, code, reason, actor)


@transaction.atomic
def end_without_action(
    referral_id: UUID, *, version: int, code: str, reason: str = "", actor: Membership
) -> Referral:
    """Decide that nothing further is to be done, and why; its sender sees it. Raises as return_referral."""
    return _end(referral_id, ReferralState.NO_FURTHER_ACTION, version, code, reason, actor)


def _end(
    referral_id: UUID, state: ReferralState, version: int, code: str, reason: str, actor: Membership
) -> Referral:
    referral = _lock(referral_id, actor)
    said = {"code": referral.decision_code, "reason": referral.decision_reason}
    if referral.state == state and said == {"code": code, "reason": reason.strip()}:
        return referral
    check_version(referral, version, current=said, actor=actor)
    _check_undecided(referral)
    _check_holder(referral, actor)
    check_reason(state, code, reason, on=timezone.localdate())
    referral.state, referral.decision_code, referral.decision_reason = state, code, reason.strip()
    referral.decided_at, referral.held_by = timezone.now(), actor
    _save(
        referral,
        f"referral_{state}",
        actor,
        ["state", "decision_code", "decision_reason", "decided_at", "held_by"],
    )
    tell_sender(referral, "referral_feedback", key=f"{referral.pk}:{state}:{referral.version}")
    return referral


def _lock(referral_id: UUID, actor: Membership) -> Referral:
    check_may(actor, "triage_referral")
    locked = taken_in(actor).select_for_update(of=("self",))
    return locked.select_related("case", "held_by__user", "receiver_agency", "sender_agency").get(
        pk=referral_id
    )


def _begin(referral: Referral, version: int, actor: Membership) -> None:
    check_version(referral, version, actor=actor)
    _check_undecided(referral)
    _check_holder(referral, actor)
    check_called_back(referral)


def _undecided(referral: Referral, *, held: bool) -> ReferralState:
    """While its sender is asked something a referral stays with her, whoever holds it here."""
    if referral.state == ReferralState.RETURNED:
        return ReferralState.RETURNED
    return ReferralState.IN_TRIAGE if held else ReferralState.RECEIVED


def _check_undecided(referral: Referral) -> None:
    if referral.state not in UNDECIDED:
        raise ValidationError(f"This referral was decided: {referral.get_state_display().lower()}")


def _check_holder(referral: Referral, actor: Membership) -> None:
    holder = referral.held_by
    if holder is not None and holder.pk != actor.pk:
        raise ValidationError(f"{holder.user} holds this referral. Take it over before you decide")


def _into_case(referral: Referral, case: Case, persons: Mapping[UUID, object], actor: Membership) -> Case:
    fill_case(case, referral, persons, actor=actor)  # type: ignore[arg-type]
    referral.case, referral.held_by, referral.state = case, actor, _undecided(referral, held=True)
    _save(referral, "referral_put_into_case", actor, ["case", "held_by", "state"])
    return case


def _save(referral: Referral, verb: str, actor: Membership, fields: list[str]) -> Referral:
    _store(referral, fields)
    record_event(verb, actor=actor, subject=referral, case_id=referral.case_id)
    return referral


def _store(referral: Referral, fields: list[str]) -> None:
    referral.version += 1
    referral.save(update_fields=[*fields, "version"])
