"""The front door's queue, and where a referral may go from there."""

from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from dacase.agencies.roles import who_may
from dacase.cases.models import Case, Exclusion, Party
from referrals.choices import CallBack, Priority, ReferralDoor
from referrals.models import OutsideSender, Referral, Route
from referrals.models.outside_sender import NOT_TRIED_AGAIN
from referrals.rules.referral import ROUTED_KINDS, ROUTED_SERVICES, UNDECIDED

# How far back a decided referral is looked at.
LOOKED_BACK_DAYS = 90


def triage_queue(
    membership: Membership,
    *,
    priority: str = "",
    state: str = "",
    held: str = "",
    door: str = "",
    late: bool | str = False,
) -> QuerySet[Referral]:
    """Referrals that wait for the front door of the membership's agency, to be ordered by `due_at`.

    Args:
        priority, state: values of choices.Priority and choices.ReferralState, or empty for all.
        held: "me", "nobody", "others" or empty for all.
        door: a value of choices.ReferralDoor, or empty for all.
        late: only those whose clock has run out.
    """
    queue = Referral.objects.visible_to(membership).filter(
        receiver_agency_id=membership.agency_id, decided_at__isnull=True, state__in=UNDECIDED
    )
    if priority:
        queue = queue.filter(priority=priority)
    if state:
        queue = queue.filter(state=state)
    if door:
        queue = queue.filter(door=door)
    if held == "me":
        queue = queue.filter(held_by__user_id=membership.user_id)
    elif held == "nobody":
        queue = queue.filter(held_by__isnull=True)
    elif held == "others":
        queue = queue.filter(held_by__isnull=False).exclude(held_by__user_id=membership.user_id)
    if late:
        queue = queue.filter(due_at__lt=timezone.now())
    return queue.select_related("sender_agency", "held_by__user", "contact", "outside_sender")


def senders_to_tell(membership: Membership) -> QuerySet[Referral]:
    """Decided referrals whose outside sender nobody has told yet, as `OutsideSender.is_to_be_told` says of one."""
    anew = Q(told_at=None) | Q(told_at__lt=F("referral__decided_at"))
    untold = OutsideSender.objects.filter(anew | ~Q(told__in=NOT_TRIED_AGAIN))
    # From the few senders to their referrals: a front door has taken in 200,000 others.
    sent = untold.exclude(outcome=CallBack.NOT_KNOWN).values("referral")
    return taken_in(membership).filter(pk__in=sent, door=ReferralDoor.PROFESSIONAL, decided_at__isnull=False)


def counts(referrals: QuerySet[Referral]) -> dict[str, int]:
    """How many people `referrals` are about (`individuals`), and how many are `immediate` and `high`.

    A contact is a referral; somebody may be referred again and again. Somebody in a case is known as a person
    and counted once. Before that nobody has said who it is: each referral counts as one.
    """
    about = Coalesce("case__headline__victim_id", "pk")
    urgent = {
        str(priority): Count("pk", filter=Q(priority=priority))
        for priority in (Priority.IMMEDIATE, Priority.HIGH)
    }
    return referrals.order_by().aggregate(individuals=Count(about, distinct=True), **urgent)


def taken_in(membership: Membership) -> QuerySet[Referral]:
    """Every referral that the front door of the membership's agency has taken in, decided or not."""
    return Referral.objects.visible_to(membership).filter(receiver_agency_id=membership.agency_id)


def waiting_or_lately_decided(membership: Membership) -> QuerySet[Referral]:
    """Of those the ones that wait, and those decided within the last 90 days."""
    since = timezone.now() - timedelta(days=LOOKED_BACK_DAYS)
    return taken_in(membership).filter(Q(decided_at__isnull=True) | Q(decided_at__gte=since))


def services_to_route_to(referral: Referral) -> QuerySet[Agency]:
    """The agencies that the referral may be routed to: they support or safeguard people, somebody works there
    who can accept it, they have no live route for it yet, and are not barred from its case.
    """
    acceptors = Membership.objects.active().filter(agency=OuterRef("pk"), role__in=who_may("accept_referral"))
    routed = Route.objects.live().filter(referral=referral).values("to_agency_id")
    barred = Exclusion.objects.filter(case=referral.case, lifted_at__isnull=True).values("group_id")
    return (
        Agency.objects.filter(is_active=True)
        .filter(Exists(acceptors))
        .filter(Q(services__overlap=list(ROUTED_SERVICES)) | Q(kind__in=ROUTED_KINDS))
        .exclude(pk__in=routed)
        .exclude(group_id__in=barred)
        .exclude(pk=referral.receiver_agency_id)
    )


def parties_of(case: Case) -> list[Party]:
    """The parties of a case that the reader was let into: victim-survivor, perpetrators, children."""
    return list(Party.objects.filter(case=case).select_related("person").order_by("-role", "created_at"))
