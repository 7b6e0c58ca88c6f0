"""The safe contact questions, which come before anything else on every page that takes in a referral."""

from typing import Any

from dacase.ui.forms import CheckboxesField, EmailField, Form, LongTextField, Look, PhoneField, TextField
from referrals.rules.contact import ContactAnswers
from referrals.rules.referral import check_messages

WAYS = [
    ("safe_to_call", "Call"),
    ("safe_to_text", "Send a text message"),
    ("safe_to_leave_message", "Leave a voicemail message"),
    ("safe_to_write", "Write by email or post"),
]
CONTACT_LOOKS = {"phone": Look(width=20), "code_word": Look(width=20), "ways": Look(small=True)}


class ContactFields(Form):
    """How the victim-survivor can be reached without danger."""

    phone = PhoneField(label="Phone number", required=False, max_length=30)
    email = EmailField(label="Email address", required=False)
    address = LongTextField(label="Address", required=False, max_length=500, rows=3)
    ways = CheckboxesField(
        label="What is safe?",
        choices=WAYS,
        required=False,
        help_text="Tick only what the victim-survivor has said is safe. If you could not ask, tick nothing.",
    )
    safe_times = TextField(
        label="When is it safe?",
        required=False,
        max_length=300,
        help_text="For example, weekdays between 10am and 2pm",
    )
    who_else_sees = TextField(
        label="Who else may see or hear a message?",
        required=False,
        max_length=300,
        help_text="For example, somebody who shares the phone or opens the post",
    )
    code_word = TextField(
        label="Code word",
        required=False,
        max_length=60,
        help_text="A word agreed so that a caller knows who answers",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ways = set(data.get("ways", ()))
        if ways - {"safe_to_write"} and not data.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Enter the phone number that is safe to use")
        no_address = not data.get("email") and not data.get("address")
        if "safe_to_write" in ways and no_address and "email" not in self.errors:
            self.add_error("email", "Enter the email or postal address that is safe to write to")
        said = {name: name in ways for name in ("safe_to_call", "safe_to_text", "safe_to_leave_message")}
        self.attempt(lambda: check_messages(**said))
        return data

    def contact(self) -> ContactAnswers:
        """The safe contact answers, for the service."""
        data = self.cleaned_data
        texts = {
            name: data[name]
            for name in ("phone", "email", "address", "safe_times", "who_else_sees", "code_word")
        }
        ways: dict[str, Any] = dict.fromkeys(data["ways"], True)
        return ContactAnswers(**texts, **ways)
