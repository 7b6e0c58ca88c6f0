from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.agencies.models import Membership
from dacase.cases.access import case_or_404
from dacase.cases.frame import contact_banner
from dacase.cases.models import Grant
from dacase.cases.selectors.together import together
from dacase.ui.components import Clock, Event, Fact, NextAction, Tag, Text
from dacase.ui.tables import keyset_page
from referrals.casework.choices import EpisodeState, Stage
from referrals.casework.episode_panels import end_action
from referrals.casework.forms.episode import AllocateForm, BeginForm
from referrals.casework.models import ContactAttempt, Episode
from referrals.casework.rules.closure import answer_label, reason_label
from referrals.casework.rules.contact import outcomes
from referrals.casework.rules.episode import kinds_given_by
from referrals.casework.selectors import episode as selectors
from referrals.casework.selectors.access_ending import ends_of, whole_files
from referrals.casework.selectors.severity import asks_for_first_grid, first_grids
from referrals.casework.services.episode import allocate_episode, begin_episode
from referrals.casework.views.frame import episode_or_404, form_page
from referrals.casework.views.lists import state_tag, worker_cell
from referrals.views.refusals import missing_is_404

ATTEMPTS, NEWEST = 20, ("-made_at", "-id")


@require_GET
@requires("work_episode")
def episode(request: ActingRequest, pk: UUID) -> HttpResponse:
    """One episode: how to make contact, what to do next, every contact, how it ended."""
    found, member = episode_or_404(request, pk), request.membership
    attempts = selectors.attempts_of(found, member)
    page = keyset_page(attempts, order=NEWEST, after=request.GET.get("after"), size=ATTEMPTS)
    asked: dict[str, QuerySet[Any]] = {
        "unseen": attempts.filter(against_plan=True, seen_at=None),
        "outcomes": selectors.outcomes_of(found, member),
        "grants": whole_files(found.case),
        "grids": first_grids(found, member),
    }
    rows = together(asked)
    actions = next_actions(found, member)
    if asks_for_first_grid(found) and member.may("assess_risk") and not rows["grids"]:
        actions.append(first_grid(found))
    context = {
        "episode": found,
        "state": state_tag(found),
        "plan": contact_banner(found.party, member),
        "facts": facts(found),
        "events": [drawn(one) for one in page],
        "page": page,
        "unseen": rows["unseen"],
        "outcomes": [answer_label(one.item, one.answer) for one in rows["outcomes"]],
        "actions": actions + access_ends(found, member, rows["grants"]),
        "acts": acts(found, member),
        "may_manage": member.may("allocate_episode"),
    }
    return render(request, "casework/episode/detail.html", context)


def facts(found: Episode) -> list[Fact]:
    """Who is supported by whom, and its clocks."""
    known = [
        Fact("Supported", f"{found.party.person.name}, {found.party.get_role_display().lower()}"),
        Fact("Worker", worker_cell(found)),
        Fact("Began", found.opened_at),
        Fact("First contact tried", Clock(found.first_contact_due_at, found.first_tried_at)),
    ]
    if found.contacted_at:
        known.append(Fact("First spoken with", found.contacted_at))
    if found.next_contact_at and found.first_tried_at:
        known.append(Fact("Next contact", Clock(found.next_contact_at)))
    if found.closing_reason:
        by = f"by {found.closed_by.user.name}" if found.closed_by else ""
        signed = f", signed off by {found.signed_off_by.user.name}" if found.signed_off_by else ""
        known.append(Fact("Reason for ending", Text(reason_label(found.closing_reason), f"{by}{signed}")))
    if found.closed_at:
        known.append(Fact("Ended", found.closed_at))
    return known


def drawn(one: ContactAttempt) -> Event:
    """A contact as a row of the timeline."""
    outcome = outcomes().get(one.outcome)
    words = [
        f"With: {one.get_with_whom_display()}",
        f"Without danger: {one.get_was_safe_display()}",
        one.note,
    ]
    return Event(
        f"{one.get_method_display()}: {outcome.label if outcome else one.outcome}",
        one.made_at,
        by=f"{one.made_by.user.name} ({one.get_direction_display()})",
        text="\n".join(filter(None, words)),
        tag=Tag("Against the safe-contact plan", "bad") if one.against_plan else None,
    )


