"""Support whose agency loses the case soon, or has lost it: an end of access must take nobody by surprise."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import Scope
from dacase.cases.models import Case, Grant
from dacase.cases.models.grant import permission_id
from dacase.cases.rules.access import last_day
from dacase.ui.words import day_words
from referrals.casework.models import Episode
from referrals.casework.rules.access_ending import warned_until
from referrals.casework.selectors.day import LIMIT, SHOWN


def whole_files(case: Case) -> QuerySet[Grant]:
    """The current access of agencies to the whole file of a case that the reader may open."""
    return _whole().filter(content_object=case).select_related("group__agency", "granted_by__agency")


def _whole() -> QuerySet[Grant]:
    return Grant.objects.current().filter(permission_id=permission_id("cases", Scope.CASE))


@dataclass(frozen=True)
class End:
    """The end of the access of an agency that supports somebody. `grant`: None where it has ended."""

    agency: Agency
    grant: Grant | None

    @property
    def until(self) -> datetime | None:
        return self.grant.valid_until if self.grant else None

    @property
    def day(self) -> str:
        """The last day in words; empty where it has ended."""
        return day_words(last_day(self.until)) if self.until else ""


def ends_of(episodes: Iterable[Episode], grants: Iterable[Grant]) -> list[End]:
    """What ends soon or has ended, of the rows of `whole_files`: one for each agency with open support."""
    by_group = {grant.group_id: grant for grant in grants}
    told_until = warned_until(timezone.now())
    found = []
    for agency in {one.agency_id: one.agency for one in episodes if one.is_open}.values():
        grant = by_group.get(agency.group_id)
        if grant is None or (grant.valid_until is not None and grant.valid_until <= told_until):
            found.append(End(agency, grant))
    return found


def own_access_ending(membership: Membership, workers: Sequence[UUID], until: datetime) -> QuerySet[Episode]:
    """Open episodes of these workers in cases that their agency loses until a moment, the soonest first.

    `access_until`: when.
    """
    held = _whole().filter(group_id=membership.agency.group_id, content_object=OuterRef("case"))
    own = Episode.objects.own_of(membership).filter(
        worker__in=workers, closed_at=None, case__viewers_recheck_at__lte=until
    )
    ending = own.annotate(access_until=Subquery(held.values("valid_until")[:1]))
    return (
        ending.filter(access_until__lte=until).select_related(*SHOWN).order_by("access_until", "id")[:LIMIT]
    )
