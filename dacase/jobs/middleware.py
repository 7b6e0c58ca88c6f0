from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from dacase.jobs.views import health


class HealthMiddleware:
    """Answers the health check before anything else looks at the request.

    Further in, a lost database would be an error of the session or of the transaction round the page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == reverse("jobs:health"):
            return health(request)
        return self.get_response(request)
