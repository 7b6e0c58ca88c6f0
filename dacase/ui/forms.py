"""The base of every form: sections, plain errors, versions, submit once. Fields: dacase.ui.fields."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BoundField

from dacase.ui.fields import (
    CheckboxesField,
    ConfirmField,
    DateField,
    DatesField,
    EmailField,
    FileField,
    LongTextField,
    MonthField,
    PhoneField,
    RadioField,
    SelectField,
    TextField,
    TimeField,
    YesNoField,
)
from dacase.ui.renderer import Look
from dacase.ui.stale import StaleVersion
from dacase.ui.words import lower_first, show

__all__ = [
    "CheckboxesField",
    "ConfirmField",
    "DateField",
    "DatesField",
    "EmailField",
    "FileField",
    "FilterForm",
    "Form",
    "LongTextField",
    "Look",
    "MonthField",
    "PhoneField",
    "RadioField",
    "SelectField",
    "StaleVersion",
    "SubmitOnceForm",
    "TextField",
    "TimeField",
    "VersionedForm",
    "YesNoField",
    "plain_words",
]

CHOICES = (forms.RadioSelect, forms.Select, forms.CheckboxSelectMultiple)


def plain_words(fields: dict[str, forms.Field]) -> None:
    """Gives every field errors that name it and say what to do, where it still has Django's own."""
    for name, field in fields.items():
        label = str(field.label or name.replace("_", " ").capitalize())
        field.label = label
        words = field.error_messages
        verb = "Select" if isinstance(field.widget, (*CHOICES, forms.FileInput)) else "Enter"
        if words.get("required") == forms.Field.default_error_messages["required"]:
            words["required"] = f"Answer “{label}”" if label.endswith("?") else f"{verb} {lower_first(label)}"
        if field.widget.is_hidden:
            words["required"] = words["invalid"] = "Part of this page was missing. Send it again"
        if isinstance(field, forms.ChoiceField):
            words["invalid_choice"] = f"{label.rstrip('?')}: select one of the answers"
        # These two messages are formatted, so that a per cent sign in a label must be doubled.
        plain = label.replace("%", "%%")
        words.setdefault("max_length", f"{plain} must be %(limit_value)s characters or fewer")
        words.setdefault(
            "null_characters_not_allowed", f"{plain} has a character that cannot be stored. Type it again"
        )


class Section(NamedTuple):
    """A part of a form as drawn: its heading, the words below it, its fields."""

    title: str
    intro: str
    fields: list[BoundField]


class Form(forms.Form):
    """A form in the house's style.

    sections: (title, intro, [field names]) in the order shown; fields in none stand at the end.
    looks: how a field is drawn, by name (see Look). mark_optional: say “(optional)” in labels.
    """

    sections: ClassVar[list[tuple[str, str, list[str]]]] = []
    looks: ClassVar[dict[str, Look]] = {}
    mark_optional = True
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        plain_words(self.fields)

    def drawn_sections(self) -> list[Section]:
        """The visible fields in their sections, without those that a choice reveals."""
        revealed = {name for look in self.looks.values() for names in look.reveals.values() for name in names}
        left = [field.name for field in self.visible_fields() if field.name not in revealed]
        drawn = []
        for title, intro, names in self.sections:
            here = [name for name in names if name in left]
            left = [name for name in left if name not in here]
            if here:
                drawn.append(Section(title, intro, [self[name] for name in here]))
        if left:
            drawn.append(Section("", "", [self[name] for name in left]))
        return drawn

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), "sections": self.drawn_sections()}

    def retype(self, name: str, value: Any) -> None:
        """Puts `value` into a field of the page that comes back, in place of what was sent."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent[self.add_prefix(name)] = str(value)
        self.data = sent

    def attempt(self, act: Callable[[], Any]) -> bool:
        """Calls a service; its refusal becomes errors of this form. True when it went through.

        A ValidationError with a dict puts each message at its field, and what belongs to no field
        of this form on top.
        """
        try:
            self.result = act()
        except ValidationError as refusal:
            self._take(refusal)
            return False
        return True

    def _take(self, refusal: ValidationError) -> None:
        by_field = (
            refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
        )
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, errors)


class FilterForm(Form):
    """A GET form beside a list. Nothing is required; what makes no sense filters nothing."""

    mark_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    def chosen(self) -> dict[str, Any]:
        """The filters that are set and make sense, by name. Empty when none is."""
        self.is_valid()
        return {
            name: value
            for name, value in getattr(self, "cleaned_data", {}).items()
            if value not in ("", None, [])
        }


class Difference(NamedTuple):
    """One field that two people saved differently."""

    label: str
    theirs: str
    yours: str


class Theirs(NamedTuple):
    """What somebody else saved while this form was open."""

    saved_by: str
    saved_at: Any
    rows: list[Difference]


class VersionedForm(Form):
    """A form on a record that somebody else may save meanwhile.

    Give `initial={"version": record.version, ...}`. The service gets `version` and raises
    StaleVersion when it is not the newest; the page then shows both, and a second submit saves.
    """

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    theirs: Theirs | None = None

    def attempt(self, act: Callable[[], Any]) -> bool:
        try:
            return super().attempt(act)
        except StaleVersion as stale:
            self.show_theirs(stale)
            return False

    def show_theirs(self, stale: StaleVersion) -> None:
        """Prepares the page that shows what is saved now beside what was typed."""
        rows = []
        for name, field in self.fields.items():
            if name in stale.current and name != "version":
                theirs, yours = show(field, stale.current[name]), show(field, self.cleaned_data.get(name))
                if theirs != yours:
                    rows.append(Difference(str(field.label), theirs, yours))
        self.theirs = Theirs(stale.saved_by, stale.saved_at, rows)
        self.retype("version", stale.version)
        self.add_error(
            None,
            f"{stale.saved_by} saved this page while you were typing. Check both versions, then save again.",
        )


class SubmitOnceForm(Form):
    """A form that makes something. The service refuses, or returns, a `submission` it has seen."""

    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["submission"].initial = uuid.uuid4

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and "submission" in self.errors:
            # The page comes back with a fresh number, so that sending it again works.
            self.retype("submission", uuid.uuid4())
