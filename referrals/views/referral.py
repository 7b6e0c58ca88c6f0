"""The sender's pages: make a referral, follow those that were sent."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.ui.components import Clock, Column, Link, Table, Tag
from dacase.ui.htmx import render_fragment
from dacase.ui.tables import capped_count, keyset_page, sorting
from referrals.choices import ReferralState
from referrals.forms.referral import ReferralPage, SentFilter
from referrals.models import Referral
from referrals.selectors.question import questions_of, still_asked
from referrals.selectors.referral import followed_referrals, may_see_contact, outcomes, sent_referrals
from referrals.views.facts import facts_of
from referrals.views.lists import VERBS, tabs_for

STATE_MEANINGS = {
    ReferralState.RECEIVED: "new",
    ReferralState.IN_TRIAGE: "info",
    ReferralState.ROUTED: "good",
    ReferralState.RETURNED: "warning",
    ReferralState.DECLINED: "neutral",
    ReferralState.NO_FURTHER_ACTION: "neutral",
}


@require_http_methods(["GET", "POST"])
@requires("make_referral")
def create(request: ActingRequest) -> HttpResponse:
    """The referral page: what was typed comes back, another row on request, sent once."""
    draft = FormDraft(request)
    page = ReferralPage(draft)
    adding = request.POST.get("add", "")
    if not page.add_row(adding) and draft.sent and page.is_valid():
        referral = page.save(actor=request.membership)
        if referral is not None:
            draft.discard()
            return redirect("referrals:confirmation", pk=referral.pk)
    context = {**page.context, **draft.context, "cancel_url": reverse("referrals:sent")}
    return render_fragment(request, "referrals/referral/create.html", adding, context)


@require_GET
@requires("make_referral")
def confirmation(request: ActingRequest, pk: UUID) -> HttpResponse:
    """What happens next, with the reference number and the clock."""
    referral = get_object_or_404(followed_referrals(request.membership), pk=pk)
    return render(request, "referrals/referral/confirmation.html", {"referral": referral})


@require_GET
@requires("make_referral")
def sent(request: ActingRequest) -> HttpResponse:
    """The referrals of the own agency with their state and feedback."""
    filters = SentFilter(request.GET or None)
    referrals = sent_referrals(request.membership, **filters.chosen())
    order = sorting(
        request.GET.get("sort"), {"sent": ("received_at", "id"), "due": ("due_at", "id")}, default="-sent"
    )
    page = keyset_page(referrals, order=order.order, after=request.GET.get("after"))
    columns: list[str | Column] = [
        "Referral",
        Column("Sent", sort="sent"),
        "Sent by",
        "State",
        "Latest feedback",
        Column("Clock", sort="due"),
    ]
    context = {
        "filters": filters,
        "page": page,
        "count": capped_count(referrals),
        "tabs": tabs_for(request.membership, "referrals:sent"),
        "table": Table(
            "Referrals your agency has sent", columns, [_sent_row(r) for r in page], sort=order.current
        ),
    }
    return render_fragment(request, "referrals/referral/sent.html", "results", context)


def _sent_row(referral: Referral) -> list[Any]:
    told = outcomes(referral)
    return [
        Link(referral.reference, reverse("referrals:detail", args=[referral.pk])),
        referral.received_at,
        referral.sender.user.name,
        Tag(referral.get_state_display(), STATE_MEANINGS[ReferralState(referral.state)]),
        told[-1].text if told else "Waiting for the front door",
        Clock(referral.due_at, referral.decided_at),
    ]


@require_GET
@requires(*VERBS)
def detail(request: ActingRequest, pk: UUID) -> HttpResponse:
    """One referral, as its sender and the front door follow it."""
    referral = read_or_404(request, followed_referrals(request.membership), pk)
    questions = questions_of(referral)
    context = {
        "referral": referral,
        "questions": questions,
        "asked": still_asked(referral, questions),
        "facts": facts_of(referral, outcomes(referral)),
        "state_meaning": STATE_MEANINGS[ReferralState(referral.state)],
        "shows_contact": may_see_contact(request.membership, referral),
        "is_receiver": referral.receiver_agency_id == request.membership.agency_id,
    }
    return render(request, "referrals/referral/detail.html", context)
