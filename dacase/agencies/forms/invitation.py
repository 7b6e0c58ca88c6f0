from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from dacase.agencies.models import Invitation, User
from dacase.ui.forms import Form, TextField


class AcceptForm(Form):
    """The name and password of somebody who was invited."""

    name = TextField(
        label="Your name", max_length=120, autocomplete="name", help_text="As your colleagues know you."
    )
    password = forms.CharField(
        label="New password",
        error_messages={"required": "Enter a new password"},
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three random words are easy to remember and hard to guess.",
    )
    again = forms.CharField(
        label="New password again",
        error_messages={"required": "Enter the new password again"},
        max_length=500,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": invitation.name}, **kwargs)
        self.invitation = invitation

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", "The two passwords are not the same")
        elif password:
            try:
                validate_password(password, User(email=self.invitation.email, name=cleaned.get("name", "")))
            except ValidationError as refusal:
                self.add_error("password", refusal)
        return cleaned
