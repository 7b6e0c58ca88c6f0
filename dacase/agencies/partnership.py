"""The invented partnership of the demo and the tests: agencies, teams and users from demo/*.csv."""

import csv
from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from dacase.agencies.choices import Service
from dacase.agencies.models import Agency, Membership, Team, User
from dacase.agencies.services.agency import public_door_of

FOLDER = Path(__file__).with_name("demo")
# Published in the README on purpose: settings.PRODUCTION refuses to load the partnership.
DEMO_PASSWORD = "northmoor-demo-only"  # noqa: S105


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of `demo/<name>.csv`."""
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def load_partnership(using: str = "owner") -> dict[str, Membership]:
    """Make whatever is missing of the invented partnership. Returns the memberships by their key."""
    if settings.PRODUCTION:
        raise RuntimeError("The invented partnership belongs to no real installation.")
    agencies = {row["key"]: make_agency(row, using) for row in read_rows("agencies")}
    for agency in agencies.values():
        if agency.offers(Service.FRONT_DOOR):
            public_door_of(agency, using)
    password = make_password(DEMO_PASSWORD)
    return {
        row["key"]: make_membership(row, agencies[row["agency"]], password, using)
        for row in read_rows("users")
    }


def make_agency(row: dict[str, str], using: str) -> Agency:
    """One agency with the group that carries its grants."""
    group, _ = Group.objects.using(using).get_or_create(name=f"agency:{row['name']}")
    agency, _ = Agency.objects.using(using).get_or_create(
        name=row["name"],
        defaults={
            "kind": row["kind"],
            "services": row["services"].split(),
            "phone": row["phone"],
            "email": row["email"],
            "group": group,
        },
    )
    return agency


def make_membership(row: dict[str, str], agency: Agency, password: str, using: str) -> Membership:
    """One user and her membership; the password is already hashed, because hashing is slow on purpose."""
    user = User.objects.using(using).filter(email=row["email"]).first()
    if user is None:
        group, _ = Group.objects.using(using).get_or_create(name=f"person:{row['email']}")
        user = User.objects.using(using).create(
            email=row["email"], name=row["name"], group=group, password=password
        )
        user.groups.add(agency.group)
    team = None
    if row["team"]:
        group, _ = Group.objects.using(using).get_or_create(name=f"team:{agency.name}:{row['team']}")
        team, _ = Team.objects.using(using).get_or_create(
            agency=agency, name=row["team"], defaults={"group": group}
        )
    membership, _ = Membership.objects.using(using).get_or_create(
        user=user,
        agency=agency,
        defaults={"team": team, "role": row["role"], "starts_on": date(2018, 4, 1)},
    )
    return membership
