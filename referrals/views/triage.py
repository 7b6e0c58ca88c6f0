"""The front door's pages: the queue, one referral, and the decisions on it."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404, read_or_404
from dacase.cases.choices import PartyRole
from dacase.cases.forms.draft import FormDraft
from dacase.cases.models import Case
from dacase.ui.components import Clock, Column, Lines, Link, Table, Text
from dacase.ui.htmx import render_fragment
from dacase.ui.tables import capped_count, keyset_page, sorting
from referrals.choices import ReferralDoor, ReferralState
from referrals.forms.find import FindForm
from referrals.forms.triage import (
    DecisionForm,
    JoinCaseForm,
    OpenCaseForm,
    QueueFilter,
    RouteForm,
    VersionForm,
)
from referrals.models import Referral, ReferralPerson
from referrals.rules.decision import DECLINED, NO_FURTHER_ACTION, RETURN
from referrals.selectors.escalation import escalations_of
from referrals.selectors.match import Alike, Match, alike_referrals, matches_for, whom_to_ask
from referrals.selectors.question import questions_of, still_asked
from referrals.selectors.referral import outcomes, with_people
from referrals.selectors.triage import counts, parties_of, services_to_route_to, taken_in, triage_queue
from referrals.services import triage as services
from referrals.views.facts import facts_of
from referrals.views.lists import marks, priority_tag, sender_cell, tabs_for
from referrals.views.refusals import missing_is_404, tell_refusal


@require_GET
@requires("triage_referral")
def queue(request: ActingRequest) -> HttpResponse:
    """What waits for a decision, the soonest due first."""
    filters = QueueFilter(request.GET or None)
    referrals = triage_queue(request.membership, **filters.chosen())
    columns = {"due": ("due_at", "id"), "received": ("received_at", "id")}
    order = sorting(request.GET.get("sort"), columns, default="due")
    page = keyset_page(referrals, order=order.order, after=request.GET.get("after"))
    heads: list[str | Column] = [
        Column("Clock", sort="due"),
        "Referral",
        "Priority",
        "From",
        Column("Received", sort="received"),
        "Held by",
    ]
    context = {
        "filters": filters,
        "find_form": FindForm(),
        "page": page,
        "count": capped_count(referrals),
        **counts(referrals),
        "tabs": tabs_for(request.membership, "referrals:queue"),
        "table": Table(
            "Referrals waiting for a decision", heads, [_row(r) for r in page], sort=order.current
        ),
    }
    return render_fragment(request, "referrals/triage/queue.html", "results", context)


def _row(referral: Referral) -> list[Any]:
    return [
        Clock(referral.due_at),
        Link(referral.reference, reverse("referrals:triage", args=[referral.pk])),
        marks(referral),
        sender_cell(referral),
        referral.received_at,
        Text(referral.held_by.user.name if referral.held_by else "Nobody yet"),
    ]


@require_GET
@requires("triage_referral")
def triage(request: ActingRequest, pk: UUID) -> HttpResponse:
    """One referral at the front door: everything in it, who may be known, what to do next."""
    referral = read_or_404(request, with_people(taken_in(request.membership)), pk)
    return render(request, "referrals/triage/page.html", _page_context(request, referral))


def _get(request: ActingRequest, pk: UUID) -> Referral:
    return get_object_or_404(with_people(taken_in(request.membership)), pk=pk)


def _page_context(request: ActingRequest, referral: Referral) -> dict[str, Any]:
    people = list(referral.people.all())
    is_open = referral.decided_at is None
    is_new = is_open and referral.case_id is None
    matches = matches_for(request.membership, people, referral.contact) if is_new else {}
    to_ask = whom_to_ask(request.membership, people, about=referral.pk) if is_new else {}
    named = [(one, matches.get(one.pk, [])) for one in people]
    routable = referral.case_id is not None and (is_open or referral.state == ReferralState.ROUTED)
    questions = questions_of(referral)
    return {
        "referral": referral,
        "priority": priority_tag(referral),
        "who_is_told": _who_is_told(referral),
        "questions": questions,
        "asked": still_asked(referral, questions),
        "escalations": escalations_of(referral, request.membership) if is_open else [],
        "can_answer_escalation": request.membership.may("answer_escalation"),
        "people": named,
        "has_matches": any(matches.values()),
        "to_ask": [(one, to_ask[one.pk]) for one in people if to_ask.get(one.pk)],
        "alike": _alike(alike_referrals(request.membership, referral)) if is_new else None,
        "joinable": _joinable(named),
        "is_open": is_open,
        "is_mine": referral.held_by_id == request.membership.pk,
        "facts": facts_of(referral, outcomes(referral)),
        "shows_contact": True,
        "may_decide": is_open and referral.held_by_id in (None, request.membership.pk),
        "route_form": _route_form(referral) if routable else None,
    }


def _alike(found: Sequence[Alike]) -> Table | None:
    """Other referrals about somebody alike, so that two agencies' words about one woman are decided together."""
    rows = [
        [
            Link(one.referral.reference, reverse("referrals:triage", args=[one.referral.pk])),
            Lines("\n".join(one.reasons)),
            sender_cell(one.referral),
            one.referral.received_at,
            Text(
                one.referral.get_state_display(),
                f"Held by {one.referral.held_by.user.name}" if one.referral.held_by else "",
            ),
        ]
        for one in found
    ]
    heads = ["Referral", "Why", "From", "Received", "State"]
    return Table("Other referrals about somebody alike", heads, rows) if rows else None


