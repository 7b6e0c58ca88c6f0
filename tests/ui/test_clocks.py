"""Clocks and dates in words."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dacase.ui.clocks import read_clock
from dacase.ui.words import lower_first, moment_words, time_words

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "state", "text"),
    [
        (timedelta(seconds=20), "soon", "Due in less than a minute"),
        (timedelta(minutes=1), "soon", "Due in 1 minute"),
        (timedelta(minutes=59), "soon", "Due in 59 minutes"),
        (timedelta(hours=3, minutes=59), "soon", "Due in 3 hours"),
        (timedelta(hours=5), "running", "Due in 5 hours"),
        (timedelta(hours=47), "running", "Due in 47 hours"),
        (timedelta(hours=49), "running", "Due in 2 days"),
        (timedelta(minutes=-30), "overdue", "Overdue by 30 minutes"),
        (timedelta(days=-3), "overdue", "Overdue by 3 days"),
    ],
)
def test_a_clock_to_the_minute(left, state, text):
    reading = read_clock(NOW + left, now=NOW)
    assert (reading.state, reading.text) == (state, text)


@pytest.mark.parametrize(
    ("due", "state", "text"),
    [
        (date(2026, 3, 3), "soon", "Due today"),
        (date(2026, 3, 4), "soon", "Due tomorrow"),
        (date(2026, 3, 13), "running", "Due in 10 days"),
        (date(2026, 3, 2), "overdue", "Overdue by 1 day"),
    ],
)
def test_a_clock_to_the_day(due, state, text):
    reading = read_clock(due, now=NOW)
    assert (reading.state, reading.text) == (state, text)


def test_a_clock_that_was_stopped():
    assert read_clock(NOW, done=NOW, now=NOW + timedelta(days=9)).text == "Done in time"
    assert read_clock(NOW, done=NOW + timedelta(hours=2), now=NOW).text == "Done 2 hours late"
    assert read_clock(date(2026, 3, 1), done=date(2026, 3, 2), now=NOW).text == "Done 1 day late"


def test_the_day_is_london_s():
    summer = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight on the 2nd in London
    assert read_clock(date(2026, 7, 2), now=summer).text == "Due today"
    assert moment_words(summer) == "2 July 2026 at 12:30am"


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [(0, 0, "midnight"), (12, 0, "midday"), (9, 0, "9am"), (13, 5, "1:05pm"), (0, 1, "12:01am")],
)
def test_times_in_words(hour, minute, words):
    assert time_words(datetime(2026, 1, 1, hour, minute, tzinfo=UTC)) == words


def test_labels_inside_a_sentence():
    assert lower_first("Date of birth") == "date of birth"
    assert lower_first("NHS number") == "NHS number"
