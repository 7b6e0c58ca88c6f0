"""Choosing which agency to act for."""

from allauth.account.adapter import get_adapter
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dacase.agencies.access import ActingRequest
from dacase.agencies.acting import act_for
from dacase.agencies.forms.choose import ChooseForm
from dacase.agencies.selectors.membership import own_memberships


@require_http_methods(["GET", "POST"])
def choose(request: ActingRequest) -> HttpResponse:
    """Choose one of one's own memberships, and go on to where one was going."""
    memberships = list(own_memberships(request.user))
    initial = {"membership": str(request.membership.pk)} if request.membership else {}
    form = ChooseForm(request.POST or None, memberships=memberships, initial=initial)
    if request.method == "POST" and form.is_valid():
        act_for(request, form.chosen())
        following = request.POST.get("next", "")
        return redirect(following if get_adapter(request).is_safe_url(following) else "cases:home")
    return render(request, "agencies/choose.html", {"form": form, "next": request.GET.get("next", "")})
