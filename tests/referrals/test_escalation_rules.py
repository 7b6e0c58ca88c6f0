"""Every line of escalations.csv."""

from datetime import datetime, timedelta
from itertools import groupby

import pytest

from referrals.choices import EscalatedTo, Priority
from referrals.rules import clock
from referrals.rules.escalation import steps
from referrals.rules.tables import rows

NOW = datetime(2026, 6, 5, 16, tzinfo=clock.LONDON)


@pytest.mark.parametrize(
    "row", rows("escalations"), ids=lambda row: f"{row['clock']}-{row['priority']}-{row['step']}"
)
def test_each_line_is_a_step_with_its_moment(row):
    (step,) = [
        one
        for one in steps(NOW)
        if (one.clock, one.priority, str(one.number)) == (row["clock"], row["priority"], row["step"])
    ]
    assert step.after == timedelta(minutes=int(row["minutes_late"]))
    assert step.told in EscalatedTo.values
    assert step.due_before(NOW) == NOW - step.after
    assert clock.clock_row(row["clock"], row["priority"], on=NOW.date())
    assert row["meaning"]


def test_every_clock_of_high_risk_has_steps_that_come_later_and_later():
    found = sorted(steps(NOW), key=lambda step: (step.clock, step.priority, step.number))
    for _, of_clock in groupby(found, key=lambda step: (step.clock, step.priority)):
        line = list(of_clock)
        assert [step.number for step in line] == list(range(1, len(line) + 1))
        assert [step.after for step in line] == sorted(step.after for step in line)
        assert line[0].told == EscalatedTo.SECOND_PERSON
    high = {(step.clock, step.priority) for step in found}
    assert high == {
        (name, priority)
        for name in (clock.FRONT_DOOR, clock.SERVICE)
        for priority in (Priority.IMMEDIATE, Priority.HIGH)
    }


def test_a_newer_line_replaces_the_older_from_its_day_on(monkeypatch):
    old = next(row for row in rows("escalations") if (row["clock"], row["priority"]) == ("service", "high"))
    later = {**old, "from_date": "2026-06-06", "minutes_late": "5"}
    table = (*rows("escalations"), later)
    monkeypatch.setattr("referrals.rules.escalation.rows", lambda name: table)

    def of_service(now):
        found = [one for one in steps(now) if (one.clock, one.priority) == ("service", "high")]
        return [one.after for one in found]

    assert of_service(NOW) == [timedelta(0), timedelta(minutes=240)]
    assert of_service(NOW + timedelta(days=1)) == [timedelta(minutes=5)]
