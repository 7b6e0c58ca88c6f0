"""What came by the public pages and could not be taken in: read by hand, so that nothing is lost."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.ui.components import Fact, Lines, Link, Table, Tag
from dacase.ui.tables import capped_count, keyset_page, sorting
from referrals.choices import Aware, Consent, Priority
from referrals.models import PublicReferral
from referrals.selectors.public_referral import letters_to, stuck_letters
from referrals.services.public_referral import settle_letter, try_letter_again
from referrals.views.lists import tabs_for

WORDS = {
    "safe_to_call": "Call",
    "safe_to_text": "Text",
    "safe_to_leave_message": "Message",
    "safe_to_write": "Write",
}


@require_GET
@requires("triage_referral")
def letters(request: ActingRequest) -> HttpResponse:
    """Those that are not in the queue, the oldest first."""
    waiting = stuck_letters(request.membership)
    order = sorting(None, {"received": ("received_at", "id")}, default="received")
    page = keyset_page(waiting, order=order.order, after=request.GET.get("after"))
    rows = [
        [
            Link(f"{one.received_at:%-d %B %Y}", reverse("referrals:letter", args=[one.pk])),
            one.received_at,
            _state(one),
        ]
        for one in page
    ]
    context = {
        "heading": "Messages to read by hand",
        "page": page,
        "count": capped_count(waiting),
        "noun": "messages that are not in the queue",
        "tabs": tabs_for(request.membership, "referrals:letters"),
        "table": Table("Messages to read by hand", ["Message", "Received", "State"], rows),
        "empty_title": "Nothing to read by hand",
        "empty_text": "What comes by the public pages goes into the queue by itself.",
    }
    return render(request, "layouts/list.html", context)


@require_GET
@requires("triage_referral")
def letter(request: ActingRequest, pk: UUID) -> HttpResponse:
    """One message as it was typed."""
    found = read_or_404(request, letters_to(request.membership), pk)
    context = {"letter": found, "facts": _facts(found), "back_url": reverse("referrals:letters")}
    return render(request, "referrals/letterbox/letter.html", context)


@require_POST
@requires("triage_referral")
def try_again(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Have the worker take it in once more."""
    return _act(
        request, pk, try_letter_again, "The message is being taken in again. Look at the queue in a minute."
    )


@require_POST
@requires("triage_referral")
def settle(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say that somebody has dealt with it."""
    return _act(request, pk, settle_letter, "The message is marked as dealt with.")


def _act(request: ActingRequest, pk: UUID, act: Any, done: str) -> HttpResponse:
    get_object_or_404(letters_to(request.membership), pk=pk)
    try:
        act(pk, actor=request.membership)
        messages.success(request, done)
    except ValidationError as refusal:
        messages.info(request, refusal.messages[0])
    return redirect("referrals:letters")


def _state(one: PublicReferral) -> Tag:
    return Tag("Could not be taken in", "bad") if one.refused_at else Tag("Not taken in yet", "warning")


def _facts(found: PublicReferral) -> list[Fact]:
    """Everything that was typed, whatever shape it has."""
    body = found.body
    contact = body.get("contact") or {}
    outside = body.get("outside") or {}
    safe = ", ".join(words for name, words in WORDS.items() if contact.get(name))
    typed = [
        Fact(name.replace("_", " ").capitalize(), value)
        for name, value in contact.items()
        if isinstance(value, str) and value
    ]
    people = [", ".join(str(value) for value in one.values() if value) for one in body.get("people", [])]
    return [
        Fact("Received", found.received_at),
        Fact("Priority", _answer(Priority, body.get("priority"))),
        Fact("Came by", found.get_door_display()),
        Fact("Safe ways to make contact", safe or "None given"),
        *typed,
        Fact("People", Lines("\n".join(people)) if people else "None named"),
        Fact(
            "Sender",
            Lines("\n".join(str(value) for value in outside.values() if value))
            if outside
            else "Not a professional",
        ),
        Fact("What was written", Lines(str(body.get("what_happened", "")))),
        Fact("Victim-survivor knows of it", _answer(Aware, body.get("victim_aware"))),
        *([Fact("Why not", body["not_aware_reason"])] if body.get("not_aware_reason") else []),
        Fact("Consent", _answer(Consent, body.get("consent"))),
    ]


def _answer(choices: type[TextChoices], code: str | None) -> str:
    return str(dict(choices.choices).get(code or "", code or "Not given"))
