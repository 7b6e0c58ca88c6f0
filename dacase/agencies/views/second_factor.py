"""Setting up the second step, on allauth's own pages. What changes is recorded in the same transaction."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator

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


@method_decorator(login_not_required, name="dispatch")
class AuthenticateView(mfa.AuthenticateView):
    """The second step. Without a code allauth would look for a security key, which we do not have."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and "code" not in request.POST:
            posted = request.POST.copy()
            posted["code"] = ""
            request.POST = posted  # type: ignore[assignment]
        return super().dispatch(request, *args, **kwargs)


class GenerateView(GenerateRecoveryCodesView):
    """Makes new recovery codes in place of the former ones."""

    def form_valid(self, form: forms.Form) -> HttpResponse:
        response = super().form_valid(form)
        record_change("recovery_codes_made", user=self.request.user, request=self.request)
        return response


authenticate = AuthenticateView.as_view()
activate = ActivateView.as_view()
generate_recovery_codes = GenerateView.as_view()
