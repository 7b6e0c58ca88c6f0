"""Forms of the people in a case and of how they can be contacted without danger."""

from typing import Any

from django import forms
from django.utils import timezone

from dacase.cases.choices import PartyRole, Sex
from dacase.cases.rules.identifiers import doubts, normal_nhs_number, normal_pnc_id
from dacase.cases.services.case import PersonDetails
from dacase.ui.forms import (
    DateField,
    DatesField,
    Form,
    Look,
    RadioField,
    TextField,
    VersionedForm,
    YesNoField,
)

ADDED_LATER = [(role.value, role.label) for role in PartyRole if role != PartyRole.VICTIM]


class DetailsForm(Form):
    """What is known of somebody's identity."""

    given_name = TextField(label="First names", max_length=100, required=False)
    family_name = TextField(label="Last name", max_length=100)
    also_known_as = TextField(
        label="Other names",
        max_length=500,
        required=False,
        help_text="Nicknames, maiden and former names, other spellings, with commas between them",
    )
    date_of_birth = DateField(label="Date of birth", required=False, not_future=True)
    also_born_on = DatesField(
        label="Other dates of birth",
        required=False,
        not_future=True,
        help_text="Given at another time, or in another record, with commas between them. For example, 27 3 1985",
    )
    sex = RadioField(label="Sex", choices=Sex)
    nhs_number = TextField(label="NHS number", max_length=20, required=False)
    pnc_id = TextField(
        label="PNC ID",
        max_length=20,
        required=False,
        help_text="Of the Police National Computer, for example 2015/0123456A",
    )
    relationship = TextField(
        label="Relationship to the victim-survivor",
        max_length=100,
        required=False,
        help_text="For example, ex-partner",
    )

    looks = {
        "given_name": Look(width=30),
        "family_name": Look(width=30),
        "also_born_on": Look(width=30),
        "nhs_number": Look(width=20),
        "pnc_id": Look(width=20),
    }

    def clean_nhs_number(self) -> str:
        return normal_nhs_number(self.cleaned_data["nhs_number"])

    def clean_pnc_id(self) -> str:
        return normal_pnc_id(self.cleaned_data["pnc_id"], this_year=timezone.localdate().year)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "also_born_on" in data:
            data["also_born_on"] = [day for day in data["also_born_on"] if day != data.get("date_of_birth")]
        return data

    def doubts(self) -> list[str]:
        """What to tell after saving: numbers that cannot be right are saved all the same."""
        return doubts(**{name: self.cleaned_data[name] for name in ("nhs_number", "pnc_id")})

    def details(self) -> PersonDetails:
        """The cleaned answers as the services take them."""
        return PersonDetails(**{name: self.cleaned_data[name] for name in PersonDetails.__dataclass_fields__})


class AddPersonForm(DetailsForm):
    role = RadioField(
        label="Role in this case",
        choices=ADDED_LATER,
        help_text="A connected person is a relative, friend or carer who does no harm in this case",
    )

    field_order = ["role"]


class EditPersonForm(VersionedForm, DetailsForm):
    def __init__(self, *args: Any, of_victim: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of_victim:
            self.fields["relationship"].widget = forms.HiddenInput()


class TakeOutForm(Form):
    reason = TextField(
        label="Why?",
        max_length=300,
        error_messages={"required": "Say why"},
        help_text="For example, “is a perpetrator and not a child”. Do not write the name here",
    )


class SafeContactForm(VersionedForm):
    safe_to_call = YesNoField(label="Is it safe to call?")
    safe_to_text = YesNoField(label="Is it safe to text?")
    safe_to_leave_message = YesNoField(label="Is it safe to leave a message?")
    safe_to_write = YesNoField(label="Is it safe to write, by post or email?")
    safe_times = TextField(
        label="Safe times",
        max_length=300,
        required=False,
        help_text="For example, weekdays between 10am and 2pm",
    )
    who_else_sees = TextField(
        label="Who else may see or hear",
        max_length=300,
        required=False,
        help_text="Anybody who shares the phone, opens the post or is at home",
    )
    code_word = TextField(
        label="Code word",
        max_length=60,
        required=False,
        help_text="A word that shows it is really them, or really us",
    )

    sections = [
        ("Ways of contact", "Ask each one. “No” is the right answer when nobody knows.",
         ["safe_to_call", "safe_to_text", "safe_to_leave_message", "safe_to_write"]),
        ("Times, people and a code word", "", ["safe_times", "who_else_sees", "code_word"]),
    ]  # fmt: skip
    looks = {
        "safe_to_call": Look(inline=True),
        "safe_to_text": Look(inline=True),
        "safe_to_leave_message": Look(
            inline=True, help=("Why we ask", "A message can be heard or read by somebody else in the home.")
        ),
        "safe_to_write": Look(inline=True),
        "code_word": Look(width=20),
    }
