"""Referrals as their sender follows them."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from dacase.agencies.choices import Service
from dacase.agencies.models import Agency, Membership
from referrals.choices import PUBLIC_DOORS, ReferralState, RouteState
from referrals.models import Referral, Route
from referrals.rules.decision import OTHER, reason_words
from referrals.rules.route import gives_shelter

SHELTER = "A safe accommodation service"


@dataclass(frozen=True)
class Outcome:
    """What has become of a referral, as its sender is told it."""

    state: str
    text: str
    at: datetime | None = None
    reason: str = ""


def front_doors() -> QuerySet[Agency]:
    """The agencies that take in referrals."""
    return Agency.objects.filter(is_active=True, services__contains=[Service.FRONT_DOOR])


def with_routes(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """`referrals` with the routes, agencies and people that their pages name, in a fixed number of queries."""
    routes = Route.objects.select_related("to_agency", "accepted_by__user").order_by("routed_at")
    return referrals.select_related(
        "sender_agency", "sender__user", "receiver_agency", "held_by__user", "outside_sender"
    ).prefetch_related(Prefetch("routes", queryset=routes))


def sent_referrals(
    membership: Membership, *, state: str = "", sent_from: date | None = None, mine: bool | str = False
) -> QuerySet[Referral]:
    """The referrals that the membership's agency has sent.

    Args:
        state: a value of choices.ReferralState, or empty for all.
        sent_from: only those sent on this day or later.
        mine: only those that this user sent.
    """
    referrals = (
        Referral.objects.visible_to(membership)
        .filter(sender_agency_id=membership.agency_id)
        .exclude(door__in=PUBLIC_DOORS)
    )
    if state:
        referrals = referrals.filter(state=state)
    if sent_from:
        midnight = timezone.make_aware(datetime.combine(sent_from, time.min))
        referrals = referrals.filter(received_at__gte=midnight)
    if mine:
        referrals = referrals.filter(sender__user_id=membership.user_id)
    return with_routes(referrals)


def followed_referrals(membership: Membership) -> QuerySet[Referral]:
    """Referrals that the membership's agency sent or took in, with their people and contact.

    A service reads a referral through its route, which says that it was opened.
    """
    visible = Referral.objects.visible_to(membership)
    own = Q(sender_agency_id=membership.agency_id) | Q(receiver_agency_id=membership.agency_id)
    return with_people(visible.filter(own))


def with_people(referrals: QuerySet[Referral]) -> QuerySet[Referral]:
    """`referrals` with everything that the page of one of them shows."""
    return with_routes(referrals).select_related("contact", "case").prefetch_related("people")


def may_see_contact(membership: Membership, referral: Referral) -> bool:
    """Whether the contact details are shown: to who wrote them, and to roles that may see locations."""
    return referral.sender.user_id == membership.user_id or membership.may("view_location")


def outcomes(referral: Referral) -> list[Outcome]:
    """What the sender is told: the front door's decision, then each service's, the latest last.

    Reads what `with_routes` has prefetched. A service's name is told, but not of one that gives shelter: its name
    would say where somebody went.
    """
    told = []
    if referral.state not in (ReferralState.RECEIVED, ReferralState.IN_TRIAGE):
        told.append(
            Outcome(
                referral.state,
                f"{referral.receiver_agency}: {referral.get_state_display().lower()}",
                referral.decided_at,
                "\n".join(filter(None, [_decision_words(referral), referral.decision_reason])),
            )
        )
    return told + [_outcome_of(route) for route in referral.routes.all()]


def _decision_words(referral: Referral) -> str:
    if referral.decision_code in ("", OTHER):
        return ""
    return reason_words(referral.state, referral.decision_code)


def _outcome_of(route: Route) -> Outcome:
    shelters = gives_shelter(route.to_agency)
    service = SHELTER if shelters else route.to_agency.name
    if route.ended_at is not None:
        return Outcome(route.state, f"{service}: its work has ended", route.ended_at)
    if route.state == RouteState.ACCEPTED and route.accepted_by is not None:
        by = "a named person" if shelters else route.accepted_by.user
        return Outcome(route.state, f"{service}: accepted by {by}", route.accepted_at)
    if route.state in (RouteState.RETURNED, RouteState.DECLINED):
        words = f"{service}: {route.get_state_display().lower()}"
        return Outcome(route.state, words, route.sent_back_at, route.sent_back_reason)
    if route.state == RouteState.OPENED:
        return Outcome(route.state, f"{service}: opened, waiting for somebody to accept it", route.opened_at)
    return Outcome(route.state, f"{service}: waiting to be opened", route.routed_at)