def next_actions(found: Episode, member: Membership) -> list[NextAction]:
    """The one thing that moves this episode on."""
    if found.state == EpisodeState.SIGN_OFF and member.may("allocate_episode"):
        address = reverse("casework:closure_sign_off", args=[found.pk])
        return [NextAction("Sign off the end of support, or leave it open", address)]
    if found.is_open and (found.worker is None or found.is_stranded) and member.may("allocate_episode"):  # type: ignore[attr-defined]
        return [NextAction("Say who works on this", reverse("casework:episode_allocate", args=[found.pk]))]
    if found.next_contact_at and found.closing_asked_at is None:
        words = "Make contact again" if found.first_tried_at else "Make the first contact"
        address = reverse("casework:attempt_create", args=[found.pk])
        return [NextAction(words, address, due=found.next_contact_at)]
    return []


def first_grid(found: Episode) -> NextAction:
    """To record how severe the abuse is as this support begins."""
    address = f"{reverse('casework:severity_create', args=[found.case_id])}?stage={Stage.INTAKE}"
    return NextAction("Record how severe the abuse is as this support begins", address)


def access_ends(found: Episode, member: Membership, grants: list[Grant]) -> list[NextAction]:
    """That the own agency loses the case soon, while this goes on."""
    told = [end_action(found.case, end, member) for end in ends_of([found], grants)]
    return [NextAction(one.text, one.url, due=one.due_at) for one in told if one is not None]


def acts(found: Episode, member: Membership) -> list[tuple[str, str]]:
    """What this reader may do with the episode: words and address."""
    if found.is_open:
        every = [
            ("Record a contact", "casework:attempt_create", "work_episode"),
            ("End this support", "casework:episode_close", "work_episode"),
            ("Step up or down", "casework:episode_step", "allocate_episode"),
            ("Say who works on it", "casework:episode_allocate", "allocate_episode"),
        ]
    else:
        every = [("Open it again", "casework:episode_reopen", "allocate_episode")]
    links = [(words, reverse(name, args=[found.pk])) for words, name, verb in every if member.may(verb)]
    links.append(("Supervision", reverse("casework:supervisions", args=[found.pk])))
    if found.is_open and found.worker_id == member.pk:
        if found.is_on_offer:
            address = reverse("casework:hand_over", args=[found.hand_over_id])
            links.append(("See what you are handing over", address))
        else:
            links.append(("Hand over to a colleague", reverse("casework:hand_over_create")))
    return links


@require_http_methods(["GET", "POST"])
@requires("allocate_episode")
def episode_begin(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Begin support by hand, for the victim-survivor or a child."""
    case, member = case_or_404(request, case_pk), request.membership
    parties = selectors.parties_to_support(case)
    workers = selectors.workers_to_give(member, [case.pk])
    kinds = kinds_given_by(member.agency)
    form = BeginForm(request.POST or None, parties=parties, kinds=kinds, workers=workers)
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: begin_episode(actor=member, **form.cleaned_data)):
        messages.success(request, "Support has begun.")
        return redirect("casework:episode", form.result.pk)
    context = {
        "form": form,
        "heading": "Begin support",
        "caption": f"Case {case.reference}",
        "back_url": reverse("cases:detail", args=[case.pk]),
        "submit_text": "Begin",
    }
    return render(request, "layouts/form.html", context)


@require_http_methods(["GET", "POST"])
@requires("allocate_episode")
@missing_is_404
def episode_allocate(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say who works on an episode."""
    found, member = episode_or_404(request, pk), request.membership
    workers = selectors.workers_to_give(member, [found.case_id])
    initial = {"version": found.version, "worker": str(found.worker_id or "")}
    form = AllocateForm(request.POST or None, workers=workers, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if form.attempt(lambda: allocate_episode(pk, **data, actor=member)):
            messages.success(request, f"{data['worker'].user.name} works on this from now on.")
            return redirect("casework:episode", pk)
    return render(request, "layouts/form.html", form_page(found, "Who works on this?", form=form))
