"""What the settings tell django-allauth about its forms: ours, with plain words. Imports nothing."""

ACCOUNT_FORMS = {
    "login": "dacase.ui.account_forms.LoginForm",
    "reauthenticate": "dacase.ui.account_forms.ReauthenticateForm",
    "reset_password": "dacase.ui.account_forms.ResetPasswordForm",
    "reset_password_from_key": "dacase.ui.account_forms.ResetPasswordKeyForm",
    "change_password": "dacase.ui.account_forms.ChangePasswordForm",
}
MFA_FORMS = {
    "authenticate": "dacase.ui.account_forms.AuthenticateForm",
    "reauthenticate": "dacase.ui.account_forms.ReauthenticateCodeForm",
    "activate_totp": "dacase.ui.account_forms.ActivateTOTPForm",
}
