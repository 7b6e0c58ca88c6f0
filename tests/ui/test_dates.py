"""The date in three boxes."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dacase.ui.dates import DateField, DatesField, MonthField


def birthday(**options):
    return DateField(label="Date of birth", **options)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (["29", "2", "2024"], date(2024, 2, 29)),
        (["29", "2", "2000"], date(2000, 2, 29)),
        (["01", "01", "1900"], date(1900, 1, 1)),
        ([" 31 ", " 12 ", " 2100 "], date(2100, 12, 31)),
        (["3", "March", "2026"], date(2026, 3, 3)),
        (["3", "sep.", "2026"], date(2026, 9, 3)),
    ],
)
def test_real_dates(typed, day):
    assert birthday().clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (["29", "2", "2023"], "Date of birth must be a real date"),
        (["29", "2", "1900"], "Date of birth must be a real date"),
        (["0", "1", "1990"], "Date of birth must be a real date"),
        (["32", "1", "1990"], "Date of birth must be a real date"),
        (["1", "13", "1990"], "Date of birth must be a real date"),
        (["first", "1", "1990"], "Date of birth must be a real date"),
        (["1", "1", "two"], "Date of birth must be a real date"),
        (["-1", "1", "1990"], "Date of birth must be a real date"),
        (["1\x00", "1", "1990"], "Date of birth must be a real date"),
        (["²", "1", "1990"], "Date of birth must be a real date"),
        (["9" * 5000, "1", "1990"], "Date of birth must be a real date"),
        (["1", "1", "90"], "Date of birth must have a year of 4 numbers"),
        (["1", "1", "19900"], "Date of birth must have a year of 4 numbers"),
        (["1", "1", "0001"], "Date of birth must have a year from 1900 to 2100"),
        (["1", "1", "9999"], "Date of birth must have a year from 1900 to 2100"),
        (["", "1", "1990"], "Date of birth must include a day"),
        (["", "1", ""], "Date of birth must include a day and a year"),
        ([" ", "", "1990"], "Date of birth must include a day and a month"),
        ([None, "4", None], "Date of birth must include a day and a year"),
    ],
)
def test_what_is_no_date_and_what_it_says(typed, words):
    with pytest.raises(ValidationError) as refused:
        birthday().clean(typed)
    assert refused.value.messages == [words]


def test_empty_is_missing_or_nothing():
    assert birthday(required=False).clean(["", "", ""]) is None
    with pytest.raises(ValidationError):
        birthday().clean(["", "", ""])


def test_limits_are_days_in_london():
    today = timezone.localdate()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)

    def parts(day):
        return [str(day.day), str(day.month), str(day.year)]

    assert birthday(not_future=True).clean(parts(today)) == today
    assert birthday(not_past=True).clean(parts(today)) == today
    for options, day, words in (
        ({"not_future": True}, tomorrow, "Date of birth must be today or in the past"),
        ({"not_past": True}, yesterday, "Date of birth must be today or in the future"),
        ({"earliest": date(2030, 4, 1)}, date(2030, 3, 31), "Date of birth must be on or after 1 April 2030"),
    ):
        with pytest.raises(ValidationError) as refused:
            birthday(**options).clean(parts(day))
        assert refused.value.messages == [words]


def test_a_per_cent_sign_in_the_label_is_just_a_sign():
    with pytest.raises(ValidationError) as refused:
        DateField(label="100% done on").clean(["x", "1", "1990"])
    assert refused.value.messages == ["100% done on must be a real date"]


def test_change_is_noticed():
    field = birthday()
    assert not field.has_changed(date(2026, 3, 3), ["3", "3", "2026"])
    assert not field.has_changed("2026-03-03", ["03", "mar", "2026"])
    assert field.has_changed(date(2026, 3, 3), ["4", "3", "2026"])
    assert field.has_changed(None, ["4", "x", "2026"])


@given(st.tuples(*[st.text(max_size=12)] * 3))
def test_whatever_is_typed_gives_a_date_or_a_plain_refusal(typed):
    field = birthday(required=False)
    try:
        found, refusal = field.clean(list(typed)), []
    except ValidationError as refused:
        found, refusal = None, refused.messages
    assert all(message.startswith("Date of birth must") for message in refusal)
    assert found is None or date(1900, 1, 1) <= found <= date(2100, 12, 31)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_every_day_comes_back_as_typed(day):
    assert birthday().clean(birthday().widget.decompress(day)) == day


@pytest.mark.parametrize(
    ("typed", "day"),
    [(["2", "2024"], date(2024, 2, 1)), (["march", "2026"], date(2026, 3, 1)), (["", ""], None)],
)
def test_a_month_is_its_first_day(typed, day):
    assert MonthField(label="Month", required=False).clean(typed) == day


@pytest.mark.parametrize(
    ("typed", "words", "parts"),
    [
        (["13", "2024"], "Month must be a real date", ("month",)),
        (["3", ""], "Month must include a year", ("year",)),
        (["3", "24"], "Month must have a year of 4 numbers", ("year",)),
        (["1", "2100"], "Month must be today or in the past", ("day", "month", "year")),
    ],
)
def test_a_wrong_month_says_which_box(typed, words, parts):
    with pytest.raises(ValidationError) as refused:
        MonthField(label="Month", not_future=True).clean(typed)
    assert refused.value.messages == [words]
    assert refused.value.params["parts"] == parts


def test_this_month_is_not_in_the_future():
    today = timezone.localdate()
    typed = [str(today.month), str(today.year)]
    assert MonthField(label="Month", not_future=True).clean(typed) == today.replace(day=1)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("", []),
        (" , ", []),
        ("27 3 1985", [date(1985, 3, 27)]),
        ("27/3/1985; 4 March 1990, 27.03.1985", [date(1985, 3, 27), date(1990, 3, 4)]),
        ("4-3-1990\n1 1 1980", [date(1980, 1, 1), date(1990, 3, 4)]),
    ],
)
def test_several_days_in_one_box(typed, days):
    assert DatesField(label="Other dates", required=False).clean(typed) == days


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("31 2 1990", "Other dates: “31 2 1990” must be a real date"),
        ("4 3 1990, soon", "Other dates: “soon” must be a real date"),
        ("4 3 90", "Other dates: “4 3 90” must have a year of 4 numbers"),
        ("1990", "Other dates: “1990” must be a real date"),
        ("1 1 2099", "Other dates: “1 1 2099” must be today or in the past"),
        ("1 1 1980, 2 1 1980, 3 1 1980", "Other dates must be 2 or fewer"),
        ("100%s", "Other dates: “100%s” must be a real date"),
        ("\0", "must be a real date"),
    ],
)
def test_what_is_wrong_with_one_of_several_days_is_told(typed, words):
    with pytest.raises(ValidationError) as refusal:
        DatesField(label="Other dates", required=False, not_future=True, most=2).clean(typed)
    assert words in refusal.value.messages[0]


def test_several_days_come_back_as_they_are_typed():
    field = DatesField(label="Other dates")
    assert field.prepare_value([date(1985, 3, 27), date(1990, 3, 4)]) == "27 3 1985, 4 3 1990"
    assert field.prepare_value("27 3 1985, x") == "27 3 1985, x"
