"""What a page says when an act was refused, or when its object has just gone."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse

from dacase.agencies.access import ActingRequest
from dacase.ui.forms import VersionedForm

View = Callable[..., HttpResponse]


def missing_is_404(view: View) -> View:
    """Answer 404 where the object went out of sight between the page and the act, as when a colleague sent it back."""

    @wraps(view)
    def guarded(request: ActingRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ObjectDoesNotExist as missing:
            raise Http404 from missing

    return guarded


def tell_refusal(request: ActingRequest, form: VersionedForm) -> None:
    """Say on the next page why a button did nothing; that page shows how things stand now."""
    if form.theirs is not None:
        messages.info(
            request, f"{form.theirs.saved_by} changed this while you were looking. This is how it stands now."
        )
        return
    for error in form.non_field_errors() or ["This page was out of date. Try again."]:
        messages.info(request, str(error))
