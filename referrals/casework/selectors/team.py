"""A manager's view of who carries what."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.choices import Band
from referrals.casework.models import Cover, Episode
from referrals.casework.rules.caseload import weight_of
from referrals.casework.selectors.day import YEAR, stranded
from referrals.casework.selectors.episode import SHOWN, colleagues

MOST = 200


@dataclass(frozen=True)
class TeamRow:
    """One worker: open episodes by band, their weight, how many are late, what she took on, and who covers her.

    year: the episodes that she has and that began within twelve months.
    """

    worker: Membership
    counts: dict[str, int]
    late: int
    weight: float
    year: int
    is_here: bool
    away: Cover | None

    @property
    def open(self) -> int:
        return sum(self.counts.values())


def team(membership: Membership) -> list[TeamRow]:
    """Everybody who works on episodes of the agency, and whoever has left with some of them open.

    Five queries for any number of workers.
    """
    today, now = timezone.localdate(), timezone.now()
    numbers: dict[UUID, Any] = {
        row["worker"]: row
        for row in Episode.objects.own_of(membership)
        .filter(closed_at=None, worker__isnull=False)
        .order_by()
        .values("worker")
        .annotate(
            late=Count("pk", filter=Q(next_contact_at__lt=now)),
            none=Count("pk", filter=Q(case__headline__band="")),
            **{band: Count("pk", filter=Q(case__headline__band=band)) for band in Band.values},
        )
    }
    begun = Episode.objects.own_of(membership).filter(opened_at__gte=now - YEAR, worker__isnull=False)
    years = dict(begun.order_by().values_list("worker").annotate(Count("pk")))
    here = list(colleagues(membership))
    gone = numbers.keys() - {one.pk for one in here}
    left = (
        Membership.objects.visible_to(membership).filter(pk__in=gone).select_related("user", "agency", "team")
    )
    away = {one.worker_id: one for one in covers_running(membership)}
    rows = []
    for worker in [*left, *here]:
        found = numbers.get(worker.pk, {})
        counts = {"": found.get("none", 0), **{band: found.get(band, 0) for band in Band.values}}
        rows.append(
            TeamRow(
                worker,
                counts,
                found.get("late", 0),
                weight_of(counts, today),
                years.get(worker.pk, 0),
                worker.pk not in gone,
                away.get(worker.pk),
            )
        )
    return rows


def covers_running(membership: Membership) -> QuerySet[Cover]:
    """The agency's covers that run today or begin later, the soonest to end first."""
    rows = Cover.objects.visible_to(membership).filter(ended_at=None, until_on__gte=timezone.localdate())
    return rows.select_related("worker__user", "colleague__user").order_by("until_on", "pk")


def members(membership: Membership) -> QuerySet[Membership]:
    """The work of everybody for the membership's agency, past work too."""
    return Membership.objects.visible_to(membership).select_related("user", "agency", "team")


def open_episodes_of(membership: Membership, worker_id: UUID) -> list[Episode]:
    """The open episodes of one worker of the agency, the soonest due first, at most MOST."""
    own = Episode.objects.own_of(membership).filter(worker_id=worker_id, closed_at=None)
    return list(own.select_related(*SHOWN, "hand_over").order_by("next_contact_at", "id")[:MOST])


def stranded_episodes(membership: Membership) -> QuerySet[Episode]:
    """The open episodes of the agency with which nobody works, the oldest first, at most MOST."""
    return stranded(membership).select_related(*SHOWN).order_by("opened_at", "id")[:MOST]
