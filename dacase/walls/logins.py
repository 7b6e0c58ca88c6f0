"""Makes the three database logins and the database. Needs an administrator of the server, once."""

import psycopg2
from django.conf import settings
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class, whatever its case

from dacase.logins import APP, FIGURES, OWNER


def prepare_logins(admin_url: str) -> None:
    """Create or update the logins of settings.DATABASES and their database, as the administrator.

    Args:
        admin_url: a PostgreSQL URL of a role that may create roles and databases.
    """
    passwords = {database["USER"]: database["PASSWORD"] for database in settings.DATABASES.values()}
    name = settings.DATABASES["default"]["NAME"]
    server = psycopg2.connect(admin_url)
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            # Two that change the same login at once would end in an error of the server's.
            cursor.execute("SELECT pg_advisory_lock(hashtext('dacase.logins'))")
        for login in (OWNER, APP, FIGURES):
            make_login(server, login, passwords.get(login))
        make_database(server, name)
    finally:
        server.close()


def make_login(server: Connection, login: str, password: str | None) -> None:
    """One login with none of the attributes that would let it pass row security."""
    with server.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login])
        verb = sql.SQL("ALTER") if cursor.fetchone() else sql.SQL("CREATE")
        statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOINHERIT")
        cursor.execute(statement.format(verb, sql.Identifier(login)))
        if password:
            cursor.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(password))
            )


def make_database(server: Connection, name: str) -> None:
    """The database, owned by the owner and open to the three logins only."""
    with server.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone() == (False,):
                cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
            create = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'")
            cursor.execute(create.format(sql.Identifier(name), sql.Identifier(OWNER)))
        database = sql.Identifier(name)
        cursor.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        logins = sql.SQL(", ").join(map(sql.Identifier, (OWNER, APP, FIGURES)))
        cursor.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, logins))
