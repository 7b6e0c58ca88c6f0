"""Nobody writes into what is not hers, nobody takes back what was recorded, and no key tells what is hidden."""

import psycopg2
import pytest
from django.db.models import UniqueConstraint
from psycopg2 import errors

from dacase.walls.install import declared
from tests.walls.database import APP, OWNER, acting, administrator, keys
from tests.walls.oracle import key_column, walled_models
from tests.walls.probes import insert

WALLS = {wall.table: wall for room in declared() for wall in room.walled}
HISTORY = [wall.history_model._meta.db_table for wall in WALLS.values() if wall.history_model]
# What anybody may start: a case of her own, a person of her own. The database puts her own group into it.
# And a message to a front door's letterbox, which its writer cannot read back.
ANYBODY_MAY_START = {"cases_case", "cases_person", "referrals_publicreferral"}


@pytest.fixture(scope="module")
def database(world):
    with administrator() as cursor:
        yield cursor


def hidden_rows(cursor, world, expected, table, member="outsider", most=3):
    """Some rows of `table` that the member does not see, as the administrator reads them."""
    column = key_column(WALLS[table].model)
    seen = {str(key) for key in expected[member][table]}
    cursor.execute(f"SELECT * FROM {table}")
    names = [found.name for found in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [row for row in rows if str(row[column]) not in seen][:most]


@pytest.mark.parametrize("table", sorted(set(WALLS) - ANYBODY_MAY_START))
def test_a_stranger_cannot_insert_a_row_like_one_she_may_not_see(database, world, expected, table):
    """And is told so by the wall, before any unique key could tell that the row exists."""
    rows = hidden_rows(database, world, expected, table)
    assert rows
    for row in rows:
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting(database, APP, world.cast.outsider):
            insert(database, table, row)


@pytest.mark.parametrize("table", sorted(WALLS))
def test_a_stranger_cannot_change_or_delete_a_row_she_may_not_see(database, world, expected, table):
    column = key_column(WALLS[table].model)
    for row in hidden_rows(database, world, expected, table):
        for statement in (
            f"UPDATE {table} SET {column} = {column} WHERE {column} = %s",
            f"DELETE FROM {table} WHERE {column} = %s",
        ):
            try:
                with acting(database, APP, world.cast.outsider):
                    database.execute(statement, [row[column]])
                    assert database.rowcount == 0
            except errors.InsufficientPrivilege:
                continue  # the application has no such right on this table at all


@pytest.mark.parametrize(
    ("who", "table", "change"),
    [
        ("refuge_worker", "refuge_unit", "agency_id = '{other}'"),
        ("refuge_worker", "refuge_placement", "agency_id = '{other}'"),
        ("refuge_worker", "refuge_turnaway", "agency_id = '{other}'"),
        ("refuge_worker", "refuge_refugeservice", "agency_id = '{other}'"),
        ("commissioner", "reporting_return", "agency_id = '{other}'"),
        ("commissioner", "jobs_job", "agency_id = '{other}'"),
        ("idva", "cases_draft", "agency_id = '{other}'"),
        ("idva", "cases_location", "case_id = '{case}'"),
        ("idva", "cases_safecontactplan", "case_id = '{case}'"),
        ("idva", "cases_party", "case_id = '{case}'"),
        ("idva", "cases_party", "person_id = '{person}'"),
        ("idva", "cases_exclusion", "case_id = '{case}'"),
        ("idva", "cases_headline", "case_id = '{case}'"),
        ("idva", "cases_grant", "content_object_id = '{case}'"),
        ("idva", "casework_riskassessment", "case_id = '{case}'"),
        ("marac_coordinator", "marac_maracreferral", "case_id = '{case}'"),
    ],
)
def test_nobody_moves_her_own_row_to_another_agency_case_or_person(database, world, who, table, change):
    strange = world.cases["outsider"].pk
    database.execute("SELECT person_id FROM cases_party WHERE case_id = %s LIMIT 1", [strange])
    values = {"other": world.cast.outsider.agency_id, "case": strange, "person": database.fetchone()[0]}
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting(database, APP, world.members[who]):
        database.execute(f"UPDATE {table} SET {change.format(**values)}")


def test_a_case_of_ones_own_shows_no_person_of_another_case(database, world, expected):
    """Else anybody who has come by an identifier could put its person into a case and read her name."""
    database.execute(
        "SELECT person_id FROM cases_party WHERE case_id = %s LIMIT 1", [world.cases["outsider"].pk]
    )
    stranger = database.fetchone()[0]
    row = {
        "id": None,
        "case_id": world.cases["advocacy"].pk,
        "person_id": stranger,
        "role": "child",
        "relationship": "",
        "created_at": "now",
    }
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting(database, APP, world.cast.idva):
        insert(database, "cases_party", row)


def test_the_arrays_and_marks_of_the_walls_cannot_be_written(database, world):
    case = world.cases["front_door"].pk
    group = world.cast.outsider.agency.group_id
    for table, statement in {
        "cases_case": "UPDATE cases_case SET viewer_groups = viewer_groups || %s WHERE id = %s RETURNING viewer_groups",
        "marac_hearing": "UPDATE marac_hearing SET viewer_groups = viewer_groups || %s WHERE case_id = %s RETURNING viewer_groups",
        "referrals_referral": "UPDATE referrals_referral SET viewer_groups = viewer_groups || %s WHERE case_id = %s RETURNING viewer_groups",
    }.items():
        who = world.cast.marac_coordinator if table == "marac_hearing" else world.cast.front_door_worker
        with acting(database, APP, who):
            database.execute(statement, [group, case])
            rows = database.fetchall()
            assert rows
            assert all(group not in row[0] for row in rows), table


def test_a_person_cannot_be_claimed_by_saying_who_made_her(database, world):
    with acting(database, APP, world.cast.idva):
        database.execute(
            "UPDATE cases_person SET is_party = false, made_by_group_id = 1 RETURNING is_party, made_by_group_id"
        )
        assert all(
            row == (True, world.cast.idva.agency.group_id) or row[0] is False for row in database.fetchall()
        )
        database.execute("SELECT count(*) FROM cases_person WHERE made_by_group_id = 1")
        assert database.fetchone()[0] == 0


def test_nobody_records_an_act_or_a_look_in_anothers_name(database, world):
    cast = world.cast
    act = {
        "id": None,
        "at": "now",
        "verb": "x",
        "subject_type": "",
        "data": {},
        "agency_id": cast.idva.agency_id,
    }
    look = {
        "id": None,
        "at": "now",
        "page": "x",
        "purpose": "",
        "was_allowed": True,
        "agency_id": cast.idva.agency_id,
    }
    other = cast.idva_manager
    for table, row in (
        ("audit_event", act | {"actor_id": other.pk}),  # a colleague
        ("audit_event", act | {"actor_id": cast.outsider.pk}),
        ("audit_event", act | {"actor_id": cast.outsider.pk, "agency_id": cast.outsider.agency_id}),
        ("audit_event", act | {"actor_id": None}),
        ("audit_event", act | {"agency_id": None, "actor_id": None, "case_id": world.cases["advocacy"].pk}),
        ("audit_read", look | {"actor_id": other.pk, "user_id": other.user_id}),
        ("audit_read", look | {"actor_id": cast.idva.pk, "user_id": other.user_id}),
        ("audit_read", look | {"actor_id": None, "user_id": cast.idva.user_id}),
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting(database, APP, cast.idva):
            insert(database, table, row)


def test_a_referral_cannot_be_sent_in_anothers_name(database, world):
    database.execute(
        "SELECT * FROM referrals_referral WHERE sender_agency_id = %s LIMIT 1",
        [world.cast.police_officer.agency_id],
    )
    row = dict(zip([column.name for column in database.description], database.fetchone(), strict=True))
    changes = {"reference": "R-X", "submission": "00000000-0000-4000-8000-000000000002"}
    with (
        pytest.raises(psycopg2.errors.InsufficientPrivilege),
        acting(database, APP, world.cast.front_door_worker),
    ):
        insert(database, "referrals_referral", row | changes)


@pytest.mark.parametrize("table", ["audit_event", "audit_read"])
@pytest.mark.parametrize("login", [APP, OWNER])
@pytest.mark.parametrize("statement", ["UPDATE {t} SET at = now()", "DELETE FROM {t}", "TRUNCATE {t}"])
def test_the_two_records_are_never_changed_or_emptied(database, world, login, table, statement):
    database.execute(f"SELECT count(*) FROM {table}")
    before = database.fetchone()
    with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting(database, login, world.cast.idva):
        database.execute(statement.format(t=table))
    database.execute(f"SELECT count(*) FROM {table}")
    assert database.fetchone() == before


@pytest.mark.parametrize("table", HISTORY)
def test_history_is_written_by_nothing_but_its_trigger(database, world, table):
    for statement in (
        f"UPDATE {table} SET history_type = '-'",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"INSERT INTO {table} SELECT * FROM {table}",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege), acting(database, APP, world.cast.idva):
            database.execute(statement)


CHANGES = {  # a kind of column -> how to change a value of it in SQL
    "CharField": "'x'", "TextField": "'x'", "BooleanField": "NOT {}", "DateField": "DATE '2000-01-01'",
    "DateTimeField": "{} - interval '1 day'", "PositiveIntegerField": "{} + 1", "PositiveSmallIntegerField": "{} + 1",
}  # fmt: skip


def change_of_some_field(model):
    """`column = expression` for the first plain field of the model; None where all are references.

    Rather one that is never empty: nothing minus a day is nothing still.
    """
    for field in sorted(model._meta.concrete_fields, key=lambda field: field.null):
        if field.get_internal_type() in CHANGES and not field.choices and field.editable:
            return f"{field.column} = {CHANGES[field.get_internal_type()].format(field.column)}"
    return None


@pytest.mark.parametrize(
    "wall", [wall for wall in WALLS.values() if wall.history_model], ids=lambda wall: wall.table
)
def test_every_write_leaves_its_version_whoever_writes_and_however(database, wall):
    """Raw SQL in bulk, as no signal would see it."""
    history, key = wall.history_model._meta.db_table, key_column(wall.model)
    database.execute(
        f"SELECT (SELECT count(*) FROM {wall.table}), (SELECT count(DISTINCT {key}) FROM {history} WHERE history_type = '+')"
    )
    rows, first_versions = database.fetchone()
    assert first_versions >= rows > 0
    change = change_of_some_field(wall.model)
    if change is None or wall.append_only:
        return
    with acting(database, OWNER):
        database.execute(f"SELECT count(*) FROM {history}")
        before = database.fetchone()[0]
        database.execute(
            f"UPDATE {wall.table} SET {change} WHERE {key} = (SELECT {key} FROM {wall.table} LIMIT 1)"
        )
        database.execute(f"SELECT count(*) FROM {history}")
        assert database.fetchone()[0] == before + 1


def unique_keys():
    """Every unique key of a walled table but the primary one, as sets of columns."""
    found = {}
    for table, wall in WALLS.items():
        meta = wall.model._meta
        sets = [tuple(c.fields) for c in meta.constraints if isinstance(c, UniqueConstraint) and c.fields]
        sets += list(meta.unique_together) + [
            (f.name,) for f in meta.fields if f.unique and not f.primary_key
        ]
        for names in sets:
            found.setdefault(table, set()).add(names)
    return found


def test_unique_keys_hold_identifiers_and_codes_and_nothing_of_a_person():
    """A unique key answers across every wall, so it must not answer a question about somebody."""
    told = {
        "given_name",
        "family_name",
        "date_of_birth",
        "value",
        "phone",
        "email",
        "address",
        "name_key",
        "family_name_key",
    }
    for table, keys_of_table in unique_keys().items():
        for names in keys_of_table:
            assert not told & set(names), (table, names)


def test_random_references_are_the_only_key_open_to_a_guess(database, world, expected):
    """Of the tables in which anybody may start a row, only a reference is unique, and it has 38 random bits."""
    assert {table: found for table, found in unique_keys().items() if table in ANYBODY_MAY_START} == {
        "cases_case": {("reference",)}
    }
    with acting(database, APP, world.cast.outsider):
        insert(
            database,
            "cases_case",
            {
                "id": None,
                "reference": "C-ZZZZ-ZZZZ",
                "opened_at": "now",
                "version": 1,
                "viewer_groups": [1],
                "summary_groups": [1],
            },
        )
        database.execute(
            "SELECT viewer_groups, summary_groups FROM cases_case WHERE reference = 'C-ZZZZ-ZZZZ'"
        )
        assert database.fetchone() == ([world.cast.outsider.agency.group_id], [])


def test_a_row_that_is_hidden_collides_as_one_that_is_not_there(database, world, expected):
    """The wall answers before the key: the same refusal, word for word but the value."""
    hidden = hidden_rows(database, world, expected, "cases_party", most=1)[0]
    absent = hidden | {"person_id": "00000000-0000-4000-8000-000000000003"}
    answers = []
    for row in (hidden, absent):
        try:
            with acting(database, APP, world.cast.outsider):
                insert(database, "cases_party", row)
        except psycopg2.Error as error:
            answers.append((error.pgcode, str(error).splitlines()[0]))
    assert len(set(answers)) == 1
    assert len(answers) == 2


def test_history_of_a_hidden_row_is_hidden(database, world, expected):
    with acting(database, APP, world.cast.outsider):
        seen = keys(database, "cases_historicalperson", "id")
    assert seen <= {str(key) for key in expected["outsider"]["cases_person"]}


def test_all_walled_models_were_looked_at():
    assert {model._meta.db_table for model in walled_models()} == set(WALLS) | set(HISTORY)
