from collections.abc import Callable
from time import time
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect
from django.utils.http import urlencode

from dacase.agencies.acting import membership_of_session
from dacase.agencies.middleware import wants_json
from dacase.agencies.services.sign_in import record
from dacase.cases.services.draft import is_kept, save_draft
from dacase.walls.context import acting_as

View = Callable[[HttpRequest], HttpResponse]

STARTED, SEEN = "session_started_at", "session_seen_at"
# The session row is written at most this often, in seconds, however busy its user is.
GRAIN = 30
# What every form carries. A post with nothing else is a button, and its address no page to come back to.
NOTHING_TYPED = {"submission", "version", "next"}
EXPIRED = "You were signed out because nothing happened for a while. Sign in to carry on."
KEPT = "You were signed out before this was sent. We kept what you typed: sign in to carry on."
NOT_KEPT = "You were signed out, and what you sent was too long to keep. Sign in and type it again."


class SessionLimitsMiddleware:
    """Ends a session that was idle, or open, for too long. What was typed into a form meanwhile is kept.

    The post of an expired session changes nothing: it becomes its user's draft of that page, for the agency
    that she acted for, and signing in again leads to the page with the draft in it.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.csrf = CsrfViewMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if is_expired(request):
            return self.end(request)
        if is_activity(request):
            note_activity(request)
        return self.get_response(request)

    def end(self, request: HttpRequest) -> HttpResponse:
        """Sign out; keep what was posted; lead to the sign-in page and from there back."""
        back, words = page_of(request), EXPIRED
        if request.method == "POST":
            # This runs before Django's own check, and a draft must not come from another site.
            if self.csrf.process_view(request, lambda _: HttpResponse(), (), {}) is not None:
                back = ""
            else:
                back, words = keep_typed(request)
        record("session_ended", user=request.user, request=request)
        logout(request)
        if wants_json(request):
            return JsonResponse({"detail": "The session has ended. Sign in again."}, status=401)
        messages.warning(request, words)
        response = redirect("account_login")
        if back:
            response["Location"] += "?" + urlencode({"next": back})
        return response


class ContextMiddleware:
    """Runs the request in one transaction with the context of its membership.

    Opened here and not by ATOMIC_REQUESTS, so that rendering a template also happens inside. A view that
    ends in an error of ours leaves nothing behind; a refusal (403, 404) keeps its row in the read log.
    """

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with acting_as(request.membership):  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


def is_expired(request: HttpRequest) -> bool:
    """Whether the session was idle longer, or is older, than the settings allow."""
    now, session = time(), request.session
    idle = now - session.get(SEEN, now)
    age = now - session.get(STARTED, now)
    return idle > settings.SESSION_IDLE_MINUTES * 60 or age > settings.SESSION_ABSOLUTE_HOURS * 3600


def is_activity(request: HttpRequest) -> bool:
    """Whether somebody is there. A page that asks for the progress of a job does so by itself."""
    return request.headers.get("HX-Target") != "progress"


def note_activity(request: HttpRequest) -> None:
    """Write down that the session is in use, and when it began."""
    now = time()
    request.session.setdefault(STARTED, now)
    if now - request.session.get(SEEN, 0) > GRAIN:
        request.session[SEEN] = now


def page_of(request: HttpRequest) -> str:
    """The page to come back to: the one asked for, or the one that htmx was working on. "" for none."""
    if request.headers.get("HX-Request") == "true":
        shown = urlsplit(request.headers.get("HX-Current-URL", ""))
        return shown._replace(scheme="", netloc="", fragment="").geturl()
    return request.get_full_path() if request.method == "GET" and request.path != "/" else ""


def keep_typed(request: HttpRequest) -> tuple[str, str]:
    """Keep what an expired session posted as a draft. Returns the page to come back to, and what to say."""
    back = page_of(request) or request.get_full_path()
    path = urlsplit(back).path
    typed = {name: values for name, values in request.POST.lists() if is_kept(name)}
    membership = membership_of_session(request)
    if membership is None or not set(typed) - NOTHING_TYPED:
        return page_of(request), EXPIRED
    try:
        with acting_as(membership):
            save_draft(membership, path=path, data=typed)
    except ValidationError:
        return back, NOT_KEPT
    return back, KEPT
