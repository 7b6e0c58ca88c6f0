"""What falls due for a worker, and how much she carries. Every read here stops after LIMIT rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.choices import Band
from dacase.cases.models import Headline, ImmigrationStatus
from dacase.cases.rules.people import alerted_by
from referrals.casework.choices import ActionState
from referrals.casework.models import ContactAttempt, Cover, Episode, HandOver, Plan, PlanAction
from referrals.casework.rules.caseload import Guide, guide, weight_of
from referrals.casework.rules.episode import assessing_kinds
from referrals.casework.selectors.nobody import cannot_work
from referrals.models import Route
from referrals.selectors.route import inbox

LIMIT, MOST, AHEAD, YEAR = 30, 200, timedelta(days=7), timedelta(days=365)
SHOWN = ("case__headline__victim", "worker__user")


@dataclass(frozen=True)
class Stand:
    """Who stands in for whom today: whom the reader covers, and who covers her."""

    covers: list[Cover]
    covered_by: list[Cover]


def stand_of(membership: Membership) -> Stand:
    """The covers of today that name the membership. One query."""
    mine = Q(worker=membership) | Q(colleague=membership)
    running = Cover.objects.visible_to(membership).running().filter(mine)
    found = list(running.select_related("worker__user", "colleague__user").order_by("until_on"))
    return Stand(
        [one for one in found if one.colleague_id == membership.pk],
        [one for one in found if one.worker_id == membership.pk],
    )


def contacts_due(membership: Membership, workers: Sequence[UUID], until: datetime) -> QuerySet[Episode]:
    """Open episodes of these workers in which contact is due until a moment, the soonest first."""
    own = Episode.objects.own_of(membership).filter(
        worker__in=workers, closed_at=None, closing_asked_at=None, next_contact_at__lte=until
    )
    return own.select_related(*SHOWN).order_by("next_contact_at", "id")[:LIMIT]


def never_assessed(membership: Membership, workers: Sequence[UUID]) -> QuerySet[Episode]:
    """Open episodes of these workers that call for a risk assessment, in open cases that have had none.

    Only after the first contact, the earliest first: before it there is nobody to assess the risk with.
    """
    own = Episode.objects.own_of(membership).filter(
        worker__in=workers,
        closed_at=None,
        closing_asked_at=None,
        contacted_at__isnull=False,
        kind__in=assessing_kinds(),
        case__headline__band="",
        case__closed_at=None,
    )
    return own.select_related(*SHOWN).order_by("contacted_at", "id")[:LIMIT]


def reviews_due(membership: Membership, workers: Sequence[UUID], until: date) -> QuerySet[Headline]:
    """Open cases that these workers lead and whose risk must be assessed again until a day, the soonest first."""
    led = Headline.objects.visible_to(membership).filter(
        worker__in=workers, review_due_on__lte=until, case__closed_at=None
    )
    shown = led.select_related("case", "victim", "worker__user")
    return shown.order_by("review_due_on", "case_id")[:LIMIT]


def concessions_due(
    membership: Membership, workers: Sequence[UUID], until: date
) -> QuerySet[ImmigrationStatus]:
    """Concessions that have had an alert by a day in cases in which these workers support somebody, the first to end
    first; not those whose record somebody has saved after they ran out.
    """
    supports = Episode.objects.own_of(membership).filter(
        case=OuterRef("case"), worker__in=workers, closed_at=None
    )
    due = ImmigrationStatus.objects.visible_to(membership).filter(
        Exists(supports),
        concession_granted_on__lte=alerted_by(until),
        updated_at__date__lte=F("concession_ends_on"),
    )
    return due.select_related("case__headline__victim").order_by("concession_ends_on", "id")[:LIMIT]


def routes_waiting(membership: Membership) -> QuerySet[Route]:
    """Referrals that wait for somebody at the service to accept them, the soonest due first."""
    return inbox(membership).order_by("due_at", "id")[:LIMIT]


def hand_overs_waiting(membership: Membership) -> QuerySet[HandOver]:
    """Work that colleagues have offered to the membership and that she has not answered."""
    waiting = HandOver.objects.visible_to(membership).waiting().filter(receiver=membership)
    return waiting.select_related("giver__user").order_by("made_at")[:LIMIT]


def stranded(membership: Membership) -> QuerySet[Episode]:
    """Open episodes of the agency with which nobody works: no worker, one whose work has ended, or one whom the case bars."""
    return Episode.objects.own_of(membership).filter(_nobody_works(), closed_at=None)


def _nobody_works() -> Q:
    return Q(worker=None) | cannot_work("worker", "case")


def for_managers(membership: Membership) -> QuerySet[Episode]:
    """What only a manager can move on: episodes with which nobody works, and closings to sign off."""
    asked = Q(closing_asked_at__isnull=False)
    waiting = Episode.objects.own_of(membership).filter(asked | _nobody_works(), closed_at=None)
    return waiting.select_related(*SHOWN).order_by("opened_at", "id")[:LIMIT]


def unseen_against_plan(membership: Membership) -> QuerySet[ContactAttempt]:
    """Contacts against the safe-contact plan that no manager has seen to."""
    unseen = ContactAttempt.objects.own_of(membership).filter(against_plan=True, seen_at=None)
    return unseen.select_related("case__headline__victim", "made_by__user").order_by("made_at")[:LIMIT]


def plan_actions_due(membership: Membership, workers: Sequence[UUID], until: date) -> QuerySet[PlanAction]:
    """What these workers are to do by the agency's plans until a day, the soonest due first.

    Whoever says who works on what also gets what nobody can do any more.
    """
    whose = Q(worker__in=workers)
    if membership.may("allocate_episode"):
        whose |= cannot_work("worker", "plan__case")
    due = PlanAction.objects.own_of(membership).filter(whose, state=ActionState.TO_DO, due_on__lte=until)
    shown = due.select_related("plan__case__headline__victim", "worker__user")
    return shown.order_by("due_on", "id")[:LIMIT]


def plan_reviews_due(membership: Membership, workers: Sequence[UUID], until: date) -> QuerySet[Plan]:
    """The agency's plans to be looked at again until a day, in cases in which these workers support somebody."""
    supports = Episode.objects.own_of(membership).filter(
        case=OuterRef("case"), worker__in=workers, closed_at=None
    )
    due = Plan.objects.own_of(membership).filter(Exists(supports), review_on__lte=until)
    return due.select_related("case__headline__victim").order_by("review_on", "id")[:LIMIT]


@dataclass(frozen=True)
class Load:
    """What a worker carries: open episodes by band, their weight, and what she took on in twelve months.

    Each number stops at MOST.
    """

    counts: dict[str, int]
    weight: float
    year: int
    open_guide: Guide
    year_guide: Guide

    @property
    def open(self) -> int:
        return sum(self.counts.values())


def load_asked(membership: Membership) -> dict[str, QuerySet[Any]]:
    """What load_from needs: the bands of open episodes, and the episodes taken on within a year."""
    own = Episode.objects.own_of(membership).filter(worker=membership).order_by()
    return {
        "open": own.filter(closed_at=None).values_list("case__headline__band", flat=True)[:MOST],
        "year": own.filter(opened_at__gte=timezone.now() - YEAR).values_list("kind", flat=True)[:MOST],
    }


def load_from(rows: Mapping[str, list[Any]]) -> Load:
    """The membership's own caseload, of the rows of load_asked."""
    today = timezone.localdate()
    counts = {band: rows["open"].count(band) for band in ["", *Band.values]}
    return Load(
        counts, weight_of(counts, today), len(rows["year"]), guide("open", today), guide("year", today)
    )
