"""Whether the walls stand in the database as the rooms declared them. Asked nightly and by `check_walls`."""

from django.db import connections

from dacase.logins import APP, FIGURES
from dacase.walls.install import declared

CASE_COLUMN = """
    SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
       AND a.attname IN ('case_id', 'content_object_id', 'party_id', 'person_id', 'hearing_id', 'referral_id')"""
UNFORCED = """
    SELECT relname FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname = ANY (%s)
       AND NOT (relrowsecurity AND relforcerowsecurity)"""
WITHOUT_POLICY = """
    SELECT t.name FROM unnest(%s::text[]) AS t(name)
     WHERE NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.tablename = t.name AND %s = ANY (p.roles))"""
STRONG_LOGINS = """
    SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls OR rolcreaterole)"""
OWNED = "SELECT relname FROM pg_class WHERE relowner = %s::regrole AND relnamespace = 'public'::regnamespace"


def faults(using: str = "default") -> list[str]:
    """What is wrong with the walls, in words; nothing when all stands. Reads the catalogue only, as any login may."""
    walled = sorted(walled_tables())
    with connections[using].cursor() as cursor:

        def names(query: str, *values: str | list[str]) -> list[str]:
            cursor.execute(query, values)
            return sorted(row[0] for row in cursor.fetchall())

        with_case = sorted(set(names(CASE_COLUMN)) | set(walled))
        found = [f"{table} has no forced row security" for table in names(UNFORCED, with_case)]
        found += [
            f"{table} has no policy for the application" for table in names(WITHOUT_POLICY, walled, APP)
        ]
        found += [f"{login} could pass row security" for login in names(STRONG_LOGINS, [APP, FIGURES])]
        found += [f"the application owns {table}" for table in names(OWNED, APP)]
        cursor.execute("SELECT count_viewer_drift()")
        drift = cursor.fetchone()[0]
    return found + ([f"{drift} copies differ from their grants"] if drift else [])


def walled_tables() -> set[str]:
    """Every table that the rooms declare as walled, and its history table."""
    tables = set()
    for walls in declared():
        for wall in walls.walled:
            tables.add(wall.table)
            if wall.history_model is not None:
                tables.add(wall.history_model._meta.db_table)
    return tables
