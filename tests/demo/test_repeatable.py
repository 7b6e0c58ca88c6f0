"""The same seed and the same day give the same partnership; another seed gives another."""

from datetime import date

import pytest
from django.db import connections

from dacase.agencies.models import Agency
from dacase.cases.models import Location
from dacase.cases.rules.location import match_key
from dacase.cases.services import rekey
from dacase.cases.services.rekey import rekey_locations
from dacase.demo.partners import SECOND, SMALL
from dacase.demo.relax import tables
from dacase.demo.world import AlreadyFilledError, is_filled, make_world
from tests.cast import empty_database

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("opened")]
UNTIL = date(2026, 3, 16)


@pytest.fixture(autouse=True)
def _empty(opened):
    empty_database()


def picture() -> dict[str, str]:
    """A digest of every table."""
    digests = {}
    with connections["owner"].cursor() as cursor:
        for table in tables():
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(x, '|' ORDER BY x), '')) FROM"
                f" (SELECT (to_jsonb(t) - 'id')::text AS x FROM {table} t) y"
            )
            digests[table] = cursor.fetchone()[0]
    return digests


def test_same_seed_same_data_and_another_seed_other_data():
    make_world(until=UNTIL, cases=60)
    first = picture()
    empty_database()
    make_world(until=UNTIL, cases=60)
    assert picture() == first
    empty_database()
    make_world(until=UNTIL, cases=60, seed=7)
    other = picture()
    assert all(other[table] != first[table] for table in ("cases_case", "cases_person", "referrals_referral"))


def test_a_filled_database_stays_as_it_is():
    make_world(until=UNTIL, cases=5)
    assert is_filled()
    before = picture()
    with pytest.raises(AlreadyFilledError):
        make_world(until=UNTIL, cases=5)
    assert picture() == before


def test_a_new_context_key_makes_every_match_key_anew_and_no_history(settings, ask, monkeypatch):
    make_world(until=UNTIL, cases=5)
    keyed = "SELECT count(*) FROM cases_location WHERE match_key <> ''"
    (many,) = ask(keyed)
    history = ask("SELECT count(*) FROM cases_historicallocation")
    assert rekey_locations() == 0
    settings.CONTEXT_KEY = "another key of this test alone"
    monkeypatch.setattr(rekey, "BATCH", 3)
    assert rekey_locations() == many > 3
    assert all(
        one.match_key == match_key(one.kind, one.value)
        for one in Location.objects.using("owner").exclude(match_key="")
    )
    assert (ask(keyed), ask("SELECT count(*) FROM cases_historicallocation")) == ([many], history)
    assert rekey_locations() == 0
    assert ask("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'") == [0]


@pytest.mark.parametrize("until", [date(2026, 1, 1), date(2025, 12, 29), date(2026, 4, 7), date(2024, 2, 29)])
def test_any_day_leaves_work_waiting(until, ask):
    """Also after holidays, on a Monday and in a leap year."""
    make_world(until=until, cases=250)
    assert ask("SELECT count(*) FROM referrals_referral WHERE decided_at IS NULL")[0] >= 8
    assert (
        ask("SELECT count(*) FROM referrals_route WHERE accepted_at IS NULL AND sent_back_at IS NULL")[0] >= 3
    )
    assert ask("SELECT count(*) FROM marac_maracreferral WHERE listed_at IS NULL")[0] >= 1
    assert ask("SELECT count(*) FROM casework_signoffrequest WHERE state = 'open'")[0] >= 1
    assert ask("SELECT count(*) FROM casework_supervision")[0] >= 10
    assert ask("SELECT max(received_at) FROM referrals_referral")[0].date() < until
    assert ask("SELECT count_viewer_drift()") == [0]


def test_in_bulk_forty_agencies_share_the_cases(ask, monkeypatch):
    """The way of the benchmark, on few cases: indexes and foreign keys are dropped and come back the same."""
    monkeypatch.setattr("dacase.demo.world.BULK_CASES", 900)
    indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    keys = "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2"
    before = ask(indexes), ask(keys)
    outsiders = Agency.objects.using("owner").filter(name="Eastvale Advocacy").count()
    heard: list[str] = []
    made = make_world(until=UNTIL, cases=1_000, say=heard.append)
    assert 900 <= made.cases <= 1_100
    assert heard[-1] == "Writing history and walls"
    assert (ask(indexes), ask(keys)) == before
    assert Agency.objects.using("owner").count() - outsiders == 40
    seen = dict(
        ask(
            "SELECT a.name, count(*) FROM cases_case c JOIN agencies_agency a ON a.group_id = ANY (c.viewer_groups) GROUP BY 1"
        )
    )
    assert 0.54 < seen["Northmoor Front Door"] / made.cases < 0.66
    assert 0.01 < seen[f"{SMALL} Front Door"] / made.cases < 0.06
    assert seen[f"{SECOND} Front Door"] > seen[f"{SMALL} Front Door"]
    assert ask("SELECT count_viewer_drift()") == [0]
    assert ask(
        "SELECT count(*) FROM pg_class WHERE relname LIKE 'cases%%' AND relrowsecurity AND NOT relforcerowsecurity"
    ) == [0]
    assert ask("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'") == [0]
    forget_elsewhere()


def forget_elsewhere() -> None:
    """Take the agencies of the two other places away again: the suite's partnership is Northmoor's alone."""
    empty_database()
    with connections["owner"].cursor() as cursor:
        agencies = "SELECT id FROM agencies_agency WHERE name LIKE '%%Southfen%%' OR name LIKE '%%Tinwick%%'"
        cursor.execute(f"SELECT user_id FROM agencies_membership WHERE agency_id IN ({agencies})")
        users = [user for (user,) in cursor.fetchall()]
        for table in ("mfa_authenticator", "agencies_membership", "agencies_user_groups"):
            cursor.execute(f"DELETE FROM {table} WHERE user_id = ANY (%s)", [users])
        cursor.execute("DELETE FROM agencies_user WHERE id = ANY (%s)", [users])
        cursor.execute(f"DELETE FROM agencies_team WHERE agency_id IN ({agencies})")
        cursor.execute(
            "DELETE FROM agencies_agency WHERE name LIKE '%%Southfen%%' OR name LIKE '%%Tinwick%%'"
        )
        cursor.execute("DELETE FROM auth_group WHERE name ~* '(southfen|tinwick)'")
