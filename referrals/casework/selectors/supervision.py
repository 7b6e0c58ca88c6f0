"""Supervisions of a support, and when the next one is due."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.agencies.roles import who_may
from referrals.casework.models import Episode, Supervision
from referrals.casework.rules.supervision import next_supervision_on, weeks_between

NEWEST_FIRST = ("-held_on", "-id")
MOST, LIMIT = 10, 30


def supervisions(membership: Membership) -> QuerySet[Supervision]:
    """Every supervision of the membership's own agency in cases that it may open."""
    visible = Supervision.objects.visible_to(membership)
    return visible.select_related(
        "case", "episode__case__headline", "episode__agency", "worker__user", "supervisor__user"
    )


def supervisions_of(episode: Episode, membership: Membership) -> QuerySet[Supervision]:
    """Those of one episode, to be paged by NEWEST_FIRST."""
    return supervisions(membership).filter(episode=episode)


def supervision_due(membership: Membership, until: date) -> QuerySet[Episode]:
    """Colleagues' open episodes whose next supervision is due until a day, or whose first is.

    MOST of them, and one where there are more.
    """
    is_due = Q(supervised_until__lte=until) | (Q(supervised_until=None) & _first_is_due(until))
    return _shown(_named(membership).filter(is_due).exclude(worker=membership))[: MOST + 1]


def supervision_on_day(membership: Membership, workers: Sequence[UUID], until: date) -> QuerySet[Episode]:
    """Those that these workers have, and those that the reader supervised last: both need to find a day.

    A first one only of support that began after the agency recorded its first supervision of all: an agency
    that begins to record them would else fill every worker's day with all that she carries. Of support that is
    older than that, the first one is for the manager to arrange (`supervision_due`).
    """
    own, hers = _named(membership), Q(worker__in=workers)
    recorded = Supervision.objects.visible_to(membership).order_by("made_at").values("made_at")[:1]
    again = hers
    first = hers & Q(supervised_until=None, opened_at__gte=Subquery(recorded)) & _first_is_due(until)
    if membership.may("supervise"):
        own = own.alias(supervised_by=_of_newest("supervisor_id"))
        again |= Q(supervised_by=membership.pk)
        first &= Q(Exists(other_supervisors(membership)))
    return _shown(own.filter(again & Q(supervised_until__lte=until) | first))[:LIMIT]


def other_supervisors(membership: Membership) -> QuerySet[Membership]:
    """Who else in the agency may supervise and sign off: nobody does so of her own work."""
    members = Membership.objects.active().filter(agency_id=membership.agency_id)
    return members.filter(role__in=who_may("supervise")).exclude(user_id=membership.user_id)


def due_on(episode: Episode) -> date:
    """By when the next supervision of an episode of these selectors is to be held."""
    last: date | None = episode.supervised_until  # type: ignore[attr-defined]
    began = timezone.localdate(episode.opened_at)
    return last or next_supervision_on(episode.case.headline.band, on=began)


def _named(membership: Membership) -> QuerySet[Episode]:
    """Open ones with a worker. Each has `supervised_until` of its newest supervision, None where there was none."""
    own = Episode.objects.own_of(membership).filter(closed_at=None, worker__isnull=False)
    return own.annotate(supervised_until=_of_newest("next_due_on"))


def _of_newest(column: str) -> Subquery:
    newest = Supervision.objects.filter(episode=OuterRef("pk")).order_by("-held_on", "-id")
    return Subquery(newest.values(column)[:1])


def _shown(episodes: QuerySet[Episode]) -> QuerySet[Episode]:
    named = episodes.select_related("case__headline__victim", "worker__user")
    return named.order_by(F("supervised_until").asc(nulls_first=True), "opened_at", "id")


def _first_is_due(until: date) -> Q:
    """Support that began so long ago that its first supervision is due until a day, by the band of today."""
    found = Q(pk=None)
    for band, weeks in weeks_between(timezone.localdate()).items():
        found |= Q(case__headline__band=band, opened_at__date__lte=until - timedelta(weeks=weeks))
    return found
