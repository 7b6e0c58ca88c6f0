"""A forgotten filter leaks nothing: unfiltered, as the application's login, everybody sees the oracle's sets."""

import time

import pytest
from django.db import connection, connections, transaction

from dacase.cases.selectors.case import agencies_with_the_file
from dacase.walls.context import SETTING, acting_as, claims_of, sign, token_for
from tests.walls.oracle import key_column, walled_models
from tests.walls.world import MEMBERS

MODELS = walled_models()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_everybody_sees_exactly_the_rows_that_the_oracle_gives(world, expected, model):
    table = model._meta.db_table
    for key, member in world.members.items():
        with acting_as(member):
            by_orm = set(model._base_manager.values_list("pk", flat=True))
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {key_column(model)} FROM {table}")
                by_sql = {row[0] for row in cursor.fetchall()}
        assert by_sql == expected[key][table], key
        assert by_orm == expected[key][table], key


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
def test_the_world_has_rows_for_every_table_seen_by_some_and_hidden_from_some(expected, oracle, model):
    table = model._meta.db_table
    everything = oracle.all_keys()[table]
    assert len(everything) >= 2
    assert any(expected[key][table] for key in MEMBERS)
    assert all(expected[key][table] != everything for key in MEMBERS)
    assert len({frozenset(expected[key][table]) for key in MEMBERS}) >= 3


def rows_in_all_tables(token):
    """How many rows of any walled table are there for a context of this text."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, token])
        counts = []
        for model in MODELS:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
            counts.append(cursor.fetchone()[0])
        return sum(counts)


def test_a_good_context_shows_rows(world):
    assert rows_in_all_tables(token_for(world.cast.idva)) > 20


def test_no_context_shows_nothing(world):
    assert rows_in_all_tables("") == 0
    connections["default"].close()
    with transaction.atomic(), connection.cursor() as cursor:
        for model in MODELS:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
            assert cursor.fetchone()[0] == 0
    with acting_as(None):
        assert not any(model._base_manager.exists() for model in MODELS)


def test_a_forged_altered_or_expired_context_shows_nothing(world):
    good = token_for(world.cast.outsider)
    claims = token_for(world.cast.idva)[65:]
    bad = [
        "0" * 64 + "." + claims,  # no signature
        good[:65] + claims,  # somebody else's signature
        good + " ",  # altered by a space
        claims,  # bare
        good[:64],  # cut short
        "x",
        "." * 70,
        sign(claims_of(world.cast.idva) | {"until": int(time.time()) - 1}),  # run out
        "é" * 70,
    ]
    for token in bad:
        assert rows_in_all_tables(token) == 0, token


def test_a_context_ends_with_its_transaction(world):
    with acting_as(world.cast.idva), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        assert cursor.fetchone()[0] > 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        assert cursor.fetchone()[0] == 0


def test_a_context_inside_another_gives_the_first_one_back(world):
    with acting_as(world.cast.idva):
        before = set(MODELS[0]._base_manager.values_list("pk", flat=True))
        with acting_as(world.cast.outsider):
            assert not before & set(MODELS[0]._base_manager.values_list("pk", flat=True))
        with acting_as(None):
            assert not MODELS[0]._base_manager.exists()
        assert set(MODELS[0]._base_manager.values_list("pk", flat=True)) == before


def test_whoever_may_know_of_a_case_learns_who_holds_its_file_and_nobody_else_does(world, oracle):
    """Also where a grant has run out, or begun, since the case's array was written."""
    running = {}
    for row in oracle.rows["cases_grant"]:
        ends = row["valid_until"]
        if (
            row["permission_id"] == oracle.whole
            and row["valid_from"] <= oracle.now
            and (ends is None or ends > oracle.now)
        ):
            running.setdefault(row["content_object_id"], set()).add(row["group_id"])
    for key, member in world.members.items():
        known = oracle.seen(member)["cases_case"]
        for case in world.cases.values():
            with acting_as(member):
                found = {agency.group_id for agency in agencies_with_the_file(case)}
            assert found == (running[case.pk] if case.pk in known else set()), key
    assert world.cast.programme_worker.agency.group_id not in running[world.cases["advocacy"].pk]
    assert world.cast.mental_violet.agency.group_id in running[world.cases["advocacy"].pk]


def test_the_clocks_own_function_ends_what_has_run_out_and_shows_no_more(world, expected):
    with transaction.atomic(using="owner"):
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT end_expired_grants()")
            assert cursor.fetchone()[0] == 2
            cursor.execute("SELECT count_viewer_drift()")
            assert cursor.fetchone()[0] == 0
        transaction.set_rollback(True, using="owner")
