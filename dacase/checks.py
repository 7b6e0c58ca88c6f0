"""What production refuses, each missing wall in one clear sentence. See docs/deploy.md.

Every `manage.py` command that makes system checks makes these, and the web server and the workers ask
before they begin (dacase/wsgi.py, dacase/celery.py). The database is looked at by those two only: a
command that makes the walls cannot wait for them.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connections

SHORTEST_KEY = 50
COOKIES = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT")


class Unsafe(SystemExit):
    """Raised where production would run without one of its walls. Not an Exception: nothing may swallow it."""


@register(Tags.security)
def production_settings(**kwargs: Any) -> list[CheckMessage]:
    """Errors for every setting that production refuses; none elsewhere."""
    faults = settings_faults() if settings.PRODUCTION else []
    return [Error(fault, id=f"dacase.E{number:03}") for number, fault in enumerate(faults, start=1)]


def refuse_unsafe() -> None:
    """End this process, with the reasons, where production would run without one of its walls."""
    if not settings.PRODUCTION:
        return
    faults = settings_faults() or database_faults()
    if faults:
        raise Unsafe("DACase does not start in production:\n" + "\n".join(f"  - {fault}" for fault in faults))


def settings_faults() -> list[str]:
    """What is wrong with the settings, in words for whoever installs."""
    faults = [
        fault
        for is_wrong, fault in (
            (settings.DEBUG, "DEBUG is on. Take it out of the environment."),
            (settings.DEMO, "The demonstration's sign-in is on."),
            (not settings.ALLOWED_HOSTS, "ALLOWED_HOSTS is empty. Name the address that people type."),
            (
                any("*" in host for host in settings.ALLOWED_HOSTS),
                "ALLOWED_HOSTS has a “*”. Name each address.",
            ),
            (settings.SECRET_KEY == settings.CONTEXT_KEY, "CONTEXT_KEY is the same as SECRET_KEY."),
        )
        if is_wrong
    ]
    faults += [
        fault for name in ("SECRET_KEY", "CONTEXT_KEY") for fault in key_faults(name, getattr(settings, name))
    ]
    faults += [f"{name} is off." for name in COOKIES if not getattr(settings, name)]
    return faults


def key_faults(name: str, key: str) -> Iterable[str]:
    """What is wrong with a key: the one of the demo, or too easy to guess."""
    if key == settings.INSECURE_KEY or key.startswith("django-insecure-"):
        yield f"{name} is the demonstration's. Make one of {SHORTEST_KEY} random characters."
    elif len(key) < SHORTEST_KEY or len(set(key)) < 10:
        yield f"{name} is too short or too regular. Make one of {SHORTEST_KEY} random characters."


def database_faults(using: str = "default") -> list[str]:
    """What would let the login of the web and the workers pass row security, or a table have none."""
    try:
        with connections[using].cursor() as cursor:
            return login_faults(cursor) + table_faults(cursor)
    except DatabaseError as error:
        return [
            f"The database cannot be asked whether its walls stand ({str(error).strip().splitlines()[0]})."
        ]


def login_faults(cursor: Any) -> list[str]:
    """What is wrong with the login that `cursor` uses."""
    cursor.execute(
        "SELECT current_user, rolsuper, rolbypassrls, rolcreaterole,"
        " EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        "  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'MEMBER'))"
        " FROM pg_roles WHERE rolname = current_user"
    )
    login, is_super, passes, makes_roles, owns = cursor.fetchone()
    return [
        f"The database login “{login}” {what}. DATABASE_URL must name dacase_app."
        for is_wrong, what in (
            (is_super, "is a superuser, whom row security does not bind"),
            (passes, "has BYPASSRLS, and row security does not bind it"),
            (makes_roles, "may make other logins"),
            (owns and not is_super, "owns tables, and could take their walls down"),
        )
        if is_wrong
    ]


def table_faults(cursor: Any) -> list[str]:
    """Walled tables that are missing, or without forced row security, or that the login may empty."""
    cursor.execute(
        "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, has_table_privilege(c.oid, 'TRUNCATE'),"
        " EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = 'public' AND c.relname = ANY (%s)",
        [walled_tables()],
    )
    rows = {name: (forced, empties, has_policy) for name, forced, empties, has_policy in cursor.fetchall()}
    faults = []
    for table in walled_tables():
        forced, empties, has_policy = rows.get(table, (False, False, False))
        if not forced or not has_policy:
            faults.append(f"The table {table} has no forced row security. Run: manage.py prepare_database")
        if empties:
            faults.append(f"The login may empty the table {table}, which row security does not see.")
    return faults


def walled_tables() -> list[str]:
    """Every table that a room declares walled, and its history."""
    from dacase.walls.install import declared

    walls = [wall for room in declared() for wall in room.walled]
    return [wall.table for wall in walls] + [
        wall.history_model._meta.db_table for wall in walls if wall.history_model is not None
    ]
