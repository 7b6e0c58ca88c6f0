"""Do the tests bite? Each policy is dropped in turn: somebody's view, or a write, must then be wrong."""

import re

import psycopg2
import pytest

from dacase.walls.install import declared
from dacase.walls.policies import OPEN_CASES
from tests.walls.database import APP, FIGURES, OWNER, acting, administrator, keys, undone
from tests.walls.oracle import View, key_column, walled_models
from tests.walls.probes import PROBES

TABLES = {model._meta.db_table: model for model in walled_models()}
ALL_POLICIES = "SELECT tablename, policyname, roles::text[], cmd FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2"


@pytest.fixture(scope="module")
def database(world):
    with administrator() as cursor:
        yield cursor


def policies(cursor):
    cursor.execute(ALL_POLICIES)
    return cursor.fetchall()


def wrong_view(cursor, world, expected, table):
    """The first member whose view of `table` differs from the oracle; None where all are right."""
    column = key_column(TABLES[table])
    for key, member in world.members.items():
        with acting(cursor, APP, member):
            if keys(cursor, table, column) != {str(value) for value in expected[key][table]}:
                return key
    return None


def probe_fails(cursor, world, table, name):
    """Whether the write that this policy lets through no longer goes through."""
    who, write = PROBES[table, name]
    try:
        with acting(cursor, APP, world.members[who]):
            return write(cursor, world) == 0
    except psycopg2.errors.InsufficientPrivilege:
        return True


def figures_wrong(cursor, oracle, table):
    columns = next(room.figures[table] for room in declared() if table in room.figures)
    with acting(cursor, FIGURES):
        cursor.execute(f"SELECT count({columns[0]}) FROM {table}")
        return cursor.fetchone()[0] != len(oracle.rows[table])


def owner_wrong(cursor, oracle, table):
    with acting(cursor, OWNER):
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0] != len(oracle.rows[table])


def loss_is_noticed(cursor, world, oracle, expected, table, name, roles, command):
    if FIGURES in roles:
        return figures_wrong(cursor, oracle, table)
    if OWNER in roles:
        return owner_wrong(cursor, oracle, table)
    if command in ("SELECT", "ALL"):
        return wrong_view(cursor, world, expected, table) is not None
    return probe_fails(cursor, world, table, name)


def test_with_every_policy_in_place_all_is_right(database, world, oracle, expected):
    """The checks below are not simply always alarmed."""
    for table in TABLES:
        assert wrong_view(database, world, expected, table) is None, table
        assert not owner_wrong(database, oracle, table)
    for table, name in PROBES:
        assert not probe_fails(database, world, table, name), (table, name)
    for room in declared():
        for table in room.figures:
            assert table not in TABLES or not figures_wrong(database, oracle, table)


def test_the_loss_of_any_one_policy_is_noticed(database, world, oracle, expected):
    unnoticed = []
    every = policies(database)
    assert len(every) > 100
    for table, name, roles, command in every:
        with undone(database):
            database.execute(f'DROP POLICY "{name}" ON {table}')
            if not loss_is_noticed(database, world, oracle, expected, table, name, roles, command):
                unnoticed.append(f"{name} on {table}")
    assert unnoticed == []


def test_row_security_that_is_switched_off_is_noticed(database, world, expected):
    for table in TABLES:
        with undone(database):
            database.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
            assert wrong_view(database, world, expected, table), table


def test_a_policy_that_lets_everything_through_is_noticed(database, world, expected):
    """One careless `USING (true)` on any table."""
    for table in TABLES:
        with undone(database):
            database.execute(f"CREATE POLICY careless ON {table} TO {APP} USING (true)")
            assert wrong_view(database, world, expected, table), table


def open_cases(cursor, member):
    with acting(cursor, APP, member):
        return keys(cursor, "app_open_cases", "id")


def test_the_view_of_open_cases_gives_everybody_their_own(database, world, oracle):
    for key, member in world.members.items():
        assert open_cases(database, member) == {str(pk) for pk in View(oracle, member).files}, key
    assert open_cases(database, None) == set()


@pytest.mark.parametrize(
    "without",
    [
        r"AND NOT \(c.id = ANY .*",  # exclusions
        r"c.viewers_recheck_at IS NULL OR c.viewers_recheck_at > statement_timestamp\(\)",  # stale arrays
        r"c.viewer_groups && \(SELECT app_groups\(\)\)",  # grants
    ],
)
def test_a_view_of_open_cases_that_forgets_something_is_noticed(database, world, expected, without):
    """Every table of the case's children leans on it."""
    instead = re.sub(without, lambda found: "" if found[0].startswith("AND") else "true", OPEN_CASES)
    assert instead != OPEN_CASES
    for table in ("cases_party", "cases_headline", "casework_note", "audit_event"):
        with undone(database):
            database.execute("SET LOCAL ROLE dacase_owner")
            database.execute(instead)
            database.execute("RESET ROLE")
            assert wrong_view(database, world, expected, table), table


def test_every_probe_names_a_policy_that_exists(database):
    there = {(table, name) for table, name, _, _ in policies(database)}
    assert set(PROBES) <= there
