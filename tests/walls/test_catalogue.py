"""What the database's own catalogue says of the walls. A new table, function or right must be accounted for."""

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from dacase.walls.check import faults, walled_tables
from dacase.walls.install import ROOMS, all_statements, declared, install
from tests.walls.database import APP, FIGURES, OWNER, acting, administrator, undone

# The only functions that run with the owner's rights, and why each must.
DEFINER = {
    "app_claims": "reads the key",
    "app_barred_cases": "the barred must not see the exclusion",
    "app_holds_grant": "asks a grant whose array may be stale",
    "app_holds_hearing_grant": "likewise",
    "app_file_holders": "whom a summary may name, and nobody else's grant",
    "copy_case_to_grants": "grants of other agencies on the case",
    "prepare_grant": "the case that a grant is for",
    "refresh_case_viewers": "writes the arrays",
    "mark_party": "a person becomes a party",
    "guard_referral_viewers": "routes and agencies of the referral",
    "refresh_referral_viewers": "writes the array",
    "refresh_hearing_viewers": "writes the array",
    "app_opens_case": "asks a case, where few rows are asked and for the functions below",
    "app_stood_in_open_case": "the case in which a merged person stood",
    "app_match_people": "trigrams are not leakproof; gives only persons of open files",
    "app_whom_to_ask": "agencies with a closed file, and nothing else of it",
    "app_stands_elsewhere": "whether a person stands in a closed file; the same answer for nobody",
    "refuse_merged_person": "a record merged meanwhile may be out of sight",
    "refuse_strange_double": "a party of another case may be out of sight",
    "end_expired_grants": "acts for nobody",
    "forget_old_drafts": "acts for nobody",
    "escalate_late": "acts for nobody",
    "tasks_to_remind": "acts for nobody",
    "count_viewer_drift": "acts for nobody",
}


@pytest.fixture(scope="module")
def database(world):
    with administrator() as cursor:
        yield cursor


def column(cursor, query, *values):
    cursor.execute(query, values)
    return {row[0] for row in cursor.fetchall()}


def all_tables(cursor):
    return column(
        cursor,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')",
    )


def open_tables():
    return {table for room in declared() for table in room.open_tables}


def test_every_table_is_walled_or_declared_open_by_some_room(database):
    """Fails for a new table until its room's walls.py has it."""
    assert all_tables(database) - {"walls_key", "walls_installed"} == walled_tables() | open_tables()
    assert not walled_tables() & open_tables()


def test_every_room_with_models_declares_walls():
    from django.apps import apps

    ours = {config.name for config in apps.get_app_configs() if config.models and config.name.split(".")[0] in
            {"dacase", "referrals", "marac", "refuge", "reporting"}}  # fmt: skip
    assert {name for name in ours if list(apps.get_app_config(name.split(".")[-1]).get_models())} <= set(
        ROOMS
    )


def test_every_walled_table_forces_row_security_on_the_owner_too(database):
    forced = column(database, "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
    assert forced == walled_tables()


def test_the_application_owns_nothing_and_passes_no_wall(database):
    for login in (APP, FIGURES, OWNER):
        database.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s",
            [login],
        )
        assert database.fetchone() == (False, False, False, False)
    for login in (APP, FIGURES):
        assert not column(database, "SELECT relname FROM pg_class WHERE relowner = %s::regrole", login)
        assert not column(database, "SELECT proname FROM pg_proc WHERE proowner = %s::regrole", login)
        assert not column(
            database, "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole", login
        )


def test_the_application_can_make_nothing_that_would_stand_in_for_our_own(database):
    """A temporary table called walls_key would be found before the real one."""
    for login in (APP, FIGURES):
        database.execute(
            "SELECT has_database_privilege(%s, current_database(), 'TEMP'), has_database_privilege(%s, current_database(), 'CREATE'), has_schema_privilege(%s, 'public', 'CREATE')",
            [login] * 3,
        )
        assert database.fetchone() == (False, False, False)


@pytest.mark.parametrize("right", ["TRUNCATE", "REFERENCES", "TRIGGER"])
def test_no_login_has_a_right_that_row_security_does_not_bind(database, right):
    for login in (APP, FIGURES):
        query = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND has_table_privilege(%s, oid, %s)"
        assert not column(database, query, login, right)


def test_the_application_has_exactly_the_rights_that_are_declared(database):
    wanted = {wall.table: wall.rights for room in declared() for wall in room.walled}
    wanted |= {
        wall.history_model._meta.db_table: "SELECT"
        for room in declared()
        for wall in room.walled
        if wall.history_model
    }
    for room in declared():
        wanted |= room.open_tables
    wanted["app_open_cases"] = "SELECT"
    query = "SELECT table_name, privilege_type FROM information_schema.role_table_grants WHERE grantee = %s AND table_schema = 'public'"
    database.execute(query, [APP])
    found = {}
    for table, right in database.fetchall():
        found.setdefault(table, set()).add(right)
    assert found == {table: set(rights.replace(" ", "").split(",")) for table, rights in wanted.items()}


