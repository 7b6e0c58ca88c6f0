"""The end of every view that a button posts to."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect

from dacase.agencies.access import ActingRequest


def act(request: ActingRequest, service: Callable[[], Any], done: str, *back: Any) -> HttpResponse:
    """Call a service, say that it was done or why it was refused, and go to the page `back`."""
    try:
        service()
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, done)
    return redirect(*back)
