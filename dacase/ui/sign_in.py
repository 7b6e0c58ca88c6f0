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

# For the account adapter: `error_messages = DefaultAccountAdapter.error_messages | ERROR_WORDS`.
ERROR_WORDS = {
    "email_password_mismatch": "The email address or the password is not right. Check both and try again",
    "too_many_login_attempts": "Too many tries. Wait 5 minutes, then try again",
    "account_inactive": "This account is not in use. Your agency’s administrator can open it again",
    "enter_current_password": "The current password is not right",
    "incorrect_password": "The password is not right",
}
