"""Consent: what stands in a case, what stood before, and what is due to be looked at again."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from dacase.agencies.models import Membership
from dacase.agencies.roles import who_may
from dacase.cases.models import Case
from referrals.casework.models import ConsentRecord, Episode

NEWEST_FIRST = ("-recorded_at", "-id")
MOST, LIMIT = 100, 30
SHOWN = ("party__person", "service", "agency", "recorded_by__user", "decided_by__user")


def consents_of(case: Case, membership: Membership) -> QuerySet[ConsentRecord]:
    """What stands in a case: the newest record of each person, purpose and service, the victim-survivor first."""
    standing = ConsentRecord.objects.visible_to(membership).filter(case=case).standing()  # type: ignore[attr-defined]
    return standing.select_related(*SHOWN).order_by("-party__role", "party", "purpose", "service")[:MOST]


def earlier_consents(case: Case, membership: Membership) -> QuerySet[ConsentRecord]:
    """What stood before in a case, to be paged by NEWEST_FIRST."""
    visible = ConsentRecord.objects.visible_to(membership).filter(case=case)
    return visible.earlier().select_related(*SHOWN)  # type: ignore[attr-defined]


def readable_consents(membership: Membership) -> QuerySet[ConsentRecord]:
    """Every record that the membership may read, with what its pages show."""
    return ConsentRecord.objects.visible_to(membership).select_related("case", *SHOWN)


def deciders(membership: Membership) -> QuerySet[Membership]:
    """Colleagues who may answer for going on without consent, by name, oneself included."""
    roles = who_may("record_consent")
    members = Membership.objects.active().filter(agency_id=membership.agency_id, role__in=roles)
    return members.select_related("user", "agency", "team").order_by("user__name", "pk")


def consents_due(membership: Membership, workers: Sequence[UUID], until: date) -> QuerySet[ConsentRecord]:
    """What is to be looked at again until a day, in cases in which these workers have open episodes.

    Each has `worker_id` and `worker_name` of one of those workers, the reader herself where she is one.
    """
    open_ones = Episode.objects.own_of(membership).filter(worker__in=workers, closed_at=None)
    own_first = ExpressionWrapper(Q(worker=membership), BooleanField()).desc()
    of_case = open_ones.filter(case=OuterRef("case")).order_by(own_first, "pk")
    own_or_all = Q(service=None) | Q(service=membership.agency)
    due = ConsentRecord.objects.visible_to(membership).filter(
        own_or_all, case_id__in=open_ones.order_by().values("case_id"), review_on__lte=until
    )
    named = due.standing().annotate(  # type: ignore[attr-defined]
        worker_id=Subquery(of_case.values("worker_id")[:1]),
        worker_name=Subquery(of_case.values("worker__user__name")[:1]),
    )
    return named.select_related("case__headline__victim", "service").order_by("review_on", "id")[:LIMIT]
