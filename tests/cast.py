"""The cast of the tests: the demo's partnership, and an agency that stands outside it."""

import os
import time

import psycopg2
from django.db import connections
from django.test import Client

from dacase.agencies.models import Membership
from dacase.agencies.partnership import make_agency, make_membership, read_rows

OUTSIDER = {
    "name": "Eastvale Advocacy",
    "kind": "specialist",
    "services": "advocacy",
    "phone": "",
    "email": "",
}
OUTSIDER_USER = {"email": "outsider@example.net", "name": "Otto Elsewhere", "team": "", "role": "idva"}
# What belongs to the partnership and stays when a test that commits has ended.
KEPT = ("agencies_", "auth_", "django_", "guardian_", "mfa_", "walls_")


def make_outsider() -> Membership:
    """An IDVA of an agency that no case of the partnership is granted to."""
    return make_membership(OUTSIDER_USER, make_agency(OUTSIDER, "owner"), "!", "owner")


class Cast:
    """The memberships of demo/users.csv by key (`cast.idva`), and `cast.outsider`. Loaded on first use."""

    def __init__(self) -> None:
        self.emails = {row["key"]: row["email"] for row in read_rows("users")} | {
            "outsider": OUTSIDER_USER["email"]
        }

    def __getattr__(self, key: str) -> Membership:
        if key == "emails" or key not in self.emails:
            raise AttributeError(key)
        membership = Membership.objects.select_related("user", "agency", "team").get(
            user__email=self.emails[key]
        )
        setattr(self, key, membership)
        return membership

    def all(self) -> list[Membership]:
        """Everybody, the outsider included."""
        return [getattr(self, key) for key in self.emails]


def signed_in_client(membership: Membership) -> Client:
    """A browser signed in as the membership's user, acting for its agency, second factor passed."""
    client = Client()
    client.force_login(membership.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["membership_id"] = str(membership.pk)
    # What allauth notes when the second step has been passed. Everybody of the cast has an authenticator.
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session["account_authentication_methods_user"] = str(membership.user_id)
    session.save()
    return client


def empty_database() -> None:
    """Truncate everything but the partnership. As the administrator: the append-only tables refuse the owner."""
    connections.close_all()
    server = psycopg2.connect(os.environ["DATABASE_URL"], dbname=connections["default"].settings_dict["NAME"])
    with server, server.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(KEPT)]
        cursor.execute(f"TRUNCATE {', '.join(tables)}")
    server.close()
