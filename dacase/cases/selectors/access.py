"""Reads of the walls round one case: who may see it and why, who is barred, and who could see it before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from dacase.agencies.models import Agency, Membership, Team
from dacase.cases.choices import LawfulBasis, Purpose, Scope
from dacase.cases.models import Case, Exclusion, Grant
from dacase.cases.models.grant import permission_id

SHOWN = 50


def grants_on(case: Case) -> QuerySet[Grant]:
    """The current grants on a case that the reader may open, each with its agency and who granted it."""
    return (
        Grant.objects.current()
        .filter(content_object=case)
        .select_related("group__agency", "permission", "granted_by__user", "granted_by__agency")
        .order_by("group__name", "permission__codename")
    )


def exclusions_on(case: Case) -> QuerySet[Exclusion]:
    """The exclusions in force on a case, newest first, each with the person, team or agency it bars."""
    return (
        Exclusion.objects.filter(case=case, lifted_at__isnull=True)
        .select_related("group__person", "group__team__agency", "group__agency", "set_by__user")
        .order_by("-set_at")
    )


@dataclass(frozen=True)
class EndedGrant:
    """A grant that has ended, as history keeps it. `by` is "" where its time ran out."""

    agency: str
    scope: str
    purpose: str
    valid_from: datetime
    ended_at: datetime
    by: str


def ended_grants(case: Case) -> list[EndedGrant]:
    """The last 50 grants on the case that have ended, newest first. Two queries."""
    history = Grant.history.model
    rows = list(
        history.objects.filter(content_object_id=case.pk, history_type="-")
        .select_related("history_user")
        .order_by("-history_date")[:SHOWN]
    )
    agencies = agency_names(row.group_id for row in rows)
    whole = permission_id("cases", Scope.CASE)
    return [
        EndedGrant(
            agency=agencies.get(row.group_id, "An agency that has left"),
            scope=Scope.CASE.label if row.permission_id == whole else Scope.SUMMARY.label,
            purpose=Purpose(row.purpose).label,
            valid_from=row.valid_from,
            ended_at=row.history_date,
            by=row.history_user.name if row.history_user else "",
        )
        for row in rows
    ]


def agency_names(groups: Iterable[int]) -> dict[int, str]:
    """Group id -> the agency's name."""
    return dict(Agency.objects.filter(group_id__in=set(groups)).values_list("group_id", "name"))


def scope_label(grant: Grant) -> str:
    """What the grant opens, in words."""
    return Scope(grant.permission.codename).label


def basis_label(grant: Grant) -> str:
    """The lawful basis of the grant, in words."""
    return LawfulBasis(grant.lawful_basis).label


def who_can_open(case: Case) -> list[Membership]:
    """The people who can open the whole file now: of agencies that hold it, in a role that may, not barred."""
    whole = permission_id("cases", Scope.CASE)
    groups = set(grants_on(case).filter(permission_id=whole).values_list("group_id", flat=True))
    barred = set(exclusions_on(case).values_list("group_id", flat=True))
    members = (
        Membership.objects.active()
        .filter(agency__group_id__in=groups)
        .select_related("user", "agency", "team")
    )
    return [
        member for member in members if member.may("view_case") and not barred & set(member.bar_group_ids())
    ]


def left_behind(case: Case, group: Group, membership: Membership) -> list[str]:
    """What nobody can do any more once the group is barred from the case, in sentences: settings.LEFT_BEHIND."""
    return [words for name in settings.LEFT_BEHIND for words in import_string(name)(case, group, membership)]


def barred_name(exclusion: Exclusion) -> str:
    """The person, team or agency that an exclusion bars, in words."""
    group = exclusion.group
    if hasattr(group, "person"):
        return f"{group.person.name} (person)"
    if hasattr(group, "team"):
        return f"{group.team.name}, {group.team.agency.name} (team)"
    return f"{group.agency.name} (whole agency)" if hasattr(group, "agency") else group.name


def agencies_to_share_with() -> QuerySet[Agency]:
    """The agencies of the partnership that are active."""
    return Agency.objects.filter(is_active=True).order_by("name")


def teams_to_bar() -> QuerySet[Team]:
    """Every team, with its agency."""
    return (
        Team.objects.filter(agency__is_active=True).select_related("agency").order_by("agency__name", "name")
    )


def people_to_bar() -> QuerySet[Membership]:
    """Everybody who works in the partnership today, with user and agency."""
    return Membership.objects.active().select_related("user", "agency").order_by("user__name")


def grant_on(case: Case, grant_id: UUID) -> Grant | None:
    """One current grant on a case that the reader may open."""
    return grants_on(case).filter(pk=grant_id).first()


def exclusion_on(case: Case, exclusion_id: UUID) -> Exclusion | None:
    """One exclusion in force on a case that the reader may open."""
    return exclusions_on(case).filter(pk=exclusion_id).first()


def can_open(membership: Membership, case_id: UUID) -> bool:
    """Whether the membership can still open the case as a whole file."""
    return Case.objects.visible_to(membership).filter(pk=case_id).exists()
