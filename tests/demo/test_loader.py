"""COPY of rows: every kind of value comes back as it went in, and mistakes are told where they are made."""

from datetime import UTC, date, datetime, time
from uuid import UUID

import psycopg2
import pytest
from django.db import IntegrityError, connections

from dacase.cases.choices import Band
from dacase.cases.models import Case, Party, Person
from dacase.demo.chance import Dice
from dacase.demo.loader import Sheet, copy_text, loading
from marac.models import Hearing, MeetingAgency
from reporting.models import Return

pytestmark = pytest.mark.django_db(databases=["owner"])
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def load_one(model, seed="same", **values):
    with loading(Dice(seed)) as load:
        load.add(model, **values)


def add_person(load, name, **values):
    load.add(
        Person,
        **{"family_name": name, "family_name_key": "X", "created_at": NOW, "made_by_group_id": 1} | values,
    )


@pytest.mark.parametrize(
    "name", ["Plain", "Tab\there", "Line\nbreak\r", "Back\\slash", "\\N", "\\.", "Quote’s “and” é", "", " "]
)
def test_text_comes_back_as_it_went_in(name):
    with loading(Dice(1)) as load:
        add_person(load, name)
    assert Person.objects.using("owner").get().family_name == name


def test_a_null_byte_is_left_out():
    with loading(Dice(1)) as load:
        add_person(load, "Nu\0ll")
    assert Person.objects.using("owner").get().family_name == "Null"


def test_values_as_copy_writes_them():
    key = UUID(int=5)
    values = [
        None,
        True,
        False,
        7,
        NOW,
        date(2026, 3, 2),
        time(9, 30),
        key,
        {"a": "b\t"},
        [1, 2],
        [],
        Band.HIGH,
    ]
    assert [copy_text(value) for value in values] == [
        "\\N", "t", "f", "7", "2026-03-02T10:00:00+00:00", "2026-03-02", "09:30:00", str(key), '{"a": "b\\\\t"}',
        "{1,2}", "{}", "high",
    ]  # fmt: skip


def test_what_is_not_said_is_the_models_default_and_keys_are_thrown():
    with loading(Dice("same")) as load:
        load.add(Case, reference="C-1", opened_at=NOW)
    case = Case.objects.using("owner").get()
    assert (case.version, case.viewer_groups, case.closed_at) == (1, [], None)
    assert case.pk.version == 4


def test_the_same_dice_throw_the_same_keys_again():
    with loading(Dice("same")) as load:
        load.add(Case, reference="C-1", opened_at=NOW)
    with pytest.raises(psycopg2.IntegrityError, match="cases_case_pkey"):
        load_one(Case, reference="C-2", opened_at=NOW)


def test_what_has_to_be_said_is_asked_for():
    with pytest.raises(TypeError, match=r"cases_case needs opened_at"):
        Sheet(Case).add({"reference": "C-1"}, Dice(1))


def test_an_unknown_column_is_refused():
    with pytest.raises(TypeError, match=r"cases_case has no colour"):
        Sheet(Case).add({"reference": "C-1", "opened_at": NOW, "colour": "green"}, Dice(1))


def test_numbers_of_the_database_are_left_to_it():
    assert "id" not in Sheet(MeetingAgency).names
    assert "id" in Sheet(Hearing).names
    assert "submission" in Sheet(Return).keys


def test_nothing_half_loaded_is_left_behind():
    def fail():
        with loading(Dice(1)) as load:
            add_person(load, "Lost")
            load.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert Person.objects.using("owner").count() == 0
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'cases_person'")
        assert cursor.fetchone() == (True,)


def test_a_row_with_no_parent_is_refused():
    with pytest.raises(IntegrityError):
        load_one(Party, case_id=UUID(int=1), person_id=UUID(int=2), role="victim", created_at=NOW)


def test_history_begins_when_the_row_was_made():
    with loading(Dice(1)) as load:
        add_person(load, "Early")
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT history_type, history_date, family_name FROM cases_historicalperson")
        assert cursor.fetchall() == [("+", NOW, "Early")]
