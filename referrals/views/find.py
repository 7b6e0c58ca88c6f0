from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.audit.services import record_read
from dacase.cases.choices import PartyRole
from dacase.ui.components import Clock, Link, Table, Text
from dacase.ui.htmx import render_fragment
from dacase.ui.sealed import seal, unseal
from dacase.ui.tables import capped_count, keyset_page
from referrals.forms.find import FindForm
from referrals.models import Referral
from referrals.selectors.find import find_referrals, is_named_like
from referrals.views.lists import sender_cell

FIND = "referrals"
NEWEST_FIRST = ("-received_at", "-id")


@require_POST
@requires("triage_referral")
def find(request: ActingRequest) -> HttpResponse:
    """Take the words of a search by POST, so that no name enters an address; go to the list that it finds."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return render(request, "referrals/find/form.html", {"form": form})
    record_read("referrals:find", actor=request.membership)
    return redirect(f"{reverse('referrals:found')}?search={seal(form.cleaned_data['words'], purpose=FIND)}")


@require_GET
@requires("triage_referral")
def found(request: ActingRequest) -> HttpResponse:
    """The referrals that a search has found, newest first."""
    words = unseal(request.GET.get("search"), purpose=FIND) or ""
    referrals = find_referrals(request.membership, words)
    page = keyset_page(
        referrals.prefetch_related("people"), order=NEWEST_FIRST, after=request.GET.get("after")
    )
    heads = ["Referral", "About", "From", "Received", "State"]
    context = {
        "heading": "Find a referral",
        "form": FindForm(initial={"words": words}),
        "page": page,
        "count": capped_count(referrals),
        "noun": "referrals found",
        "table": Table("Referrals found, newest first", heads, [_row(one, words) for one in page]),
        "empty_title": "No referral was found",
        "empty_text": "Try fewer letters, another spelling or the reference. Referrals that were decided more than"
        " 90 days ago are found by their reference, or among the cases.",
    }
    return render_fragment(request, "referrals/find/list.html", "results", context)


def _row(referral: Referral, words: str) -> list[Any]:
    """One referral: whom it is about, and whom a search found in it besides."""
    people = list(referral.people.all())
    name = next((one.name for one in people if one.role == PartyRole.VICTIM), "")
    others = [one for one in people if one.role != PartyRole.VICTIM and is_named_like(one, words)]
    about = Text(name, sub=" · ".join(f"{one.name}, {PartyRole(one.role).label.lower()}" for one in others))
    decided = referral.get_state_display() if referral.decided_at else Clock(referral.due_at)
    url = reverse("referrals:triage", args=[referral.pk])
    return [Link(referral.reference, url), about, sender_cell(referral), referral.received_at, decided]
