"""Setting up the second step, on allauth's own pages. What changes is recorded in the same transaction."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django import forms
from django.http import HttpResponse

from dacase.agencies.forms.second_factor import use_code
from dacase.agencies.services.sign_in import record_change


class ActivateView(ActivateTOTPView):
    """Counts the code that proves a new app as this session's second step, and as used."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        response = super().form_valid(form)
        user = self.request.user
        authenticator = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
        use_code(authenticator, form.cleaned_data["code"])
        record_authentication(self.request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        record_change("second_step_set_up", user=user, request=self.request)
        return response


class GenerateView(GenerateRecoveryCodesView):
    """Makes new recovery codes in place of the former ones."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        response = super().form_valid(form)
        record_change("recovery_codes_made", user=self.request.user, request=self.request)
        return response


activate = ActivateView.as_view()
generate_recovery_codes = GenerateView.as_view()
