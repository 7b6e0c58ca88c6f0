"""Forms of the list of cases, and of closing and reopening one."""

from django import forms

from dacase.cases.choices import Band, ClosingReason, ReopeningReason
from dacase.cases.rules import looks_like_reference, search_key
from dacase.cases.selectors.case import SHORTEST_SEARCH
from dacase.ui.forms import FilterForm, Form, Look, RadioField, SelectField, TextField

STATES = [("open", "Open"), ("closed", "Closed"), ("all", "Open and closed")]


class CaseFilter(FilterForm):
    state = RadioField(label="Show", choices=STATES, initial="open")
    band = SelectField(label="Risk", choices=Band, blank="Any")
    mine = forms.BooleanField(label="Only cases I work on")

    looks = {"state": Look(small=True)}


class SearchForm(Form):
    words = TextField(
        label="Find a case",
        max_length=100,
        help_text="The beginning of a surname, or a whole reference like C-7K2Q-94XD",
    )

    mark_optional = False

    def clean_words(self) -> str:
        words = self.cleaned_data["words"]
        if not looks_like_reference(words) and len(search_key(words)) < SHORTEST_SEARCH:
            raise forms.ValidationError("Enter at least two letters of the surname")
        return words


class CloseForm(Form):
    reason = RadioField(label="Why is this case being closed?", choices=ClosingReason)


class ReopenForm(Form):
    reason = RadioField(label="Why is this case being reopened?", choices=ReopeningReason)
