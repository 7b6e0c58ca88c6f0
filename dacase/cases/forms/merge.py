"""Which answers stay when two records become one, and why they are one."""

from collections.abc import Callable
from typing import Any

from django import forms

from dacase.cases.choices import MergeReason, Sex
from dacase.cases.models import Person
from dacase.cases.rules.merge import KEPT, MERGED, differing
from dacase.ui.forms import Form, RadioField, StaleVersion, plain_words
from dacase.ui.words import day_words

LABELS = {
    "given_name": "First names",
    "family_name": "Last name",
    "date_of_birth": "Date of birth",
    "also_born_on": "Other dates of birth",
    "sex": "Sex",
    "nhs_number": "NHS number",
    "pnc_id": "PNC ID",
    "also_known_as": "Other names",
}


class MergeForm(Form):
    """For each field in which the two records differ: which answer stays."""

    kept_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    merged_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = RadioField(label="Why are they one person?", choices=MergeReason)

    def __init__(self, *args: Any, kept: Person, merged: Person, **kwargs: Any) -> None:
        self.now = {"kept_version": kept.version, "merged_version": merged.version}
        super().__init__(*args, initial=self.now, **kwargs)
        self.asked = differing(kept, merged)
        for name in self.asked:
            answers = [(KEPT, words(kept, name)), (MERGED, words(merged, name))]
            self.fields[name] = RadioField(label=f"{LABELS[name]} to keep", choices=answers, initial=KEPT)
        plain_words({name: self.fields[name] for name in self.asked})
        self.order_fields([*self.asked, "reason"])

    @property
    def versions(self) -> tuple[int, int]:
        return self.cleaned_data["kept_version"], self.cleaned_data["merged_version"]

    @property
    def chosen(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.asked}

    def attempt(self, act: Callable[[], Any]) -> bool:
        try:
            return super().attempt(act)
        except StaleVersion as stale:
            for name, version in self.now.items():
                self.retype(name, version)
            self.add_error(
                None,
                f"{stale.saved_by} changed one of these records meanwhile. Check both, then merge again.",
            )
            return False


def words(person: Person, name: str) -> str:
    """What a record says in a field, in words; empty where it says nothing."""
    value = getattr(person, name)
    if name == "date_of_birth":
        return day_words(value) if value else ""
    if name == "also_born_on":
        return ", ".join(map(day_words, value))
    return Sex(value).label if name == "sex" else str(value)
