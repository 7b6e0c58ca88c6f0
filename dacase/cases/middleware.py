from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from dacase.walls.context import acting_as


class ContextMiddleware:
    """Runs the request in one transaction with the context of its membership.

    Opened here and not by ATOMIC_REQUESTS, so that rendering a template also happens inside. A view that
    ends in an error of ours leaves nothing behind; a refusal (403, 404) keeps its row in the read log.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_as(request.membership):  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response
