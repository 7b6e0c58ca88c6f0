"""Opening an agency: done by whoever runs the installation, since nobody of it can sign in yet."""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.crypto import get_random_string

from dacase.agencies.choices import AgencyKind, Role, Service
from dacase.agencies.models import Agency, Membership, User
from dacase.agencies.ports import record_event
from dacase.walls.context import acting_as

FIRST_DAY = date(2018, 4, 1)


@transaction.atomic
def open_agency(
    *, name: str, kind: str, services: Sequence[str], administrator_name: str, administrator_email: str
) -> Membership:
    """Make an agency and its first administrator, whose password nobody knows yet. Returns her membership.

    Args:
        name: the agency's, unlike any other.
        kind: a value of AgencyKind.
        services: values of Service.
        administrator_name: as colleagues know her.
        administrator_email: what she signs in with; of nobody who has an account already.
    Raises ValidationError.
    """
    email = administrator_email.strip().lower()
    validate_email(email)
    if kind not in AgencyKind.values or not set(services) <= set(Service.values):
        raise ValidationError("The kind of agency or a service does not exist.")
    if Agency.objects.filter(name=name).exists():
        raise ValidationError("An agency has this name already.")
    if User.objects.filter(email=email).exists():
        raise ValidationError("Somebody has this e-mail address already.")
    group = Group.objects.create(name=f"agency:{name}")
    agency = Agency.objects.create(name=name, kind=kind, services=list(services), group=group)
    user = User.objects.create_user(email, get_random_string(40), name=administrator_name)
    user.groups.add(group)
    membership = Membership.objects.create(user=user, agency=agency, role=Role.ADMINISTRATOR)
    if Service.FRONT_DOOR in services:
        public_door_of(agency)
    with acting_as(membership):
        record_event("agency_opened", actor=membership, subject=agency)
    return membership


def public_door_of(agency: Agency, using: str = "default") -> Membership:
    """The membership under which a front door takes in what comes by the public pages; made where it is missing.

    Its user has no password that anybody knows and an address that no mail reaches, and a session never acts
    as it (selectors.membership.own_memberships).
    """
    memberships = Membership.objects.using(using).select_related("user", "agency", "team")
    found = memberships.filter(agency=agency, role=Role.PUBLIC_DOOR).first()
    if found is not None:
        return found
    with transaction.atomic(using=using):
        # Of two, the second finds the first's.
        Agency.objects.using(using).select_for_update(no_key=True).get(pk=agency.pk)
        found = memberships.filter(agency=agency, role=Role.PUBLIC_DOOR).first()
        if found is None:
            email = f"public-page@{agency.pk}.invalid"
            user = User.objects.db_manager(using).create_user(email, name="Public page")
            found = memberships.create(user=user, agency=agency, role=Role.PUBLIC_DOOR, starts_on=FIRST_DAY)
    return found
