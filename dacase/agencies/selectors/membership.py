"""Reads of memberships: whom a signed-in user may act for, and who works for an agency."""

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from dacase.agencies.choices import Role
from dacase.agencies.models import Membership, User


def own_memberships(user: User) -> QuerySet[Membership]:
    """The user's memberships that run today, each with agency, team and user, and `has_totp`."""
    totp = Authenticator.objects.filter(user_id=OuterRef("user_id"), type=Authenticator.Type.TOTP)
    return (
        Membership.objects.active()
        .filter(user=user)
        .exclude(role=Role.PUBLIC_DOOR)
        .select_related("user", "agency", "team")
        .annotate(has_totp=Exists(totp))
        .order_by("agency__name", "role", "id")
    )
