"""Referrals that wait at a service, or that somebody there has accepted."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, SafeContactPlan
from referrals.choices import QuestionCode, RouteState
from referrals.models import Referral, ReferralQuestion, Route
from referrals.selectors.referral import with_people, with_routes


def inbox(
    membership: Membership, *, state: str = "waiting", priority: str = "", late: bool | str = False
) -> QuerySet[Route]:
    """Routes to the membership's agency, to be ordered by `due_at`.

    Args:
        state: "waiting" for those that nobody has accepted, "mine" for those this user has, "accepted" for all.
        priority: a value of choices.Priority, or empty for all.
        late: only those whose clock has run out before anybody accepted them.
    """
    routes = Route.objects.visible_to(membership).live().filter(to_agency_id=membership.agency_id)
    if state == "mine":
        routes = routes.filter(accepted_by__user_id=membership.user_id)
    elif state == "accepted":
        routes = routes.filter(state=RouteState.ACCEPTED)
    else:
        routes = routes.waiting()
    if priority:
        routes = routes.filter(referral__priority=priority)
    if late:
        routes = routes.filter(due_at__lt=timezone.now(), accepted_at__isnull=True)
    return routes.select_related(
        "referral__sender_agency",
        "referral__outside_sender",
        "referral__case",
        "referral__contact",
        "accepted_by__user",
    )


def routes_to(membership: Membership) -> QuerySet[Route]:
    """Live routes to the membership's own agency."""
    routes = Route.objects.visible_to(membership).live().filter(to_agency_id=membership.agency_id)
    return routes.select_related("to_agency", "routed_by__user", "accepted_by__user")


def referral_of(route: Route, membership: Membership) -> Referral:
    """The routed referral with its people and contact. Raises Referral.DoesNotExist when it was sent back."""
    return with_people(Referral.objects.visible_to(membership)).get(pk=route.referral_id)


def opened_by(route: Route) -> str:
    """The name of who at the service opened the referral; empty before."""
    first = (
        route.history.filter(opened_at__isnull=False)
        .select_related("history_user")
        .order_by("history_date")
        .first()
    )
    return first.history_user.name if first is not None and first.history_user is not None else ""


def newer_than_plan(case: Case, membership: Membership) -> QuerySet[Referral]:
    """The referrals in a case whose words on safe contact came after its own plan was last checked: they arrived
    later, or their sender answered later.
    """
    plan = SafeContactPlan.objects.filter(case=case, party__role=PartyRole.VICTIM).values("updated_at")[:1]
    answered = ReferralQuestion.objects.filter(
        referral=OuterRef("pk"), code=QuestionCode.SAFE_CONTACT, answered_at__gt=Subquery(plan)
    )
    newer = Q(received_at__gt=Subquery(plan)) | Exists(answered)
    return Referral.objects.visible_to(membership).filter(newer, case=case).order_by("received_at")


def referrals_of_case(case: Case, membership: Membership) -> QuerySet[Referral]:
    """The referrals in a case that the membership may see, newest first."""
    return with_routes(Referral.objects.visible_to(membership).filter(case=case)).order_by(
        "-received_at", "-id"
    )
