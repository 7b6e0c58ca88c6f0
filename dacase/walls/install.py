"""Turns the rooms' declarations into SQL and applies it as the owner. Safe to run at any time."""

import hashlib
from importlib import import_module
from pathlib import Path

from django.db import connections, transaction
from django.db.models import Model

from dacase.logins import APP, FIGURES, OWNER
from dacase.walls.context import key_bytes
from dacase.walls.policies import BARRED, OPEN_CASES, Wall, Walls

ROOMS = [
    "dacase.agencies",
    "dacase.audit",
    "dacase.jobs",
    "dacase.cases",
    "referrals",
    "referrals.casework",
    "marac",
    "refuge",
    "reporting",
]
HISTORY_FIELDS = {"history_id", "history_date", "history_change_reason", "history_type", "history_user_id"}


def declared() -> list[Walls]:
    """The walls of every room, in the order of their dependencies."""
    return [import_module(f"{room}.walls").WALLS for room in ROOMS]


def install(using: str = "owner") -> bool:
    """Apply every wall where the declarations changed since the last time. Returns whether they had."""
    statements = all_statements()
    digest = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('dacase.walls'))")
        cursor.execute("SELECT to_regclass('walls_installed')")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT digest FROM walls_installed")
            if cursor.fetchone() == (digest,):
                return False
        for statement in statements:
            cursor.execute(statement)
        store_key(cursor)
        cursor.execute("DELETE FROM walls_installed")
        cursor.execute("INSERT INTO walls_installed VALUES (%s)", [digest])
    return True


def store_key(cursor: object) -> None:
    """Give the database the two pads of HMAC-SHA256 for the context key (RFC 2104)."""
    key = key_bytes().ljust(64, b"\0")
    pads = bytes(byte ^ 0x36 for byte in key), bytes(byte ^ 0x5C for byte in key)
    cursor.execute("DELETE FROM walls_key")  # type: ignore[attr-defined]
    cursor.execute("INSERT INTO walls_key VALUES (%s, %s)", pads)  # type: ignore[attr-defined]


def all_statements() -> list[str]:
    """Every statement, functions first. The key's digest is among them, so a new key is a change."""
    statements = [
        f"SELECT 1 -- key {hashlib.sha256(key_bytes()).hexdigest()}",
        Path(__file__).with_name("functions.sql").read_text(encoding="utf-8"),
        OPEN_CASES,
        f"REVOKE ALL ON app_open_cases FROM {APP}, {FIGURES}, PUBLIC",
        f"GRANT SELECT ON app_open_cases TO {APP}",
        Path(__file__).with_name("matching.sql").read_text(encoding="utf-8"),
        f"GRANT USAGE ON SCHEMA public TO {APP}, {FIGURES}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}",
    ]
    for walls in declared():
        for wall in walls.walled:
            statements += wall_statements(wall)
        for table, rights in walls.open_tables.items():
            statements += [f"REVOKE ALL ON {table} FROM {APP}", f"GRANT {rights} ON {table} TO {APP}"]
        for name, table, events, function in walls.triggers:
            statements += trigger(name, table, events, function)
    tables = {wall.table for walls in declared() for wall in walls.walled}
    for walls in declared():
        for table, columns in walls.figures.items():
            statements += figures_statements(table, columns, walled=table in tables)
    return statements


def wall_statements(wall: Wall) -> list[str]:
    """Rights, policies and history of one table."""
    statements = protect(wall.table, wall.rights)
    statements += [policy(wall.table, p.name, p.command, p.using, p.check) for p in wall.policies]
    if wall.case_column:
        statements.append(bar(wall.model, wall.case_column))
    if wall.append_only:
        statements += trigger("refuse_change", wall.table, "BEFORE UPDATE OR DELETE", "refuse_change")
        statements += trigger(
            "refuse_truncate", wall.table, "BEFORE TRUNCATE", "refuse_change", each="STATEMENT"
        )
    if wall.history_model is not None:
        statements += history_statements(wall, wall.history_model)
    return statements