def test_nobody_else_has_rights(database):
    query = "SELECT table_name FROM information_schema.role_table_grants WHERE grantee NOT IN (%s, %s, %s) AND table_schema = 'public'"
    assert not column(database, query, APP, FIGURES, OWNER)


def test_figures_can_read_exactly_the_columns_that_are_declared(database):
    query = "SELECT table_name, column_name FROM information_schema.column_privileges WHERE grantee = %s AND table_schema = 'public'"
    database.execute(query, [FIGURES])
    found = {}
    for table, name in database.fetchall():
        found.setdefault(table, set()).add(name)
    assert found == {table: set(columns) for room in declared() for table, columns in room.figures.items()}
    query = "SELECT privilege_type FROM information_schema.column_privileges WHERE grantee = %s"
    assert column(database, query, FIGURES) == {"SELECT"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT family_name FROM cases_person",
        "SELECT value FROM cases_location",
        "SELECT * FROM cases_case",
        "SELECT what_happened FROM referrals_referral",
        "SELECT address FROM refuge_refugeservice",
        "SELECT id FROM cases_party",
        "SELECT outcome FROM marac_hearing",
        "UPDATE cases_case SET closed_at = NULL",
        "SELECT inner_pad FROM walls_key",
    ],
)
def test_figures_are_refused_names_places_and_words(database, query):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting(database, FIGURES):
        database.execute(query)


def test_the_key_is_out_of_the_applications_reach(database):
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting(database, APP):
        database.execute("SELECT inner_pad FROM walls_key")


def test_functions_with_the_owners_rights_are_those_of_the_list_and_search_nowhere_else(database):
    database.execute(
        "SELECT proname, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    found = dict(database.fetchall())
    keepers = {name for name in found if name.startswith("keep_history_")}
    assert set(found) - keepers == set(DEFINER)
    assert keepers == {
        f"keep_history_{wall.table}" for room in declared() for wall in room.walled if wall.history_model
    }
    assert all("search_path=pg_catalog, public, pg_temp" in (config or ()) for config in found.values())


def test_a_view_would_have_to_look_with_its_readers_eyes(database):
    """But for the one that is a wall itself, and gives no more than the keys that its reader may have."""
    query = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce(reloptions::text LIKE '%%security_invoker=true%%', false))"
    assert column(database, query) == {"app_open_cases"}
    query = "SELECT reloptions::text FROM pg_class WHERE relname = 'app_open_cases'"
    assert column(database, query) == {"{security_barrier=true}"}


def test_policies_speak_to_the_three_logins_only(database):
    assert column(
        database, "SELECT DISTINCT unnest(roles)::text FROM pg_policies WHERE schemaname = 'public'"
    ) == {APP, FIGURES, OWNER}


def test_installing_again_changes_nothing_and_twice_is_the_same(world):
    assert install() is False
    assert all_statements() == all_statements()


class TestFaults:
    """The nightly check finds what these tests look for, on a database in use."""

    def test_it_finds_nothing_wrong_here(self, world):
        assert faults() == []
        call_command("check_walls")

    @pytest.mark.parametrize(
        ("damage", "words"),
        [
            ("ALTER TABLE cases_party NO FORCE ROW LEVEL SECURITY", "cases_party has no forced row security"),
            (
                "ALTER TABLE cases_historicalparty DISABLE ROW LEVEL SECURITY",
                "cases_historicalparty has no forced row security",
            ),
            ("CREATE TABLE strays (case_id uuid)", "strays has no forced row security"),
            ("DROP POLICY own_draft ON cases_draft", "cases_draft has no policy for the application"),
            (
                "UPDATE cases_case SET viewer_groups = '{}' WHERE viewers_recheck_at IS NULL",
                "copies differ from their grants",
            ),
            ("UPDATE cases_grant SET case_open = NOT case_open", "copies differ from their grants"),
            (
                "UPDATE marac_hearing SET viewer_groups = '{1}' WHERE viewers_recheck_at IS NULL",
                "copies differ from their grants",
            ),
        ],
    )
    def test_it_says_what_is_wrong(self, world, damage, words):
        from django.db import transaction

        with transaction.atomic(using="owner"):
            connections["owner"].cursor().execute(damage)
            found = faults(using="owner")
            transaction.set_rollback(True, using="owner")
        assert len(found) == 1
        assert words in found[0]

    def test_the_command_fails_loudly(self, world, monkeypatch):
        monkeypatch.setattr("dacase.cases.management.commands.check_walls.faults", lambda: ["a wall is down"])
        with pytest.raises(CommandError, match="a wall is down"):
            call_command("check_walls")

    def test_the_nightly_task_raises_an_alarm(self, world, monkeypatch, caplog):
        from dacase.cases.tasks import check_walls

        assert check_walls() == []
        monkeypatch.setattr("dacase.cases.tasks.faults", lambda: ["a wall is down"])
        check_walls()
        assert "ALARM walls: a wall is down" in caplog.text


def test_undone_takes_back_what_was_done(database):
    """The proof leans on this."""
    with undone(database):
        database.execute("DROP TABLE cases_party CASCADE")
    with undone(database):
        database.execute("SELECT 1 FROM cases_party")
