"""Where a form page keeps what is being typed. The address names the form's page, never what is in it."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

from dacase.agencies.access import ActingRequest
from dacase.cases.services.draft import discard_draft, save_draft


@require_POST
def draft_save(request: ActingRequest) -> HttpResponse:
    """Keep what is being typed, and say when."""
    path, sent = form_path(request), request.GET.get("round", "0")
    if not (sent.isascii() and sent.isdecimal()) or len(sent) > 9:
        raise Http404
    try:
        draft = save_draft(request.membership, path=path, data=dict(request.POST.lists()), drawn=int(sent))
    except ValidationError as refusal:
        return render(request, "cases/draft/kept.html", {"refusal": refusal.messages[0]})
    return render(request, "cases/draft/kept.html", {"saved_at": draft.saved_at if draft else None})


@require_POST
def draft_discard(request: ActingRequest) -> HttpResponse:
    """Forget it, and go back to the empty form."""
    path = form_path(request)
    discard_draft(request.membership, path=path)
    return redirect(path)


def form_path(request: ActingRequest) -> str:
    """The page of this site that `?for=` names; 404 for anything else."""
    path = request.GET.get("for", "")
    if urlsplit(path).netloc or not path.startswith("/"):
        raise Http404
    try:
        resolve(path)
    except (Resolver404, ValueError):
        raise Http404 from None
    return path
