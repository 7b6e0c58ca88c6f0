"""A service's acts on what was routed to it: open, accept by name, return, decline."""

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.choices import Service
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.choices import LawfulBasis, Scope
from dacase.cases.models import Case, Grant, Headline
from dacase.cases.models.grant import permission_id
from dacase.cases.services.case import set_headline
from dacase.cases.services.grant import end_access, grant_access
from referrals.casework.services.episode import has_open_episode, open_episode
from referrals.choices import ReferralState, RouteState
from referrals.models import Referral, ReferralQuestion, Route
from referrals.rules import clock
from referrals.rules.route import purpose_of
from referrals.services.feedback import tell_sender
from referrals.services.versions import check_version


def grant_for_route(case: Case, referral: Referral, agency: Agency, *, actor: Membership) -> None:
    """Let the service open the case, unless it may already without end. Called by the front door's routing."""
    current = _grants(case, agency).filter(valid_until__isnull=True)
    if not current.exists():
        grant_access(
            case,
            agency=agency,
            purpose=purpose_of(agency),
            lawful_basis=LawfulBasis.PUBLIC_TASK,
            reason=_grant_reason(referral),
            verb="triage_referral",
            actor=actor,
        )


def check_case_is_open(referral: Referral) -> None:
    """Raise ValidationError where the case of a referral was closed meanwhile: support would begin unseen.

    Raises Case.DoesNotExist where the actor was barred from it, or lost it, while she waited for its lock.
    """
    if referral.case_id is None:
        return
    Case.objects.lock(referral.case_id)
    if not Case.objects.get(pk=referral.case_id).is_open:
        raise ValidationError(
            "The case was closed while this referral waited. Open the case again first, or ask the front door to"
        )


@transaction.atomic
def open_route(route_id: UUID, *, actor: Membership) -> Route:
    """Mark that somebody at the service has opened the referral. Twice is once.

    Raises NotAllowed, Route.DoesNotExist.
    """
    route = _lock(route_id, actor)
    if route.state == RouteState.ROUTED:
        route.state, route.opened_at = RouteState.OPENED, timezone.now()
        _save(route, "route_opened", actor, ["state", "opened_at"])
    return route


@transaction.atomic
def accept_route(route_id: UUID, *, version: int, actor: Membership) -> Route:
    """Accept a referral: the actor is from now on the named person who works on it, in an episode that begins.

    Raises NotAllowed, Route.DoesNotExist, StaleVersion; ValidationError when a colleague has accepted it, and when
    the case was closed while it waited.
    """
    route = _lock(route_id, actor)
    if route.state == RouteState.ACCEPTED and route.accepted_by_id == actor.pk:
        return route
    check_version(route, version, actor=actor)
    if route.state == RouteState.ACCEPTED:
        raise ValidationError("A colleague has accepted this referral")
    check_case_is_open(route.referral)
    now = timezone.now()
    route.state, route.accepted_by, route.accepted_at = RouteState.ACCEPTED, actor, now
    route.opened_at = route.opened_at or now
    _save(route, "referral_accepted", actor, ["state", "accepted_by", "accepted_at", "opened_at"])
    _become_worker(route, actor)
    if route.referral.case_id is not None:
        open_episode(route, actor=actor)
    tell_sender(route.referral, "referral_feedback", key=f"{route.pk}:accepted")
    return route


@transaction.atomic
def return_route(route_id: UUID, *, version: int, reason: str, actor: Membership) -> None:
    """Send a referral back to the front door, which routes it again; ends the access that came with it.

    Raises NotAllowed, Route.DoesNotExist, StaleVersion; ValidationError without a reason or once accepted.
    """
    _send_back(route_id, RouteState.RETURNED, version, reason, actor)


@transaction.atomic
def decline_route(route_id: UUID, *, version: int, reason: str, actor: Membership) -> None:
    """Decline a referral that is not for this service. Does and raises the same as return_route."""
    _send_back(route_id, RouteState.DECLINED, version, reason, actor)


def _send_back(route_id: UUID, state: RouteState, version: int, reason: str, actor: Membership) -> None:
    route = _lock(route_id, actor)
    check_version(route, version, actor=actor)
    if route.state == RouteState.ACCEPTED:
        raise ValidationError("This referral is accepted. It cannot be sent back any more")
    if not reason.strip():
        raise ValidationError({"reason": "Enter the reason. The front door and the sender will read it"})
    _back_to_the_front_door(route)
    record_event(
        f"route_{state}",
        actor=actor,
        subject=route,
        case_id=route.referral.case_id,
        data={"route": str(route.pk)},
    )
    end_own_access = _access_to_end(route, actor)
    route.state, route.sent_back_at, route.sent_back_reason = state, timezone.now(), reason.strip()
    route.version += 1
    # The last two writes: with the first the referral is gone for this agency, with the second the case.
    route.save(update_fields=["state", "sent_back_at", "sent_back_reason", "version"])
    end_own_access()


def _back_to_the_front_door(route: Route) -> None:
    """With no other live route the referral waits in the front door's queue again, its clock started anew."""
    referral = route.referral
    if Route.objects.live().filter(referral=referral).exclude(pk=route.pk).exists():
        return
    asked = referral.has_reader and ReferralQuestion.objects.waiting().filter(referral=referral).exists()
    referral.state = ReferralState.RETURNED if asked else ReferralState.RECEIVED
    referral.held_by = referral.decided_at = None
    referral.due_at = clock.due_at(timezone.now(), clock=clock.FRONT_DOOR, priority=referral.priority)
    referral.version += 1
    referral.save(update_fields=["state", "held_by", "decided_at", "due_at", "version"])


def _access_to_end(route: Route, actor: Membership) -> Callable[[], object]:
    """Ends the grant that came with this route; one that the agency holds for another reason stays.

    An episode that is open already is such a reason: the referral goes back, the support goes on.
    """
    referral, case = route.referral, route.referral.case
    if case is None or not _grants(case, actor.agency).filter(reason=_grant_reason(referral)).exists():
        return lambda: None
    if has_open_episode(case, actor.agency):
        return lambda: None
    return lambda: end_access(case, agency=actor.agency, verb="accept_referral", actor=actor)


def _become_worker(route: Route, actor: Membership) -> None:
    """The case names who works on it: an advocate where one has accepted, else whoever accepted first."""
    case_id = route.referral.case_id
    if case_id is None:
        return
    has_worker = Headline.objects.filter(case_id=case_id, worker__isnull=False).exists()
    if not has_worker or actor.agency.offers(Service.ADVOCACY):
        set_headline(case_id, worker=actor)


def _grant_reason(referral: Referral) -> str:
    return f"Routed with referral {referral.reference}"


def _grants(case: Case, agency: Agency):  # type: ignore[no-untyped-def]
    whole = permission_id("cases", Scope.CASE)
    return Grant.objects.current().filter(content_object=case, group_id=agency.group_id, permission_id=whole)


def _lock(route_id: UUID, actor: Membership) -> Route:
    check_may(actor, "accept_referral")
    own = Route.objects.visible_to(actor).live().filter(to_agency_id=actor.agency_id)
    referral_id = own.values_list("referral_id", flat=True).get(pk=route_id)
    # First the referral, then its route: the order in which the front door locks them.
    referral = Referral.objects.select_for_update().get(pk=referral_id)
    route = own.select_for_update(of=("self",)).get(pk=route_id)
    route.referral = referral
    return route


def _save(route: Route, verb: str, actor: Membership, fields: list[str]) -> None:
    route.version += 1
    route.save(update_fields=[*fields, "version"])
    record_event(verb, actor=actor, subject=route, case_id=route.referral.case_id)
