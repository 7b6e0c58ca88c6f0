"""A service's pages: what waits, one referral, accept by name or send back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.choices import PartyRole
from dacase.cases.forms.draft import FormDraft
from dacase.cases.selectors.together import together
from dacase.ui.components import Clock, Column, Link, Table, Tag, Text
from dacase.ui.htmx import render_fragment
from dacase.ui.tables import capped_count, keyset_page, sorting
from referrals.casework.selectors.episode import episodes_of
from referrals.casework.selectors.story import story_texts, told
from referrals.choices import RouteState
from referrals.forms.route import InboxFilter, SendBackForm
from referrals.forms.triage import VersionForm
from referrals.models import Route
from referrals.rules.route import gives_shelter
from referrals.selectors.escalation import escalations_of
from referrals.selectors.question import questions_of
from referrals.selectors.route import inbox as inbox_routes
from referrals.selectors.route import opened_by, referral_of, routes_to
from referrals.services import route as services
from referrals.views.facts import facts_of
from referrals.views.lists import marks, priority_tag, sender_cell, tabs_for
from referrals.views.refusals import missing_is_404, tell_refusal

STATE_MEANINGS = {RouteState.ROUTED: "new", RouteState.OPENED: "info", RouteState.ACCEPTED: "good"}


@require_GET
@requires("accept_referral")
def inbox(request: ActingRequest) -> HttpResponse:
    """What waits at the own service, or was accepted there."""
    filters = InboxFilter(request.GET or None)
    routes = inbox_routes(request.membership, **filters.chosen())
    columns = {"due": ("due_at", "id"), "routed": ("routed_at", "id")}
    order = sorting(request.GET.get("sort"), columns, default="due")
    page = keyset_page(routes, order=order.order, after=request.GET.get("after"))
    heads: list[str | Column] = [
        Column("Clock", sort="due"),
        "Referral",
        "Priority",
        "From",
        Column("Routed", sort="routed"),
        "State",
    ]
    context = {
        "filters": filters,
        "page": page,
        "count": capped_count(routes),
        "tabs": tabs_for(request.membership, "referrals:inbox"),
        "table": Table(
            "Referrals routed to your service", heads, [_row(r) for r in page], sort=order.current
        ),
    }
    return render_fragment(request, "referrals/route/inbox.html", "results", context)


def _row(route: Route) -> list[Any]:
    by = f"by {route.accepted_by.user.name}" if route.accepted_by else ""
    return [
        Clock(route.due_at, route.accepted_at),
        Link(route.referral.reference, reverse("referrals:route_detail", args=[route.pk])),
        marks(route.referral),
        sender_cell(route.referral),
        route.routed_at,
        Text(route.get_state_display(), by)
        if by
        else Tag(route.get_state_display(), STATE_MEANINGS[RouteState(route.state)]),
    ]


@require_GET
@requires("accept_referral")
@missing_is_404
def route_detail(request: ActingRequest, pk: UUID) -> HttpResponse:
    """One routed referral: sealed until somebody opens it, then everything in it."""
    route = read_or_404(request, routes_to(request.membership), pk)
    referral = referral_of(route, request.membership)
    waits = route.accepted_at is None
    context = {
        "route": route,
        "referral": referral,
        "state_meaning": STATE_MEANINGS[RouteState(route.state)],
        "priority": priority_tag(referral),
        "shelters": gives_shelter(route.to_agency),
        "can_answer_escalation": request.membership.may("answer_escalation"),
        "escalations": escalations_of(referral, request.membership, route) if waits else [],
    }
    if route.opened_at is None:
        return render(request, "referrals/route/sealed.html", context)
    context |= {
        "facts": facts_of(referral),
        "shows_contact": True,
        "opened_by": opened_by(route),
        "questions": questions_of(referral),
    }
    if referral.case is not None:
        running = episodes_of(referral.case, request.membership).filter(
            agency_id=route.to_agency_id, closed_at=None, party__role=PartyRole.VICTIM, worker__isnull=False
        )
        others = running.exclude(worker=request.membership)
        rows = together({"story": story_texts(referral.case, request.membership), "others": others})
        goes_on = rows["others"][0] if waits and rows["others"] else None
        context |= {"case": referral.case, "story": told(rows["story"]), "goes_on": goes_on}
    return render(request, "referrals/route/detail.html", context)


@require_POST
@requires("accept_referral")
@missing_is_404
def route_open(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Open it, with one’s name."""
    services.open_route(pk, actor=request.membership)
    return redirect("referrals:route_detail", pk=pk)


@require_POST
@requires("accept_referral")
@missing_is_404
def route_accept(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Become the named person."""
    get_object_or_404(routes_to(request.membership), pk=pk)
    form = VersionForm(request.POST)
    actor = request.membership
    if form.is_valid() and form.attempt(
        lambda: services.accept_route(pk, version=form.cleaned_data["version"], actor=actor)
    ):
        messages.success(request, "You have accepted the referral. The sender is told that it was accepted.")
    else:
        tell_refusal(request, form)
    return redirect("referrals:route_detail", pk=pk)


@require_http_methods(["GET", "POST"])
@requires("accept_referral")
@missing_is_404
def route_return(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Send it back to the front door."""
    words = ("Return to the front door", "Return the referral", "The referral is back with the front door.")
    return _send_back(request, pk, services.return_route, words)


@require_http_methods(["GET", "POST"])
@requires("accept_referral")
@missing_is_404
def route_decline(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Decline it."""
    words = (
        "Decline the referral",
        "Decline the referral",
        "The referral is declined and back with the front door.",
    )
    return _send_back(request, pk, services.decline_route, words)


def _send_back(
    request: ActingRequest, pk: UUID, act: Callable[..., None], words: tuple[str, str, str]
) -> HttpResponse:
    route = get_object_or_404(routes_to(request.membership), pk=pk)
    draft = FormDraft(request)
    form = draft.bind(SendBackForm, initial={"version": route.version})
    if draft.sent and form.is_valid():
        data = form.cleaned_data
        if form.attempt(
            lambda: act(pk, version=data["version"], reason=data["reason"], actor=request.membership)
        ):
            draft.discard()
            messages.success(request, words[2])
            return redirect("referrals:inbox")
    context = {"form": form, "heading": words[0], "submit_text": words[1], "route": route}
    return render(request, "referrals/route/send_back.html", context | draft.context)
