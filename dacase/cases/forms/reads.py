"""The filter of the agency's record of reads and acts."""

from typing import Any

from django import forms

from dacase.ui.forms import DateField, FilterForm, SelectField


class LogFilter(FilterForm):
    person = SelectField(label="Person", choices=(), blank="Everybody")
    since = DateField(label="From", help_text="")
    until = DateField(label="To", help_text="")
    refused = forms.BooleanField(label="Only refused")

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", "Everybody"), *((str(key), name) for key, name in people)]  # type: ignore[attr-defined]
