"""Links of e-mails, made when the e-mail is sent, so that no message that waits holds a secret."""

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django import template
from django.conf import settings
from django.urls import reverse

from dacase.agencies.models import Invitation, User
from dacase.agencies.services.invitation import token_of

register = template.Library()

CHANGES = {
    "password_changed": "Your password was changed.",
    "password_reset": "A new password was chosen through the link for a forgotten password.",
    "second_step_set_up": "An authenticator app was set up for the second step.",
    "second_step_removed": "The authenticator app was removed.",
    "recovery_codes_made": "New recovery codes were made. The former ones no longer work.",
    "recovery_code_used": "A recovery code was used to sign in.",
}


@register.simple_tag
def invitation_link(invitation: str) -> str:
    """The newest link of the invitation with this id."""
    token = token_of(Invitation.objects.get(pk=invitation))
    return settings.BASE_URL + reverse("agencies:invitation_accept", args=[token])


@register.simple_tag
def password_reset_link(user: int) -> str:
    """A link that lets the user with this id choose a new password, good for PASSWORD_RESET_TIMEOUT seconds."""
    row = User.objects.get(pk=user)
    key = {
        "uidb36": user_pk_to_url_str(row),
        "key": app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(row),
    }
    return settings.BASE_URL + reverse("account_reset_password_from_key", kwargs=key)


@register.simple_tag
def change_in_words(what: str) -> str:
    """What happened to the account, for its owner."""
    return CHANGES[what]
