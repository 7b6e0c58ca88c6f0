from datetime import date

import pytest

from refuge.choices import DecidedBy, TurnAwayCause
from refuge.rules import beds_needed, causes_by_decider, goes_with, may_cancel, nights

DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("starts", "ends", "count"),
    [
        (date(2026, 3, 10), date(2026, 3, 11), 1),
        (date(2026, 3, 10), date(2026, 3, 10), 0),
        (date(2024, 2, 28), date(2024, 3, 1), 2),  # a leap day is a night
        (date(2026, 3, 28), date(2026, 3, 30), 2),  # so is the short night of summer time
    ],
)
def test_nights(starts: date, ends: date, count: int) -> None:
    assert nights(starts, ends) == count


@pytest.mark.parametrize(
    ("births", "has_cot", "beds"),
    [
        ([], False, 0),
        ([None, None], True, 2),
        ([date(1990, 1, 1), date(2025, 1, 1)], True, 1),
        ([date(1990, 1, 1), date(2025, 1, 1)], False, 2),
        ([date(2025, 1, 1), date(2025, 1, 1)], True, 1),  # one cot holds one baby
        ([date(2024, 3, 11)], True, 0),  # two years old tomorrow
        ([date(2024, 3, 10)], True, 1),  # two years old today
    ],
)
def test_beds_needed(births: list[date | None], has_cot: bool, beds: int) -> None:
    assert beds_needed(births, on=DAY, has_cot=has_cot) == beds


@pytest.mark.parametrize(
    ("first_night", "may"), [(date(2026, 3, 12), True), (date(2026, 3, 9), True), (date(2026, 3, 8), False)]
)
def test_a_placement_is_cancelled_until_the_day_after_its_first_night(first_night: date, may: bool) -> None:
    assert may_cancel(first_night, today=DAY) is may


def test_every_line_of_the_causes_names_a_decider_and_a_cause() -> None:
    listed = causes_by_decider()
    assert set(listed) == set(DecidedBy.values)
    assert {cause for causes in listed.values() for cause in causes} == set(TurnAwayCause.values)
    assert all(len(set(causes)) == len(causes) for causes in listed.values())


def test_a_cause_goes_with_who_can_decide_for_it() -> None:
    assert goes_with(DecidedBy.SERVICE, TurnAwayCause.NO_CAPACITY)
    assert not goes_with(DecidedBy.SURVIVOR, TurnAwayCause.NO_CAPACITY)
    assert not goes_with("nobody", TurnAwayCause.OTHER)
