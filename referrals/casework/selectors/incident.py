"""Incidents of a case, and how many of them count towards potential escalation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party
from referrals.casework.choices import Precision
from referrals.casework.models import Incident
from referrals.casework.rules import incident as rules

NEWEST_FIRST = ("-happened_on", "-id")
# Records of one incident have the same: the key of the one that was made first.
ONE_INCIDENT = Coalesce("same_as_id", "pk")
MOST_OFFERED = 20


def incidents_of(
    case: Case, membership: Membership, *, kind: str = "", year: int | str = ""
) -> QuerySet[Incident]:
    """The incidents of a case that the membership may open, struck out ones too, to be paged by NEWEST_FIRST.

    Args:
        kind: a code of data/abuse_types.csv, or empty for all.
        year: the year in which it happened, or empty for all.
    """
    incidents = readable_incidents(membership).filter(case=case)
    if kind:
        incidents = incidents.filter(kinds__contains=[kind])
    if year:
        incidents = incidents.filter(happened_on__year=int(year))
    return incidents


def readable_incidents(membership: Membership) -> QuerySet[Incident]:
    """Every incident in the cases that the membership may open."""
    return Incident.objects.visible_to(membership).select_related(
        "case",
        "agency",
        "recorded_by__user",
        "known_to",
        "perpetrator__person",
        "struck_by__user",
        "same_as__agency",
    )


def likely_same(
    case: Case,
    membership: Membership,
    *,
    day: date,
    precision: str,
    apart: int = 0,
    besides: UUID | None = None,
) -> list[Incident]:
    """Incidents of a case that may be the one of this day: a record of each, at most MOST_OFFERED. One query.

    Args:
        day, precision: of the one that is asked about (choices.Precision).
        apart: how many days may lie between the two, where one of the days may be wrong.
        besides: the record that is asked about.
    """
    first, last = rules.days_of(day, precision)
    span = (first - timedelta(days=apart), last + timedelta(days=apart))
    month = timedelta(days=31)
    around = Incident.objects.visible_to(membership).standing().filter(case=case).exclude(pk__in=[besides])
    found = around.filter(happened_on__range=(span[0] - month, span[1] + month)).select_related(
        "agency", "recorded_by__user"
    )
    by_incident: dict[UUID, Incident] = {}
    for one in found.order_by("recorded_at", "id"):
        if rules.overlap(rules.days_of(one.happened_on, one.precision), span):
            by_incident.setdefault(one.same_as_id or one.pk, one)
    return list(by_incident.values())[:MOST_OFFERED]


def newest_standing(case: Case, membership: Membership) -> QuerySet[Incident]:
    """The newest three of a case that are not struck out, each once."""
    standing = Incident.objects.visible_to(membership).standing().first_records()
    return standing.filter(case=case).select_related("agency").order_by(*NEWEST_FIRST)[:3]


def years_of(case: Case, membership: Membership) -> list[int]:
    """The years in which something happened in a case, newest first."""
    visible = Incident.objects.visible_to(membership).filter(case=case)
    return [day.year for day in visible.dates("happened_on", "year", order="DESC")]


def counted(case: Case, membership: Membership, *, on: date) -> QuerySet[Incident]:
    """The incident that was recorded last of those that count on the day `on`, with their number as `number`.

    One row, or none where none counts. Struck out ones do not count, and what several have recorded counts
    once; of those of which only the month is known, all that may have happened within the months of the rule do.
    """
    first = rules.counts_from(on)
    month = Q(precision=Precision.MONTH, happened_on__gte=first.replace(day=1))
    within = (
        Incident.objects.visible_to(membership)
        .standing()
        .filter(Q(happened_on__gte=first) | month, case=case, happened_on__lte=on)
    )
    distinct = within.order_by().values("case").annotate(number=Count(ONE_INCIDENT, distinct=True))
    # A second record of what was known already is nothing new.
    newest = within.order_by(F("same_as").asc(nulls_first=True), "-recorded_at", "-id")
    return newest.annotate(number=Subquery(distinct.values("number")))[:1]


@dataclass(frozen=True)
class Lately:
    """How many incidents count on a day, and when the last of them was recorded, if there is one."""

    count: int
    recorded_at: datetime | None
    on: date

    @property
    def is_escalation(self) -> bool:
        return rules.is_escalation(self.count, on=self.on)

    @property
    def words(self) -> str:
        return rules.escalation_words(self.count, on=self.on)


def lately(rows: Iterable[Incident], *, on: date) -> Lately:
    """What the rows of `counted` for the day `on` come to."""
    for newest in rows:
        return Lately(newest.number, newest.recorded_at, on)  # type: ignore[attr-defined]
    return Lately(0, None, on)


def perpetrators_of(case: Case, membership: Membership) -> list[Party]:
    """The perpetrators of a case that the membership may open."""
    parties = Party.objects.visible_to(membership).filter(case=case, role=PartyRole.PERPETRATOR)
    return list(parties.select_related("person").order_by("created_at", "id"))


def agencies_to_name(also: UUID | None = None) -> list[Agency]:
    """The agencies that may have learned of an incident, by name; `also` one that is named and no longer works."""
    return list(Agency.objects.filter(Q(is_active=True) | Q(pk=also)).order_by("name"))
