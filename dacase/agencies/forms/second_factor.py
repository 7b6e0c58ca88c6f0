"""The code of the second step, good for one use.

allauth remembers a used code for 30 seconds and in the cache only, while the code is good for 90. These
forms remember it with the authenticator, under a lock, so that of 50 requests with one code one gets in.
"""

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.core.exceptions import ValidationError
from django.db import transaction

from dacase.agencies.services.sign_in import record
from dacase.ui import account_forms

LAST_USED = "last_counter"


def unused_counters(authenticator: Authenticator) -> list[int]:
    """The 30-second periods whose code this authenticator takes now: around this one, after the last used."""
    last = authenticator.data.get(LAST_USED, 0)
    return [counter for counter in yield_hotp_counters_from_time() if counter > last]


def use_code(authenticator: Authenticator, code: str) -> bool:
    """Use up `code`, and every code before it (RFC 6238, 5.2). False where it was used already."""
    with transaction.atomic():
        held = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        secret = decrypt(held.data["secret"])
        for counter in unused_counters(held):
            if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
                held.data[LAST_USED] = counter
                held.save(update_fields=["data"])
                return True
    return False


class OneUse:
    """Refuses a code of the app that was used before. Recovery codes are used up by allauth itself."""

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as refusal:
            if refusal.code == "too_many_login_attempts":
                record("sign_in_locked", user=self.user, request=context.request)  # type: ignore[attr-defined]
            raise
        authenticator: Authenticator = self.authenticator  # type: ignore[attr-defined]
        if authenticator.type == Authenticator.Type.TOTP and not use_code(authenticator, code):
            self._emit_authentication_failed(authenticator)  # type: ignore[attr-defined]
            raise get_adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(OneUse, account_forms.AuthenticateForm):
    """The second step of signing in."""


class ReauthenticateForm(OneUse, account_forms.ReauthenticateCodeForm):
    """The code, asked again before a change of the account."""
