"""What a plan promises, on tables of every shape: the counts, true repeats, and months left alone."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dacase.demo.chance import Dice
from dacase.demo.published.meetings import KNOWN_CASE, NEW_CASE, can_hear, thursday
from dacase.demo.published.plan import Plan, make_plan
from dacase.demo.published.recorded import HeardCase
from dacase.demo.published.table import Counted, PublishedError, Target, Targets, add
from marac.rules import is_repeat

START = date(2019, 4, 1)
REFERRALS, REPEATS, ADVOCACY = Counted
counts = st.dictionaries(
    st.tuples(st.sampled_from(list(Counted)), st.integers(0, 17)), st.integers(0, 12), min_size=1, max_size=40
)


def days(month: date) -> list[date]:
    return [thursday(month, 2), thursday(month, 4)]


def targets_of(values: dict[tuple[Counted, int], int]) -> Targets:
    return {
        (measure, add(START, number)): Target(line, measure, add(START, number), value)
        for line, ((measure, number), value) in enumerate(values.items(), start=2)
    }


def planned(values, recorded=None, pool=()) -> tuple[Targets, Plan]:
    targets = targets_of(values)
    return targets, make_plan(targets, recorded or {}, list(pool), days, Dice(1))


def month_of(day: date) -> date:
    return day.replace(day=1)


def refused(values, recorded=None, pool=()) -> list[str]:
    with pytest.raises(PublishedError) as caught:
        planned(values, recorded, pool)
    return str(caught.value).splitlines()[1:]


@settings(max_examples=150, deadline=None)
@given(counts)
def test_a_plan_comes_to_the_counts_or_says_why_not(values):
    targets = targets_of(values)
    try:
        plan = make_plan(targets, {}, [], days, Dice(1))
    except PublishedError as error:
        impossible(values, str(error))
        return
    found: Counter[tuple[Counted, date]] = Counter()
    heard: dict[int, list[date]] = {}
    for hearing in plan.hearings:
        before = heard.setdefault(id(hearing.case), [])
        month = month_of(hearing.on)
        assert hearing.on in days(month)
        assert can_hear(hearing.on, NEW_CASE if hearing.is_new else KNOWN_CASE)
        assert month not in map(month_of, before), "a case is heard once a month"
        assert hearing.is_new == (not before)
        assert is_repeat(hearing.on, before) == (not hearing.is_new), "repeats are true, and only they"
        before.append(hearing.on)
        found[REFERRALS, month] += 1
        found[REPEATS, month] += not hearing.is_new
        found[ADVOCACY, month] += hearing.is_new and hearing.to_advocacy
    for month, number in plan.advocacy.items():
        found[ADVOCACY, month] += number
    assert {key: found[key] for key in targets} == {key: target.value for key, target in targets.items()}


def impossible(values: dict[tuple[Counted, int], int], message: str) -> None:
    """A refusal is right: more repeats than referrals, or nowhere to have been heard before."""
    too_many = any(
        measure is REPEATS and value > values.get((REFERRALS, number), value)
        for (measure, number), value in values.items()
    )
    nowhere = "no month open" in message and any(
        measure is REPEATS and value and all((REFERRALS, number - back) in values for back in range(1, 13))
        for (measure, number), value in values.items()
    )
    assert too_many or nowhere, message


def test_repeats_of_the_first_month_were_heard_before_the_file_begins():
    _, plan = planned({(REFERRALS, 0): 9, (REPEATS, 0): 4})
    priors = [hearing for hearing in plan.hearings if hearing.on < START]
    assert len(priors) == plan.priors == 4
    assert all(hearing.is_new and not hearing.to_advocacy for hearing in priors)
    assert all(add(START, -12) <= month_of(hearing.on) < START for hearing in priors)


def test_cases_that_were_heard_are_taken_before_new_ones_are_invented():
    pool = [
        HeardCase(f"{n}", date(2018, 11, 1), None, [thursday(date(2018, 12, 1), 2)], [False])
        for n in range(3)
    ]
    _, plan = planned({(REPEATS, 0): 4}, pool=pool)
    assert plan.priors == 1
    assert {hearing.case.id for hearing in plan.hearings if not hearing.is_new} == {"0", "1", "2", ""}


@pytest.mark.parametrize(
    ("case", "why"),
    [
        (HeardCase("a", date(2017, 1, 1), None, [date(2018, 3, 8)], [False]), "too long ago"),
        (HeardCase("a", date(2017, 1, 1), None, [date(2019, 4, 4)], [False]), "heard this month"),
        (HeardCase("a", date(2017, 1, 1), None, [date(2018, 12, 6), date(2019, 8, 1)], [False, False]), "a later one would become a repeat"),
    ],
)  # fmt: skip
def test_cases_that_do_not_fit_are_left_alone(case, why):
    _, plan = planned({(REPEATS, 0): 1}, pool=[case])
    assert [hearing.case.id for hearing in plan.hearings] == ["", ""], why


def test_a_closed_case_does_not_come_back():
    from datetime import UTC, datetime

    closed = HeardCase("a", date(2018, 1, 1), datetime(2019, 2, 1, tzinfo=UTC), [date(2018, 12, 6)], [False])
    _, plan = planned({(REPEATS, 0): 1}, pool=[closed])
    assert plan.priors == 1


def test_a_year_without_any_hearing_before_leaves_nothing_to_repeat():
    values = {(REFERRALS, number): 0 for number in range(12)} | {(REFERRALS, 12): 2, (REPEATS, 12): 2}
    # The thirteenth month back is open, and a hearing late in it is still within the twelve months.
    assert refused(values | {(REFERRALS, 0): 0})[0].startswith(
        "Line 15: Repeat MARAC cases in 2020-04: 2 of them"
    )


def test_twelve_months_back_will_do_where_nothing_nearer_is_open():
    values = {(REFERRALS, number): 0 for number in range(1, 12)} | {(REFERRALS, 12): 2, (REPEATS, 12): 2}
    _, plan = planned(values)
    priors = [hearing.on for hearing in plan.hearings if hearing.is_new]
    again = [hearing.on for hearing in plan.hearings if not hearing.is_new]
    assert {month_of(day) for day in priors} == {START}
    assert all(is_repeat(late, [early]) for early, late in zip(priors, again, strict=True))


def test_more_repeats_than_referrals_cannot_be():
    assert refused({(REFERRALS, 0): 2, (REPEATS, 0): 3}) == [
        (
            "Line 3: Repeat MARAC cases in 2019-04: 3 are missing, and only 2 referrals to MARAC can still be made in that"
            " month to hear them."
        )
    ]


def test_every_line_that_cannot_be_is_told():
    told = refused(
        {(REFERRALS, 0): 2, (REPEATS, 0): 3, (ADVOCACY, 1): 4},
        {(ADVOCACY, add(START, 1)): 5, (REFERRALS, START): 9},
    )
    assert told == [
        "Line 2: Referrals to MARAC in 2019-04: the file says 2, and 9 are recorded. Records are never taken away.",
        "Line 4: Referrals to advocacy and support service in 2019-05: the file says 4, and 5 are recorded. Records are never taken away.",
    ]


def test_what_is_recorded_is_not_made_again():
    recorded = {(REFERRALS, START): 5, (REPEATS, START): 2, (ADVOCACY, START): 3}
    _, plan = planned({(REFERRALS, 0): 5, (REPEATS, 0): 2, (ADVOCACY, 0): 3}, recorded)
    assert plan.is_empty
    _, plan = planned({(REFERRALS, 0): 7, (ADVOCACY, 0): 9}, recorded)
    assert (len(plan.hearings), plan.advocacy[START]) == (2, 4)


def test_nothing_published_nothing_planned():
    _, plan = planned({(REFERRALS, 0): 0, (REPEATS, 3): 0})
    assert plan.is_empty


def test_whose_year_runs_out_first_comes_back_first():
    early, late = (
        HeardCase(name, date(2018, 1, 1), None, [day], [False])
        for name, day in [("early", date(2018, 6, 7)), ("late", date(2019, 2, 7))]
    )
    _, plan = planned({(REPEATS, 0): 1}, pool=[late, early])
    assert [hearing.case.id for hearing in plan.hearings] == ["early"]
    assert timedelta(0) < plan.hearings[0].on - date(2018, 6, 7) < timedelta(days=366)
