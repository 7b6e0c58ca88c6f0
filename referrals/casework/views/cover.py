from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from referrals.casework.forms.cover import CoverForm
from referrals.casework.selectors.episode import colleagues
from referrals.casework.selectors.team import covers_running
from referrals.casework.services.cover import end_cover, set_cover


@require_http_methods(["GET", "POST"])
@requires("work_episode")
def cover_create(request: ActingRequest) -> HttpResponse:
    """Say who stands in while somebody is away: oneself, or for a manager anybody."""
    member = request.membership
    everybody = list(colleagues(member))
    away = everybody if member.may("allocate_episode") else [one for one in everybody if one.pk == member.pk]
    form = CoverForm(request.POST or None, away=away, workers=everybody, initial={"worker": str(member.pk)})
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: set_cover(actor=member, **form.cleaned_data)):
        messages.success(request, f"{form.result.colleague.user.name} stands in.")
        return redirect("casework:my_day")
    context = {
        "form": form,
        "heading": "Arrange cover",
        "back_url": reverse("casework:my_day"),
        "intro": "Whoever stands in sees what falls due on both days. It ends by itself after the last day.",
    }
    return render(request, "layouts/form.html", context)


@require_POST
@requires("work_episode")
def cover_end(request: ActingRequest, pk: UUID) -> HttpResponse:
    """End a cover before its last day."""
    get_object_or_404(covers_running(request.membership), pk=pk)
    end_cover(pk, actor=request.membership)
    messages.success(request, "The cover has ended.")
    return redirect("casework:my_day")
