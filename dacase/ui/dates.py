"""A date in three boxes, as people type it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

PARTS = ("day", "month", "year")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
OLDEST_YEAR, LAST_YEAR = 1900, 2100
LONGEST_PART = 20


class DateWidget(forms.MultiWidget):
    """Three inputs, named `<field>_day`, `<field>_month` and `<field>_year`."""

    part_names: tuple[str, ...] = PARTS
    use_fieldset = True

    def __init__(self, *, birthday: bool = False) -> None:
        self.birthday = birthday
        super().__init__({part: forms.TextInput() for part in PARTS})

    def autocomplete(self, part: str) -> str:
        """What a browser may fill in: nothing, for the date is about somebody else."""
        return f"bday-{part}" if self.birthday else "off"

    def decompress(self, value: date | str | None) -> list[str]:
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                value = None
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]


class DateField(forms.Field):
    """A day in the years 1900 to 2100, typed as day, month and year; the month may be a word.

    not_future: today is the last day allowed. not_past: today is the first. earliest: the first
    day allowed. Errors name the field and say what to do, and mark the box that is wrong.
    """

    widget: type[DateWidget] = DateWidget

    def __init__(
        self, *, not_future: bool = False, not_past: bool = False, earliest: date | None = None, **kwargs: Any
    ) -> None:
        self.not_future, self.not_past, self.earliest = not_future, not_past, earliest
        kwargs.setdefault("help_text", "For example, 27 3 2026")
        super().__init__(**kwargs)

    @property
    def name(self) -> str:
        return str(self.label or "Date")

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        typed = dict(zip(PARTS, (str(part or "").strip() for part in value), strict=True))
        missing = [part for part in PARTS if not typed[part]]
        if len(missing) == len(PARTS):
            return None
        if missing:
            raise self._error(f"must include a {' and a '.join(missing)}", "incomplete", missing)
        return self._real_date(typed)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is None:
            return
        today = timezone.localdate()
        if self.not_future and value > today:
            raise self._error("must be today or in the past", "future")
        if self.not_past and value < today:
            raise self._error("must be today or in the future", "past")
        if self.earliest and value < self.earliest:
            raise self._error(f"must be on or after {_in_words(self.earliest)}", "too_early")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            before = self.to_python(
                initial if initial is None or isinstance(initial, date) else self._split(initial)
            )
            return bool(before != self.to_python(data))
        except ValidationError:
            return True

    def _split(self, value: Any) -> Any:
        return DateWidget().decompress(value) if isinstance(value, str) else value

    def _real_date(self, typed: Mapping[str, str]) -> date:
        numbers = {
            "day": _number(typed["day"]),
            "month": _month(typed["month"]),
            "year": _number(typed["year"]),
        }
        wrong = [part for part in PARTS if numbers[part] is None]
        if wrong:
            raise self._error("must be a real date", "invalid", wrong)
        day, month, year = (numbers[part] or 0 for part in PARTS)
        if len(typed["year"]) != 4:
            raise self._error("must have a year of 4 numbers", "year_length", ["year"])
        if not 1 <= month <= 12:
            raise self._error("must be a real date", "invalid", ["month"])
        if not OLDEST_YEAR <= year <= LAST_YEAR:
            raise self._error(f"must have a year from {OLDEST_YEAR} to {LAST_YEAR}", "year_range", ["year"])
        try:
            return date(year, month, day)
        except ValueError:
            raise self._error("must be a real date", "invalid", ["day"]) from None

    def _error(self, words: str, code: str, parts: list[str] | None = None) -> ValidationError:
        # `parts` is read by GovukBoundField.wrong_parts; the message itself holds no placeholder.
        message = f"{self.name} {words}".replace("%", "%%")
        return ValidationError(message, code=code, params={"parts": tuple(parts or PARTS)})


class DatesField(forms.Field):
    """Several days in one box, with commas between them; each typed and checked as in DateField. `most` of them."""

    def __init__(self, *, most: int = 10, not_future: bool = False, **kwargs: Any) -> None:
        self.most, self.not_future = most, not_future
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return ", ".join(f"{day.day} {day.month} {day.year}" for day in value)
        return value

    def to_python(self, value: Any) -> list[date]:
        typed = [one.strip() for one in re.split(r"[,;\n]", value or "") if one.strip()]
        if len(typed) > self.most:
            raise ValidationError(f"{self.label} must be {self.most} or fewer", code="too_many")
        return sorted({day for day in map(self._day, typed) if day is not None})

    def _day(self, typed: str) -> date | None:
        field = DateField(label=f"{self.label}: “{typed[:LONGEST_PART]}”", not_future=self.not_future)
        parts = re.split(r"[\s/.\-]+", typed)
        try:
            return field.clean(parts if len(parts) == len(PARTS) else ["?"] * len(PARTS))
        except ValidationError as error:
            raise ValidationError(error.messages, code="invalid") from None


class MonthWidget(DateWidget):
    """Two inputs, named `<field>_month` and `<field>_year`."""

    part_names = PARTS[1:]

    def __init__(self) -> None:
        self.birthday = False
        forms.MultiWidget.__init__(self, {part: forms.TextInput() for part in self.part_names})

    def decompress(self, value: date | str | None) -> list[str]:
        return super().decompress(value)[1:]


class MonthField(DateField):
    """A month, as its first day. Arguments and errors as DateField; `not_future`: this month is the last allowed."""

    widget = MonthWidget

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "For example, 3 2026")
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        typed = [str(part or "").strip() for part in value]
        return super().to_python(["1", *typed] if any(typed) else ["", "", ""])

    def _split(self, value: Any) -> Any:
        return MonthWidget().decompress(value) if isinstance(value, str) else value


def _number(text: str) -> int | None:
    """The whole number that `text` writes in plain digits, or None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_PART else None


def _month(text: str) -> int | None:
    """The month that `text` gives as a number, an English name or its first three letters, or None."""
    word = text.lower().rstrip(".")
    for names in (MONTHS, MONTH_NAMES):
        if word in names:
            return names.index(word) + 1
    return _number(text)


def _in_words(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1].capitalize()} {day.year}"
