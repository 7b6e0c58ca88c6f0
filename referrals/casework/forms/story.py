"""The form of one part of a story."""

from typing import Any

from dacase.ui.forms import LongTextField, VersionedForm
from referrals.casework.rules.story import Part


class StoryPartForm(VersionedForm):
    text = LongTextField(label="", max_length=10_000, rows=10, required=False)

    def __init__(self, *args: Any, part: Part, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["text"]
        field.label, field.help_text = part.title, f"{part.hint} Leave out where anybody lives."
