"""Every instant is in exactly one quarter, by the clock of London."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.periods import (
    LONDON,
    PeriodError,
    Quarter,
    parse_quarter,
    quarter_of,
    quarter_of_day,
    recent_quarters,
)

YEARS = st.integers(2000, 2050)
QUARTERS = [Quarter.of(year, number) for year in range(1999, 2052) for number in (1, 2, 3, 4)]
SHIFTS = st.integers(-7_200_000_000, 7_200_000_000).map(lambda number: timedelta(microseconds=number))


def quarters_with(moment):
    return [quarter for quarter in QUARTERS if moment in quarter]


def last_sunday(year, month):
    """The day on which the clocks change."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


@given(year=YEARS, number=st.integers(1, 4), shift=SHIFTS)
def test_instants_round_the_end_of_a_quarter(year, number, shift):
    moment = Quarter.of(year, number).ends_at.astimezone(UTC) + shift
    (found,) = quarters_with(moment)
    assert found == quarter_of(moment)
    assert found == Quarter.of(year, number) if shift < timedelta(0) else found != Quarter.of(year, number)


@given(year=YEARS, month=st.sampled_from([3, 10]), shift=SHIFTS)
def test_instants_round_both_clock_changes(year, month, shift):
    day = last_sunday(year, month)
    moment = datetime(day.year, day.month, day.day, 1, tzinfo=UTC) + shift
    (found,) = quarters_with(moment)
    assert found == quarter_of(moment) == quarter_of_day(moment.astimezone(LONDON).date())


@given(number=st.integers(946_684_800, 2_556_057_600))
def test_any_instant(number):
    moment = datetime.fromtimestamp(number, UTC)  # from 2000 to 2050
    (found,) = quarters_with(moment)
    assert found == quarter_of(moment)


@given(year=YEARS)
def test_repeated_hour_and_missing_hour(year):
    """02:30 local of the autumn change happens twice; both are the same day, and so the same quarter."""
    day = last_sunday(year, 10)
    twice = [datetime(day.year, 10, day.day, 1, 30, tzinfo=LONDON, fold=fold) for fold in (0, 1)]
    assert twice[1].astimezone(UTC) - twice[0].astimezone(UTC) == timedelta(hours=1)
    assert quarter_of(twice[0]) == quarter_of(twice[1]) == Quarter.of(year, 3)
    day = last_sunday(year, 3)
    missing = datetime(day.year, 3, day.day, 1, 30, tzinfo=LONDON)
    assert quarter_of(missing) == Quarter.of(year - 1, 4)


@given(year=YEARS, number=st.integers(1, 4))
def test_months_make_the_quarter_and_quarters_follow_each_other(year, number):
    quarter = Quarter.of(year, number)
    months = quarter.months
    assert [months[0].starts_at, months[2].ends_at] == [quarter.starts_at, quarter.ends_at]
    assert [month.ends_at for month in months[:2]] == [month.starts_at for month in months[1:]]
    assert quarter.former.ends_at == quarter.starts_at
    assert parse_quarter(quarter.code) == quarter


def test_quarters_by_name():
    first, last = parse_quarter("2026-Q1"), parse_quarter("2026-Q4")
    assert (first.starts_on, first.ends_before, str(first)) == (
        date(2026, 4, 1),
        date(2026, 7, 1),
        "April to June 2026",
    )
    assert (last.starts_on, last.ends_before) == (date(2027, 1, 1), date(2027, 4, 1))
    assert str(last) == "January to March 2027"
    assert first.starts_at.utcoffset() == timedelta(hours=1)
    assert last.starts_at.utcoffset() == timedelta(0)
    assert parse_quarter(" 2019-q1 ").starts_on == date(2019, 4, 1)


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-03-31T22:59:59+00:00", "2025-Q4"),
        ("2026-03-31T23:00:00+00:00", "2026-Q1"),  # midnight in summer time
        ("2026-06-30T22:59:59.999999+00:00", "2026-Q1"),
        ("2026-06-30T23:00:00+00:00", "2026-Q2"),
        ("2026-09-30T22:59:59+00:00", "2026-Q2"),
        ("2026-09-30T23:00:00+00:00", "2026-Q3"),
        ("2026-12-31T23:59:59+00:00", "2026-Q3"),
        ("2027-01-01T00:00:00+00:00", "2026-Q4"),
    ],
)
def test_ends_of_quarters_in_summer_and_winter(moment, code):
    assert quarter_of(datetime.fromisoformat(moment)).code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026Q1",
        "2026-Q5",
        "2026-Q0",
        "Q1-2026",
        "26-Q1",
        "2026-Q1; DROP",
        "٢٠٢٦-Q1",
        "\x00",
        "x" * 10**6,
    ],
)
def test_what_is_no_quarter_is_told_in_plain_words(text):
    with pytest.raises(PeriodError, match="Write a quarter as 2026-Q1"):
        parse_quarter(text)


@pytest.mark.parametrize("text", ["1999-Q4", "2100-Q1", "0000-Q1", "9999-Q4"])
def test_years_out_of_range(text):
    with pytest.raises(PeriodError, match="from 2000 to 2099"):
        parse_quarter(text)


def test_an_instant_needs_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        quarter_of(datetime(2026, 4, 1))  # noqa: DTZ001 - the point


def test_begun_and_finished():
    quarter = parse_quarter("2026-Q1")
    assert not quarter.has_begun(date(2026, 3, 31))
    assert quarter.has_begun(date(2026, 4, 1))
    assert not quarter.is_finished(date(2026, 6, 30))
    assert quarter.is_finished(date(2026, 7, 1))


def test_recent_quarters():
    codes = [quarter.code for quarter in recent_quarters(5, date(2026, 4, 1))]
    assert codes == ["2026-Q1", "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1"]