def protect(table: str, rights: str) -> list[str]:
    """Forced row security, no right but `rights`, no policy but those that follow."""
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"REVOKE ALL ON {table} FROM {APP}, {FIGURES}, PUBLIC",
        f"GRANT {rights} ON {table} TO {APP}",
        (
            "DO $$ DECLARE p record; BEGIN FOR p IN SELECT policyname FROM pg_policies"
            f" WHERE schemaname = 'public' AND tablename = '{table}' LOOP"
            f" EXECUTE format('DROP POLICY %I ON {table}', p.policyname); END LOOP; END $$"
        ),
        f"CREATE POLICY owner_works ON {table} TO {OWNER} USING (true) WITH CHECK (true)",
    ]


def policy(table: str, name: str, command: str, using: str, check: str) -> str:
    """One permissive policy for the application."""
    clauses = f"USING ({using})" if command != "INSERT" else ""
    if command not in ("SELECT", "DELETE"):
        clauses += f" WITH CHECK ({check or using})"
    return f"CREATE POLICY {name} ON {table} FOR {command} TO {APP} {clauses}"


def bar(model: type[Model], column: str) -> str:
    """Exclusions beat whatever the other policies let through: restrictive policies are AND-ed."""
    condition = f"NOT ({column} = ANY ({BARRED}))"
    if next(field for field in model._meta.concrete_fields if field.column == column).null:
        condition = f"{column} IS NULL OR {condition}"
    return (
        f"CREATE POLICY exclusions ON {model._meta.db_table} AS RESTRICTIVE TO {APP}"
        f" USING ({condition}) WITH CHECK ({condition})"
    )


def trigger(name: str, table: str, events: str, function: str, each: str = "ROW") -> list[str]:
    """A trigger, made anew."""
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} {events} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()",
    ]


def history_statements(wall: Wall, history_model: type[Model]) -> list[str]:
    """The history table behind the same wall, written by a trigger, and by nothing else.

    The columns are django-simple-history's. A trigger also catches bulk writes, raw SQL and cascades,
    which its signals do not see.
    """
    table = history_model._meta.db_table
    columns = [str(f.column) for f in history_model._meta.concrete_fields if f.column not in HISTORY_FIELDS]
    condition = wall.history or f"EXISTS (SELECT 1 FROM {wall.table} b WHERE b.id = {table}.id OFFSET 0)"
    names = ", ".join(columns)
    function = f"keep_history_{wall.table}"

    def row(alias: str) -> str:
        return ", ".join(f"{alias}.{column}" for column in columns)

    def insert(alias: str, kind: str) -> str:
        return (
            f"INSERT INTO {table} ({names}, history_date, history_change_reason, history_type, history_user_id)"
            f" VALUES ({row(alias)}, clock_timestamp(), NULL, '{kind}', app_user());"
        )

    statements = [*protect(table, "SELECT"), policy(table, "with_its_row", "SELECT", condition, "")]
    if wall.history_case_column:
        statements.append(bar(history_model, wall.history_case_column))
    statements.append(
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        " SET search_path = pg_catalog, public, pg_temp AS $$ BEGIN"
        f" IF TG_OP = 'INSERT' THEN {insert('NEW', '+')}"
        f" ELSIF TG_OP = 'DELETE' THEN {insert('OLD', '-')}"
        f" ELSIF ROW({row('OLD')}) IS DISTINCT FROM ROW({row('NEW')}) THEN {insert('NEW', '~')} END IF;"
        " RETURN NULL; END $$"
    )
    return statements + trigger("keep_history", wall.table, "AFTER INSERT OR UPDATE OR DELETE", function)


def figures_statements(table: str, columns: list[str], *, walled: bool) -> list[str]:
    """The login of returns sees every row of the table, and of each row only `columns`."""
    statements = [
        f"REVOKE ALL ON {table} FROM {FIGURES}",
        f"GRANT SELECT ({', '.join(columns)}) ON {table} TO {FIGURES}",
    ]
    if walled:
        statements += [
            f"DROP POLICY IF EXISTS figures_count ON {table}",
            f"CREATE POLICY figures_count ON {table} FOR SELECT TO {FIGURES} USING (true)",
        ]
    return statements
