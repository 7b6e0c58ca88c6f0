"""Turns values into the words that pages use."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone


def lower_first(text: str) -> str:
    """`text` as it stands inside a sentence: “Date of birth” becomes “date of birth”, “NHS number” stays."""
    first = text.split(" ", 1)[0]
    return text if sum(letter.isupper() for letter in first) > 1 else text[:1].lower() + text[1:]


def day_words(day: date) -> str:
    """“3 March 2026”."""
    return f"{day.day} {day:%B} {day.year}"


def time_words(moment: datetime) -> str:
    """“10:42am”, “9am”, “midday”, in London."""
    local = timezone.localtime(moment)
    if (local.hour, local.minute) in ((0, 0), (12, 0)):
        return "midnight" if local.hour == 0 else "midday"
    half = "am" if local.hour < 12 else "pm"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{half}"


def moment_words(moment: datetime) -> str:
    """“3 March 2026 at 10:42am”, in London."""
    return f"{day_words(timezone.localtime(moment).date())} at {time_words(moment)}"


def show(field: forms.Field, value: Any) -> str:
    """`value` of `field` in words: the label of a choice, a written date, “Yes”, “Not given”."""
    if value in (None, "", [], ()):
        return "Not given"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return day_words(value)
    labels = {
        str(key): str(label)
        for key, label in getattr(field, "choices", ())
        if not isinstance(label, list | tuple)
    }
    many = value if isinstance(value, list | tuple | set) else [value]
    return ", ".join(
        day_words(one) if isinstance(one, date) else labels.get(str(one), str(one)) for one in many
    )
