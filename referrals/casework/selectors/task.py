"""Tasks of a case, of a day, and those that nobody holds any more."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from dacase.agencies.models import Membership
from dacase.cases.models import Case, Exclusion
from referrals.casework.choices import TaskState
from referrals.casework.models import Cover, Episode, Task
from referrals.casework.selectors.nobody import cannot_work, held_by_nobody

SHOWN = ("worker__user", "episode", "ended_by__user")
BY_CLOCK = ("due_on", F("due_time").asc(nulls_last=True), "id")
NEWEST_FIRST = ("-ended_at", "-id")
MOST, LIMIT = 100, 30


def open_tasks(case: Case, membership: Membership) -> QuerySet[Task]:
    """What the membership's own agency still has to do in a case, the soonest due first, at most MOST.

    `is_stranded`: whether its worker cannot do it any more.
    """
    own = Task.objects.own_of(membership).filter(case=case, state=TaskState.OPEN)
    own = own.select_related(*SHOWN)
    return own.annotate(is_stranded=held_by_nobody("worker", "case")).order_by(*BY_CLOCK)[:MOST]


def ended_tasks(case: Case, membership: Membership) -> QuerySet[Task]:
    """What was done or dropped in a case, to be paged by NEWEST_FIRST."""
    own = Task.objects.own_of(membership).filter(case=case).exclude(state=TaskState.OPEN)
    return own.select_related(*SHOWN)


def own_tasks(membership: Membership) -> QuerySet[Task]:
    """Every task of the membership's own agency in cases that it may open, with what its page shows."""
    return Task.objects.own_of(membership).select_related("case", "made_by__user", *SHOWN)


def tasks_due(membership: Membership, workers: Sequence[UUID], until: date) -> QuerySet[Task]:
    """Open tasks of these workers that are due until a day, the soonest first."""
    own = Task.objects.own_of(membership).filter(worker__in=workers, state=TaskState.OPEN, due_on__lte=until)
    return own.select_related("case__headline__victim", "worker__user").order_by(*BY_CLOCK)[:LIMIT]


def tasks_nobody_holds(membership: Membership) -> QuerySet[Task]:
    """Open tasks whose worker has left, or is barred from the case by now; the soonest due first, at most MOST."""
    own = Task.objects.own_of(membership).filter(cannot_work("worker", "case"), state=TaskState.OPEN)
    return own.select_related("case__headline__victim", "worker__user").order_by(*BY_CLOCK)[:MOST]


def episodes_to_link(case: Case, membership: Membership) -> QuerySet[Episode]:
    """The open episodes of the membership's own agency in a case."""
    own = Episode.objects.own_of(membership).filter(case=case, closed_at=None)
    return own.select_related("party__person").order_by("opened_at", "id")


def stands_in_today(worker: Membership, case_id: UUID) -> Membership | None:
    """Who covers a worker today and may open the case; None where nobody does."""
    running = Cover.objects.visible_to(worker).running().filter(worker=worker)
    for cover in running.select_related("colleague__user", "colleague__agency", "colleague__team").order_by(
        "until_on", "pk"
    ):
        colleague = cover.colleague
        is_barred = Exclusion.objects.barring(colleague).filter(case_id=case_id).exists()
        if colleague.is_active() and colleague.user.is_active and not is_barred:
            return colleague
    return None
