"""Fields with the limits, the widgets and the words that GOV.UK pages use.

Django's own fields work too: the base Form gives them the same words.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dacase.ui.dates import DateField, DatesField, DateWidget, MonthField

__all__ = [
    "CheckboxesField",
    "ConfirmField",
    "DateField",
    "DateWidget",
    "DatesField",
    "EmailField",
    "FileField",
    "LongTextField",
    "MonthField",
    "PhoneField",
    "RadioField",
    "SelectField",
    "TextField",
    "TimeField",
    "YesNoField",
]

Choices = Iterable[tuple[Any, Any]] | type

# Line breaks and tabs belong to text; every other control character breaks files made of it later.
CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class TextField(forms.CharField):
    """One line of text. max_length is in characters, 200 unless told."""

    def __init__(self, *, max_length: int = 200, autocomplete: str = "off", **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.widget.attrs.setdefault("autocomplete", autocomplete)

    def to_python(self, value: Any) -> str:
        return CONTROL.sub("", unicodedata.normalize("NFC", super().to_python(value) or ""))


class LongTextField(TextField):
    """Several lines of text. max_length is in characters, 4,000 unless told."""

    def __init__(self, *, max_length: int = 4000, rows: int = 5, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)
        self.widget.attrs.setdefault("spellcheck", "true")

    def to_python(self, value: Any) -> str:
        # A browser sends two characters for each line break, and counts one.
        return super().to_python(value).replace("\r\n", "\n")


class PhoneField(TextField):
    """A phone number as it is written down: digits, spaces, brackets, dashes, a plus in front, an extension.

    Only the shape is checked. A number of a film or a hostel's switchboard is a number too.
    """

    widget = forms.TextInput(attrs={"type": "tel"})
    shape = re.compile(r"^\+?[\d\s()./-]+(?:(?:ext|x)\.?\s*\d{1,6})?$", re.IGNORECASE)

    def __init__(self, *, max_length: int = 40, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not (self.shape.match(value) and 6 <= sum(letter.isdigit() for letter in value) <= 21):
            raise ValidationError(
                "Enter a phone number with its area code, like 020 7946 0000 or 07700 900000", code="invalid"
            )


class EmailField(forms.EmailField):
    """An e-mail address."""

    def __init__(self, *, max_length: int = 254, autocomplete: str = "off", **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self.widget.attrs.setdefault("autocomplete", autocomplete)
        self.widget.attrs.setdefault("spellcheck", "false")
        self.error_messages["invalid"] = "Enter an email address in the correct format, like name@example.org"


class TimeField(forms.Field):
    """A time of day, such as 9:30am, 9am or 14:30."""

    widget = forms.TextInput(attrs={"autocomplete": "off"})
    shape = re.compile(r"^(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?$", re.IGNORECASE)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "For example, 9:30am or 14:30")
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> time | None:
        if value in (None, ""):
            return None
        if isinstance(value, time):
            return value
        found = self.shape.match(str(value).strip())
        if found and found[1].isascii() and (found[2] or found[3]):
            hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
            if half and not 1 <= hour <= 12:
                hour = 99
            elif half:
                hour = hour % 12 + (12 if half == "pm" else 0)
            if hour < 24 and minute < 60:
                return time(hour, minute)
        raise ValidationError(f"{self.label or 'Time'} must be a time, like 9:30am or 14:30", code="invalid")

    def prepare_value(self, value: Any) -> Any:
        return value.strftime("%H:%M") if isinstance(value, time) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class RadioField(forms.ChoiceField):
    """One of a few choices. Nothing is chosen beforehand."""

    widget = forms.RadioSelect

    def __init__(self, *, choices: Any, **kwargs: Any) -> None:
        listed = getattr(choices, "choices", choices)
        super().__init__(choices=[pair for pair in listed if pair[0] not in ("", None)], **kwargs)


class YesNoField(RadioField):
    """Yes or no, as True or False; None when it is optional and was not answered."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("yes", "Yes"), ("no", "No")], **kwargs)

    def clean(self, value: Any) -> bool | None:
        answer = super().clean(value)
        return {"yes": True, "no": False}.get(answer)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class SelectField(forms.ChoiceField):
    """One of many choices, in a drop-down that starts with `blank`."""

    def __init__(self, *, choices: Any, blank: str = "Choose", **kwargs: Any) -> None:
        listed = getattr(choices, "choices", choices)
        pairs = [pair for pair in listed if pair[0] not in ("", None)]
        super().__init__(choices=[("", blank), *pairs], **kwargs)


class CheckboxesField(forms.MultipleChoiceField):
    """Any number of choices."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices=getattr(choices, "choices", choices), **kwargs)


class ConfirmField(forms.BooleanField):
    """A box that must be ticked. `must` is the error: what ticking it says."""

    def __init__(self, *, must: str, **kwargs: Any) -> None:
        super().__init__(error_messages={"required": must}, **kwargs)


class FileField(forms.FileField):
    """A file of at most `max_megabytes`, whose name ends in one of `endings` (with no dot)."""

    def __init__(self, *, endings: tuple[str, ...], max_megabytes: int = 10, **kwargs: Any) -> None:
        self.endings, self.max_megabytes = endings, max_megabytes
        super().__init__(
            widget=forms.FileInput(attrs={"accept": ",".join(f".{end}" for end in endings)}), **kwargs
        )
        self.error_messages["empty"] = "The selected file is empty"

    def to_python(self, data: Any) -> Any:
        file = super().to_python(data)
        if file is None:
            return None
        if not str(file.name).lower().endswith(tuple(f".{end}" for end in self.endings)):
            raise ValidationError(
                f"The selected file must be a {' or '.join(e.upper() for e in self.endings)}"
            )
        if file.size > self.max_megabytes * 1024 * 1024:
            raise ValidationError(f"The selected file must be smaller than {self.max_megabytes}MB")
        return file
