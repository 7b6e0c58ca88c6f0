"""The sign-in forms of django-allauth in our words. Named in dacase.ui.sign_in."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp

from dacase.ui.forms import plain_words
from dacase.ui.renderer import Look

CODE_HINT = "The 6 numbers that your authenticator app shows now, or one of your recovery codes."
LONG_ENOUGH = "At least 12 characters. Three random words are easy to remember and hard to guess."

LABELS = {
    "login": "Email address",
    "email": "Email address",
    "password": "Password",
    "oldpassword": "Current password",
    "password1": "New password",
    "password2": "New password again",
    "code": "Code",
}
REQUIRED = {
    "login": "Enter your email address",
    "email": "Enter your email address",
    "password": "Enter your password",
    "oldpassword": "Enter your current password",
    "password1": "Enter a new password",
    "password2": "Enter the new password again",
    "code": "Enter the code",
}
HINTS = {"code": CODE_HINT, "password1": LONG_ENOUGH}


class PlainWords:
    """Gives allauth's fields our labels, hints and errors, and none of its own markup."""

    use_required_attribute = False
    looks = {"code": Look(width=10), "login": Look(width=30), "email": Look(width=30)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, "")
            if name in REQUIRED:
                field.error_messages["required"] = REQUIRED[name]
            if name == "code":
                field.widget.attrs |= {"inputmode": "numeric", "spellcheck": "false"}
        plain_words(self.fields)  # type: ignore[attr-defined]
        for name in ("login", "email"):
            if name in self.fields:  # type: ignore[attr-defined]
                self.fields[name].error_messages["invalid"] = "Enter an email address, like name@example.org"  # type: ignore[attr-defined]


class LoginForm(PlainWords, account.LoginForm):
    pass


class ReauthenticateForm(PlainWords, account.ReauthenticateForm):
    pass


class ResetPasswordForm(PlainWords, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(PlainWords, account.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(PlainWords, account.ChangePasswordForm):
    pass


class AuthenticateForm(PlainWords, mfa.AuthenticateForm):
    pass


class ReauthenticateCodeForm(PlainWords, mfa.ReauthenticateForm):
    pass


class ActivateTOTPForm(PlainWords, totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "The 6 numbers that the app shows for DACase now."
