"""Sets `request.membership`, the actor of everything that the request does."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.http import urlencode

from dacase.agencies.acting import Missing, find_acting

# What a signed-in user reaches without a membership: to choose one, to leave, to set up a second factor.
WITHOUT_MEMBERSHIP = {
    "account_logout",
    "account_reauthenticate",
    "agencies:choose",
    "agencies:invitation_accept",
    "jobs:health",
    "mfa_activate_totp",
    "mfa_reauthenticate",
    "referrals:hello",
    "referrals:hello_leave",
    "referrals:hello_sent",
    "referrals:partners",
    "referrals:partners_sent",
}
ON_THE_WAY = {Missing.WORK, Missing.CHOICE, Missing.SET_UP}
ENDED = "Your work for this agency has ended, so you have been signed out."
NOT_SHOWN = "A second step has been set up for your account. Sign in again and enter your code."


class ActingMiddleware:
    """Finds the membership that this session acts as; without one, shows the way to one.

    A session that has not passed the second factor never gets a membership, nor one whose membership
    has ended: it is signed out. Programs are told in JSON, browsers with a page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.membership = None  # type: ignore[attr-defined]
        request.can_switch = False  # type: ignore[attr-defined]
        name, is_public = _route(request)
        if not request.user.is_authenticated:
            if wants_json(request) and not is_public:
                return _refuse(401, "Sign in first.")
            return self.get_response(request)
        acting = find_acting(request)
        request.membership = acting.membership  # type: ignore[attr-defined]
        request.can_switch = acting.can_switch  # type: ignore[attr-defined]
        if acting.membership is not None or (acting.missing in ON_THE_WAY and name in WITHOUT_MEMBERSHIP):
            return self.get_response(request)
        return _send_on(request, acting.missing)


def wants_json(request: HttpRequest) -> bool:
    """Whether a program asks, which follows no redirect to a page."""
    accepted = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or (
        "application/json" in accepted and "text/html" not in accepted
    )


def _route(request: HttpRequest) -> tuple[str, bool]:
    """The name of the page asked for, and whether it is open to everybody. An address of no page is neither."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return "", False
    return match.view_name, not getattr(match.func, "login_required", True)


def _send_on(request: HttpRequest, missing: Missing) -> HttpResponse:
    if missing in (Missing.ENDED, Missing.PROOF):
        logout(request)
    if wants_json(request):
        status = 401 if missing in (Missing.ENDED, Missing.PROOF) else 403
        return _refuse(status, "This session acts for no agency. Sign in with a browser first.")
    match missing:
        case Missing.WORK:
            return render(request, "agencies/no_work.html", status=403)
        case Missing.CHOICE:
            return _redirect_back("agencies:choose", request)
        case Missing.SET_UP:
            return _redirect_back("mfa_activate_totp", request)
        case Missing.ENDED:
            messages.warning(request, ENDED)
            return redirect("account_login")
        case _:
            messages.warning(request, NOT_SHOWN)
            return _redirect_back("account_login", request)


def _redirect_back(name: str, request: HttpRequest) -> HttpResponse:
    """To the page `name`, and afterwards back to the page that was asked for, where it can be asked for again."""
    response = redirect(name)
    if request.method == "GET" and request.path != "/":
        response["Location"] += "?" + urlencode({"next": request.get_full_path()})
    return response


def _refuse(status: int, words: str) -> JsonResponse:
    return JsonResponse({"detail": words}, status=status)
