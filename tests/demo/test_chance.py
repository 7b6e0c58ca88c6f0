"""Seeded dice and a calendar of working days."""

from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacase.demo.chance import LONDON, Dice, any_hour, at_work, count_working_days, later_at_work, working_day
from referrals.rules.clock import is_working_day

settings.register_profile("calendar", deadline=None)  # the first throw reads fifty years of bank holidays
settings.load_profile("calendar")
days = st.dates(date(2005, 1, 1), date(2040, 1, 1))


def test_same_seed_same_throws():
    assert [Dice(3).key() for _ in range(3)] == [Dice(3).key()] * 3
    one, other = Dice("a"), Dice("a")
    assert [one.reference("C") for _ in range(50)] == [other.reference("C") for _ in range(50)]


def test_keys_are_uuids_of_version_4():
    keys = [UUID(Dice(seed).key()) for seed in range(200)]
    assert {key.version for key in keys} == {4}
    assert {key.variant for key in keys} == {"specified in RFC 4122"}
    assert len(set(keys)) == 200


def test_references_never_repeat(monkeypatch):
    dice, throws = Dice(1), iter([5, 5, 6])
    monkeypatch.setattr(dice, "getrandbits", lambda bits: next(throws))
    assert dice.reference("C") != dice.reference("C")


def test_weights_are_kept():
    dice = Dice(1)
    thrown = Counter(dice.weighted({"often": 3, "seldom": 1}) for _ in range(4_000))
    assert thrown["often"] / 4_000 == pytest.approx(0.75, abs=0.03)


@given(days, st.integers(0, 20))
def test_work_happens_on_working_days_in_working_hours(day, after):
    moment = at_work(Dice(day), day, after)
    assert is_working_day(moment.date())
    assert 9 <= moment.hour < 17
    assert count_working_days(day, moment.date()) == after


@given(days, st.integers(0, 23), st.floats(0.5, 30))
def test_later_at_work_is_later_and_at_work(day, hour, within):
    begin = datetime(day.year, day.month, day.day, hour, 20, tzinfo=LONDON)
    later = later_at_work(Dice(hour), begin, within_hours=within)
    assert later > begin
    assert is_working_day(later.date())
    assert 9 <= later.hour <= 17
    assert later - begin < timedelta(days=20)


def test_calls_come_at_any_hour_of_the_day():
    dice, day = Dice(1), date(2026, 5, 2)
    moments = [any_hour(dice, day) for _ in range(500)]
    assert {moment.date() for moment in moments} == {day}
    assert len({moment.hour for moment in moments}) > 18


def test_bank_holidays_are_not_worked():
    assert working_day(date(2025, 12, 25)) == date(2025, 12, 29)
    assert working_day(date(2026, 1, 2), after=-1) == date(2025, 12, 31)
