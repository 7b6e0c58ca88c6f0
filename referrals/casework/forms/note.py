"""Forms of notes."""

from datetime import datetime, time
from typing import Any

from django.utils import timezone

from dacase.ui.forms import (
    DateField,
    FilterForm,
    Form,
    LongTextField,
    Look,
    RadioField,
    SelectField,
    SubmitOnceForm,
    TextField,
    VersionedForm,
)
from referrals.casework.choices import NoteKind

WHOSE = [("mine", "Written by me"), ("agency", "Of my agency"), ("others", "Shared by others")]


class NoteForm(SubmitOnceForm):
    text = LongTextField(label="Note", max_length=20_000, rows=12)
    kind = RadioField(label="What is it?", choices=NoteKind, initial=NoteKind.CONVERSATION)
    happened_on = DateField(label="When was it?", not_future=True)

    looks = {"kind": Look(small=True)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_on"].initial = timezone.localdate

    def note(self) -> dict[str, Any]:
        """What the service takes: today means now, an earlier day its noon."""
        data = dict(self.cleaned_data)
        day = data.pop("happened_on")
        if day < timezone.localdate():
            data["happened_at"] = timezone.make_aware(datetime.combine(day, time(12)))
        return data


class ChangeNoteForm(VersionedForm):
    text = LongTextField(label="Note", max_length=20_000, rows=12)


class ShareNoteForm(Form):
    reason = TextField(
        label="Why do other agencies need to read it?", max_length=500, help_text="It is kept with the note."
    )


class StrikeNoteForm(Form):
    reason = TextField(label="What is wrong with it?", max_length=500)


class NoteFilter(FilterForm):
    kind = SelectField(label="Kind", choices=NoteKind, blank="All")
    whose = SelectField(label="Whose", choices=WHOSE, blank="All that I may read")
