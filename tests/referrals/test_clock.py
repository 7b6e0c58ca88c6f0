from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.choices import Priority
from referrals.rules import clock
from referrals.rules.tables import rows

LONDON = ZoneInfo("Europe/London")


def london(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LONDON)


EXPECTED = {
    # A Friday at 4pm: what is counted in working hours goes on after the weekend.
    ("front_door", "immediate"): london(2026, 6, 5, 17),
    ("front_door", "high"): london(2026, 6, 5, 20),
    ("front_door", "medium"): london(2026, 6, 8, 12),
    ("front_door", "standard"): london(2026, 6, 8, 16),
    ("service", "immediate"): london(2026, 6, 5, 20),
    ("service", "high"): london(2026, 6, 6, 16),
    ("service", "medium"): london(2026, 6, 8, 16),
    ("service", "standard"): london(2026, 6, 9, 16),
}


def test_every_line_of_the_table_is_expected_and_nothing_else():
    assert {(row["clock"], row["priority"]) for row in rows("clocks")} == set(EXPECTED)
    assert {row["counting"] for row in rows("clocks")} == {clock.WORKING, clock.CALENDAR}
    assert {row["priority"] for row in rows("clocks")} == set(Priority.values)


@pytest.mark.parametrize("row", rows("clocks"), ids=lambda row: f"{row['clock']}-{row['priority']}")
def test_each_line_gives_its_moment(row):
    due = clock.due_at(london(2026, 6, 5, 16), clock=row["clock"], priority=row["priority"])
    assert due == EXPECTED[row["clock"], row["priority"]]
    assert row["meaning"]


def test_a_line_that_begins_later_leaves_running_clocks_alone(monkeypatch):
    later = {
        **clock.clock_row("service", "high", on=date(2026, 6, 5)),
        "from_date": "2026-06-06",
        "hours": "1",
    }
    table = (*rows("clocks"), later)
    monkeypatch.setattr("referrals.rules.tables.rows", lambda name, *folder: table)
    assert clock.due_at(london(2026, 6, 5, 16), clock="service", priority="high") == london(2026, 6, 6, 16)
    assert clock.due_at(london(2026, 6, 6, 16), clock="service", priority="high") == london(2026, 6, 6, 17)


def test_an_unknown_line_is_an_error():
    with pytest.raises(KeyError):
        clock.due_at(london(2026, 6, 5, 16), clock="service", priority="urgent")


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (london(2026, 6, 3, 10), 2, london(2026, 6, 3, 12)),
        (london(2026, 6, 3, 9), 8, london(2026, 6, 3, 17)),
        (london(2026, 6, 3, 17), 1, london(2026, 6, 4, 10)),
        (london(2026, 6, 3, 5), 1, london(2026, 6, 3, 10)),
        (london(2026, 6, 6, 12), 1, london(2026, 6, 8, 10)),
        # Christmas 2026: Friday is a holiday, and Monday stands in for Saturday's.
        (london(2026, 12, 24, 16), 2, london(2026, 12, 29, 10)),
        # Good Friday and Easter Monday.
        (london(2026, 4, 2, 16, 30), 1, london(2026, 4, 7, 9, 30)),
        # The clocks go forward on the Sunday between.
        (london(2026, 3, 27, 16), 2, london(2026, 3, 30, 10)),
    ],
)
def test_working_time_leaves_out_nights_weekends_and_bank_holidays(start, hours, due):
    assert clock.add_working_time(start, timedelta(hours=hours)) == due


def test_a_bank_holiday_of_england_is_no_working_day():
    assert not clock.is_working_day(date(2026, 12, 28))
    assert not clock.is_working_day(date(2026, 5, 25))
    assert clock.is_working_day(date(2026, 12, 29))
    # St Andrew's Day is a holiday in Scotland only.
    assert clock.is_working_day(date(2026, 11, 30))


@given(
    st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001 - hypothesis wants them naive
    st.integers(min_value=0, max_value=40 * 60),
)
def test_working_time_ends_in_working_hours_and_adds_up(start, minutes):
    begin = start.replace(tzinfo=LONDON)
    span = timedelta(minutes=minutes)
    due = clock.add_working_time(begin, span)
    assert clock.is_working_day(due.date())
    assert clock.OPENS <= due.timetz().replace(tzinfo=None) <= clock.CLOSES
    half = clock.add_working_time(begin, span / 2)
    assert clock.add_working_time(half, span / 2) == due
