"""The pages for people without an account. They write into a letterbox and can read nothing at all.

`/hello/` is for whoever wants help, perhaps with somebody looking on: nothing in its address, title, headers,
cookies or storage says what it is about. It is exempt from the check against forged forms, because that needs a
cookie and guards a session's authority, and here is none: who could forge this could as well send it. A form
that another site sends is refused all the same.
"""

import logging
from collections.abc import Callable
from functools import wraps

from allauth.core.internal.ratelimit import consume
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from dacase.jobs.tasks_base import where
from dacase.ui.forms import Form
from dacase.ui.htmx import render_fragment
from dacase.ui.views import quiet_context
from referrals.forms.public_referral import HELLO_WAYS, HelloForm, PartnersPage, Posted

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]
TOO_LONG = "That was too long for us to take in. Please write it shorter"
NOT_KEPT = "We could not take this in just now. Please press the button again, or call"
TOO_OFTEN = "Many messages have come from here in the last hour. Wait a few minutes, or call"


class SeeOther(HttpResponseRedirect):
    """Leads on by GET, so that the way back does not send anything again."""

    status_code = 303


def quiet(view: View) -> View:
    """A page that leaves as little behind as a page can, and takes no form from another site."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") not in OWN:
            return HttpResponse(status=400)
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return csrf_exempt(login_not_required(guarded))


# "none" is what a browser says where nobody led there, as after a typed address.
OWN = {"same-origin", "none"}


@quiet
@require_http_methods(["GET", "POST"])
def hello(request: HttpRequest) -> HttpResponse:
    """Ask for help. Kept for the worker in the same transaction; the next page's address says nothing."""
    try:
        form = HelloForm(request.POST if request.method == "POST" else None)
    except SuspiciousOperation:  # far too long, or far too many fields
        form = HelloForm({"submission": ""})
        form.errors.clear()
        form.add_error(None, TOO_LONG)
        return render(request, "referrals/public_referral/hello.html", quiet_context(form=form), status=400)
    if (
        request.method == "POST"
        and form.is_valid()
        and _may_send(request, "hello", form)
        and _kept(form, form.send)
    ):
        return SeeOther(reverse("referrals:hello_sent", args=[form.way]))
    return render(request, "referrals/public_referral/hello.html", quiet_context(form=form))


@quiet
@require_GET
def hello_sent(request: HttpRequest, number: int) -> HttpResponse:
    """What happens next, by the way to get in touch that was given; `number` is that way's.

    A number of no way is read as none was given: an error page would show the product's name.
    """
    way = number if number <= len(HELLO_WAYS) else 0
    response = render(request, "referrals/public_referral/hello_sent.html", quiet_context(way=way))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@quiet
@require_GET
def hello_leave(request: HttpRequest) -> HttpResponse:
    """Away from here, for browsers that run no script. Not asked to clear the cache: that may take seconds."""
    response = HttpResponseRedirect(settings.PUBLIC_EXIT_URL)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@login_not_required
@require_http_methods(["GET", "POST"])
def partners(request: HttpRequest) -> HttpResponse:
    """The referral of a professional without an account."""
    posted = Posted(request)
    page = PartnersPage(posted)  # type: ignore[arg-type]
    adding = request.POST.get("add", "")
    ready = not page.add_row(adding) and posted.sent and page.is_valid()
    if ready and _may_send(request, "partners", page.form) and _kept(page.form, page.send):
        return redirect("referrals:partners_sent")
    context = {**page.context, "help": settings.PUBLIC_HELP}
    return render_fragment(request, "referrals/public_referral/partners.html", adding, context)


@login_not_required
@require_GET
def partners_sent(request: HttpRequest) -> HttpResponse:
    """What happens next: the call back."""
    return render(request, "referrals/public_referral/partners_sent.html", {})


def _may_send(request: HttpRequest, action: str, form: Form) -> bool:
    """Whether this address has not sent too much lately. What was typed stays on the page.

    Where the cache cannot say, it may: a lost cache must not lose a call for help.
    """
    try:
        allowed = consume(request, app="dacase", action=action, config=settings.PUBLIC_RATE_LIMITS)
    except Exception as error:  # noqa: BLE001 - whatever the cache's client raises
        log.warning("The limit of a public page could not be asked: %s", where(error))
        return True
    if allowed:
        return True
    form.add_error(None, TOO_OFTEN)
    return False


def _kept(form: Form, send: Callable[[], object]) -> bool:
    """Whether it was put into the letterbox. Where the database could not, what was typed stays on the page."""
    try:
        return bool(send())
    except DatabaseError as error:
        log.error("A public page could not keep what was sent: %s", where(error))  # noqa: TRY400 - no values
        form.add_error(None, NOT_KEPT)
        return False