def _joinable(named: Iterable[tuple[ReferralPerson, Sequence[Match]]]) -> list[Case]:
    """The cases about somebody like the referral's victim-survivor, the likeliest first, each once."""
    found = [
        case
        for one, matches in named
        if one.role == PartyRole.VICTIM
        for m in matches
        for case in m.cases_as_victim
    ]
    return list(dict.fromkeys(found))


def _route_form(referral: Referral, data: Any = None) -> RouteForm:
    return RouteForm(data, services=services_to_route_to(referral), initial={"version": referral.version})


@require_POST
@requires("triage_referral")
@missing_is_404
def take(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Hold it by name, or take it over knowingly."""
    return _press(
        request, pk, services.take_referral, "You hold this referral now. Colleagues see your name on it."
    )


@require_POST
@requires("triage_referral")
@missing_is_404
def release(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Give it back to the queue."""
    return _press(
        request, pk, services.release_referral, "The referral is back in the queue, held by nobody."
    )


def _press(request: ActingRequest, pk: UUID, act: Callable[..., object], done: str) -> HttpResponse:
    get_object_or_404(taken_in(request.membership), pk=pk)
    form = VersionForm(request.POST)
    if form.is_valid() and form.attempt(
        lambda: act(pk, version=form.cleaned_data["version"], actor=request.membership)
    ):
        messages.success(request, done)
    else:
        tell_refusal(request, form)
    return redirect("referrals:triage", pk=pk)


@require_http_methods(["GET", "POST"])
@requires("triage_referral")
@missing_is_404
def open_case(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Open a case, having said who is already known."""
    referral = _get(request, pk)
    people = list(referral.people.all())
    matches = matches_for(request.membership, people, referral.contact)
    initial = {"version": referral.version}
    form = OpenCaseForm(request.POST or None, people=people, matches=matches, initial=initial)
    if request.method == "POST" and form.is_valid():
        version, known, actor = form.cleaned_data["version"], form.known(), request.membership
        if form.attempt(lambda: services.open_case_from(pk, version=version, known=known, actor=actor)):
            messages.success(
                request, f"Case {form.result.reference} is open. Now route the referral to a service."
            )
            return redirect("referrals:triage", pk=pk)
    return render(request, "referrals/triage/open_case.html", {"form": form, "referral": referral})


@require_http_methods(["GET", "POST"])
@requires("triage_referral")
@missing_is_404
def join_case(request: ActingRequest, pk: UUID, case_pk: UUID) -> HttpResponse:
    """Put it into an open case, with both sides beside each other."""
    referral = _get(request, pk)
    case = case_or_404(request, case_pk)
    people, parties = list(referral.people.all()), parties_of(case)
    form = JoinCaseForm(
        request.POST or None, people=people, parties=parties, initial={"version": referral.version}
    )
    if request.method == "POST" and form.is_valid():
        version, known, actor = form.cleaned_data["version"], form.known(), request.membership
        if form.attempt(lambda: services.join_case(pk, case_pk, version=version, known=known, actor=actor)):
            messages.success(request, f"The referral is in case {case.reference}. Now route it to a service.")
            return redirect("referrals:triage", pk=pk)
    return render(
        request,
        "referrals/triage/join_case.html",
        {"form": form, "referral": referral, "case": case, "parties": parties},
    )


@require_POST
@requires("triage_referral")
@missing_is_404
def route(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Route it to one or more services."""
    referral = _get(request, pk)
    if referral.case_id is None:
        messages.info(request, "Open or join a case before you route this referral.")
        return redirect("referrals:triage", pk=pk)
    form = _route_form(referral, request.POST)
    if form.is_valid():
        version, agencies, actor = form.cleaned_data["version"], form.chosen(), request.membership
        if form.attempt(lambda: services.route_referral(pk, version=version, agencies=agencies, actor=actor)):
            names = ", ".join(route.to_agency.name for route in form.result)
            started = f"Routed to {names}. The clock for accepting it has started."
            messages.success(request, f"{started} {TOLD.get(ReferralDoor(referral.door), '')}".strip())
            return redirect("referrals:triage", pk=pk)
    context = _page_context(request, referral) | {"route_form": form, "form": form}
    return render(request, "referrals/triage/page.html", context)


@require_http_methods(["GET", "POST"])
@requires("triage_referral")
@missing_is_404
def return_referral(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Return it with a question; it stays in the queue, its clock running."""
    words = (
        "Ask the sender a question",
        "Return the referral",
        "The referral is with its sender, who sees your question. Its clock runs on.",
    )
    return _decide(request, pk, services.return_referral, RETURN, words)


@require_http_methods(["GET", "POST"])
@requires("triage_referral")
@missing_is_404
def decline(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Decline it with a reason."""
    words = (
        "Decline the referral",
        "Decline the referral",
        "The referral is declined.",
    )
    return _decide(request, pk, services.decline_referral, DECLINED, words)


@require_http_methods(["GET", "POST"])
@requires("triage_referral")
@missing_is_404
def no_further_action(request: ActingRequest, pk: UUID) -> HttpResponse:
    """End it with a reason."""
    words = (
        "No further action",
        "Record no further action",
        "No further action is recorded.",
    )
    return _decide(request, pk, services.end_without_action, NO_FURTHER_ACTION, words)


TOLD = {
    ReferralDoor.PROFESSIONAL: (
        "The sender has no account and reads nothing here: call the organisation on its published number and tell them."
    ),
    ReferralDoor.SELF: "Whoever wrote reads nothing here: answer only in the way that they asked for.",
}


def _who_is_told(referral: Referral) -> str:
    """Whether the sender learns of it here, or somebody must call."""
    return TOLD.get(ReferralDoor(referral.door), "The sender sees the reason.")


def _decide(
    request: ActingRequest, pk: UUID, act: Callable[..., object], decision: str, words: tuple[str, str, str]
) -> HttpResponse:
    referral, draft = _get(request, pk), FormDraft(request)
    form = draft.bind(DecisionForm, decision=decision, initial={"version": referral.version})
    if draft.sent and form.is_valid():
        data, actor = form.cleaned_data, request.membership
        if form.attempt(lambda: act(pk, actor=actor, **data)):
            draft.discard()
            told = "" if decision == RETURN else f" {_who_is_told(referral)}"
            messages.success(request, f"{words[2]}{told}")
            if referral.case is not None and decision != RETURN:
                return redirect("cases:detail", referral.case.pk)  # left open, it would be nobody's
            return redirect("referrals:queue")
    if not referral.has_reader:
        form.fields["reason"].help_text = TOLD[ReferralDoor(referral.door)]
    context = {"form": form, "heading": words[0], "submit_text": words[1], "referral": referral}
    return render(request, "referrals/triage/decide.html", context | draft.context)
