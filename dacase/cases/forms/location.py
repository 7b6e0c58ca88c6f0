"""Forms of where somebody can be found: why one looks, adding one, ending one."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from dacase.cases.choices import LocationKind, ReadPurpose
from dacase.cases.models import Party
from dacase.ui.forms import DateField, EmailField, Form, Look, PhoneField, RadioField, SelectField, TextField


class PurposeForm(Form):
    purpose = RadioField(label="Why do you need to see this?", choices=ReadPurpose)


class AddLocationForm(Form):
    party = SelectField(label="Whose", choices=())
    kind = RadioField(label="What kind", choices=LocationKind)
    value = TextField(label="Address, number or name", max_length=500, help_text="One entry at a time")

    looks = {"kind": Look(small=True)}

    def __init__(self, *args: Any, parties: list[Party], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parties = {str(party.pk): party for party in parties}
        names = [
            (key, f"{party.person.name} ({party.get_role_display().lower()})")
            for key, party in self.parties.items()
        ]
        self.fields["party"].choices = [("", "Choose"), *names]  # type: ignore[attr-defined]

    def clean_party(self) -> Party:
        return self.parties[self.cleaned_data["party"]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        check = {"phone": PhoneField(label="Phone"), "email": EmailField(label="Email")}
        field = check.get(cleaned.get("kind", ""))
        if field and cleaned.get("value"):
            try:
                cleaned["value"] = field.clean(cleaned["value"])
            except ValidationError as error:
                self.add_error("value", error)
        return cleaned


class EndLocationForm(Form):
    until = DateField(label="Last day it was right", not_future=True, initial=timezone.localdate)
