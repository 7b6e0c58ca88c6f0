from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marac import rules


@pytest.mark.parametrize(
    ("heard", "meeting", "repeat"),
    [
        (date(2025, 3, 12), date(2026, 3, 12), True),  # the window's last day
        (date(2025, 3, 12), date(2026, 3, 13), False),  # the day after
        (date(2025, 3, 12), date(2025, 3, 13), True),  # the next day
        (date(2025, 3, 12), date(2025, 3, 12), False),  # a meeting is not before itself
        (date(2025, 3, 12), date(2025, 3, 11), False),  # heard later
        (date(2024, 2, 29), date(2025, 2, 28), True),  # from a leap day to the last of February
        (date(2024, 2, 29), date(2025, 3, 1), False),
        (date(2023, 2, 28), date(2024, 2, 28), True),  # to the same day of a leap year, and not its 29th
        (date(2023, 2, 28), date(2024, 2, 29), False),
        (date(2023, 3, 1), date(2024, 2, 29), True),
        (date(2025, 12, 31), date(2026, 12, 31), True),
    ],
)
def test_a_case_is_a_repeat_within_twelve_months_of_its_last_hearing(
    heard: date, meeting: date, repeat: bool
) -> None:
    assert rules.is_repeat(meeting, [heard]) is repeat


def test_any_earlier_hearing_counts_and_none_is_no_repeat() -> None:
    assert rules.is_repeat(date(2026, 3, 12), [date(2020, 1, 1), date(2025, 9, 1), date(2027, 1, 1)])
    assert not rules.is_repeat(date(2026, 3, 12), [])


@pytest.mark.parametrize(
    ("heard", "ends"),
    [
        (date(2025, 3, 12), date(2026, 3, 12)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2025, 12, 31), date(2026, 12, 31)),
    ],
)
def test_the_window_ends_a_year_later(heard: date, ends: date) -> None:
    assert rules.repeat_window_ends(heard) == ends


@given(st.dates(date(2010, 1, 1), date(2090, 1, 1)), st.dates(date(2010, 1, 1), date(2090, 1, 1)))
def test_a_repeat_is_a_meeting_after_the_hearing_and_within_its_window(heard: date, meeting: date) -> None:
    assert rules.is_repeat(meeting, [heard]) == (heard < meeting <= rules.repeat_window_ends(heard))


def test_every_line_of_the_table_holds_from_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for since, months in rules.repeat_rules():
        assert months > 0
        assert rules.repeat_months(since) == months
    table = ((date(2026, 4, 1), 6), (date(2009, 4, 1), 12))
    monkeypatch.setattr(rules, "repeat_rules", lambda: table)
    assert [rules.repeat_months(day) for day in (date(2026, 4, 1), date(2026, 3, 31), date(2000, 1, 1))] == [
        6,
        12,
        12,
    ]
    assert not rules.is_repeat(date(2026, 4, 20), [date(2025, 10, 1)])
    assert rules.is_repeat(date(2026, 3, 20), [date(2025, 4, 1)])


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_are_added_by_the_calendar(day: date, months: int, then: date) -> None:
    assert rules.add_months(day, months) == then


@pytest.mark.parametrize(
    ("last", "today", "proposed"),
    [
        (None, date(2026, 11, 26), date(2026, 11, 26)),  # a Thursday
        (None, date(2026, 11, 27), date(2026, 12, 3)),
        (date(2026, 11, 19), date(2026, 11, 22), date(2026, 12, 3)),
        (date(2026, 11, 19), date(2026, 12, 3), date(2026, 12, 3)),
        (date(2026, 10, 1), date(2026, 11, 22), date(2026, 11, 26)),  # skipped ones are not made up for
        (date(2027, 1, 7), date(2026, 11, 22), date(2027, 1, 21)),
    ],
)
def test_the_next_meeting_is_a_fortnight_after_the_last(
    last: date | None, today: date, proposed: date
) -> None:
    assert rules.next_meeting_on(last, today=today) == proposed


def test_hearings_follow_each_other_in_twelve_minutes() -> None:
    begin = time(9, 30)
    assert [rules.slot_starts_at(begin, number) for number in (1, 2, 16)] == [
        time(9, 30),
        time(9, 42),
        time(12, 30),
    ]


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (time(9, 30), "9:30am"),
        (time(14, 0), "2pm"),
        (time(12, 0), "midday"),
        (time(12, 5), "12:05pm"),
        (time(0, 6), "12:06am"),
    ],
)
def test_times_of_day(moment: time, words: str) -> None:
    assert rules.time_of_day(moment) == words


def test_days_are_named() -> None:
    assert rules.weekday_words(date(2026, 11, 26)) == "Thursday 26 November 2026"
