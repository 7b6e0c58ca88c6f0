"""Pages that say what went wrong. Each says what to do next; none says what exists."""

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template

Page = Callable[..., HttpResponse]


def quiet_context(**more: object) -> dict[str, object]:
    """What layouts/quiet.html needs: a name and words that say nothing of the subject, and where to leave to."""
    return {
        "public_name": settings.PUBLIC_NAME,
        "help": settings.PUBLIC_HELP,
        "exit_url": settings.PUBLIC_EXIT_URL,
        **more,
    }


def quietly(page: Page) -> Page:
    """Below settings.PUBLIC_PATH the page says only that something did not work: not whose page it is, nor why."""

    @wraps(page)
    def drawn(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.path.startswith(settings.PUBLIC_PATH):
            return page(request, *args, **kwargs)
        status = page(request, *args, **kwargs).status_code
        return HttpResponse(get_template("quiet_error.html").render(quiet_context()), status=status)

    return drawn


@quietly
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: something in the request cannot be used, such as a page that is far too long."""
    too_long = isinstance(exception, SuspiciousOperation) and type(exception).__name__ == "RequestDataTooBig"
    return render(request, "400.html", {"too_long": too_long}, status=400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the object may be seen but this may not be done; the page shows the reason given to PermissionDenied."""
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was open too long, or did not come from here. The technical reason stays in the log."""
    return render(request, "403_csrf.html", status=403)


@quietly
def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same for what does not exist and for what this person may not know of."""
    return render(request, "404.html", status=404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """429: too many tries in a short time."""
    return render(request, "429.html", status=429)


@quietly
def server_error(request: HttpRequest) -> HttpResponse:
    """500: drawn without a request's context, which may be what failed."""
    return HttpResponseServerError(get_template("500.html").render())
