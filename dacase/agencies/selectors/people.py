"""Reads for whoever manages an agency's people. Everything starts from the agency's own."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dacase.agencies.choices import Role, WorkState
from dacase.agencies.models import Invitation, Membership, Team
from dacase.agencies.roles import roles_to_give


def people(reader: Membership, *, role: str = "", state: str = WorkState.CURRENT) -> QuerySet[Membership]:
    """The work of the reader's colleagues, and her own, with user and team, and `has_totp`.

    Args:
        reader: who asks.
        role: only this role; "" for all.
        state: a value of WorkState; work with a last day to come is current too. "" for all.
    """
    today = timezone.localdate()
    has_ended = Q(ended_at__isnull=False) | Q(ends_on__lt=today)
    conditions = {
        WorkState.CURRENT: Q(starts_on__lte=today) & ~has_ended,
        WorkState.ENDING: Q(ends_on__gte=today, ended_at__isnull=True),
        WorkState.LATER: Q(starts_on__gt=today) & ~has_ended,
        WorkState.ENDED: has_ended,
    }
    totp = Authenticator.objects.filter(user_id=OuterRef("user_id"), type=Authenticator.Type.TOTP)
    rows = (
        Membership.objects.visible_to(reader)
        .exclude(role=Role.PUBLIC_DOOR)
        .select_related("user", "team")
        .annotate(has_totp=Exists(totp))
    )
    if role:
        rows = rows.filter(role=role)
    return rows.filter(conditions[WorkState(state)]) if state else rows


def colleagues(reader: Membership) -> QuerySet[Membership]:
    """Everybody's work for the reader's agency, whatever its state, with what a page about one shows."""
    return people(reader, state="").select_related("agency", "changed_by__user")


def waiting_invitations(reader: Membership) -> QuerySet[Invitation]:
    """Invitations of the reader's agency that were neither accepted nor withdrawn, newest first."""
    return Invitation.objects.visible_to(reader).waiting().select_related("team", "invited_by__user")


def teams(reader: Membership) -> QuerySet[Team]:
    """The teams of the reader's agency."""
    return Team.objects.filter(agency_id=reader.agency_id)


def team_of(reader: Membership, key: str) -> Team | None:
    """The team of the reader's agency that a form's choice names, or None."""
    return teams(reader).filter(pk=UUID(key)).first() if key else None


def roles_to_offer(reader: Membership, *, also: str = "") -> list[tuple[str, str]]:
    """The roles, with their names, that the reader may give, and the one that somebody has already."""
    roles = roles_to_give(reader.role, reader.agency.kind, reader.agency.services)
    if also and also not in roles:
        roles = [*roles, also]
    return [(role, str(Role(role).label)) for role in roles]
