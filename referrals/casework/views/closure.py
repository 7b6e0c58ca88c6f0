from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.forms.draft import FormDraft
from referrals.casework.choices import Stage
from referrals.casework.forms.closure import UP, CloseForm, ReopenForm, SignOffForm, StepForm
from referrals.casework.models import Episode
from referrals.casework.rules.closure import reason_label
from referrals.casework.rules.episode import kinds_given_by
from referrals.casework.selectors.episode import workers_to_give
from referrals.casework.selectors.severity import has_exit_grid
from referrals.casework.services import closure as services
from referrals.casework.views.frame import episode_or_404, form_page
from referrals.views.refusals import missing_is_404

ASKED = "A manager is asked to sign this off. Until then it stays open and with its worker."


@require_http_methods(["GET", "POST"])
@requires("work_episode")
@missing_is_404
def episode_close(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Why support ends, and what has changed."""
    episode, draft = episode_or_404(request, pk), FormDraft(request)
    form = draft.bind(CloseForm, initial={"version": episode.version})
    if draft.sent and form.is_valid():
        reason, version = form.cleaned_data["reason"], form.cleaned_data["version"]
        answers, actor = form.answers(), request.membership
        if form.attempt(
            lambda: services.close_episode(pk, reason=reason, answers=answers, version=version, actor=actor)
        ):
            draft.discard()
            messages.success(request, ASKED if form.result.is_open else "This support has ended.")
            if form.result.is_open:
                return redirect("casework:episode", pk)
            return redirect("cases:detail", episode.case_id)
    context = form_page(episode, "End this support", form=form, submit_text="End it", **draft.context)
    return render(request, "casework/episode/close.html", context | _exit_grid(request, episode))


@require_http_methods(["GET", "POST"])
@requires("allocate_episode")
@missing_is_404
def episode_step(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Step up or down to another service of the agency."""
    episode, draft = episode_or_404(request, pk), FormDraft(request)
    workers = workers_to_give(request.membership, [episode.case_id])
    kinds = [kind for kind in kinds_given_by(request.membership.agency) if kind != episode.kind]
    form = draft.bind(StepForm, kinds=kinds, workers=workers, initial={"version": episode.version})
    if draft.sent and form.is_valid():
        data, answers = form.cleaned_data, form.answers()
        if form.attempt(
            lambda: services.step_episode(
                pk,
                kind=data["kind"],
                is_up=data["way"] == UP,
                worker=data["worker"],
                answers=answers,
                version=data["version"],
                actor=request.membership,
            )
        ):
            draft.discard()
            messages.success(request, "The next support has begun.")
            return redirect("casework:episode", form.result.pk)
    context = form_page(episode, "Step up or down", form=form, submit_text="Step", **draft.context)
    return render(request, "casework/episode/close.html", context | _exit_grid(request, episode))


def _exit_grid(request: ActingRequest, episode: Episode) -> dict[str, str]:
    """Where to record how severe the abuse is at the end, if nobody has and this reader may."""
    if not request.membership.may("assess_risk") or has_exit_grid(episode, request.membership):
        return {}
    address = reverse("casework:severity_create", args=[episode.case_id])
    return {"exit_grid_url": f"{address}?stage={Stage.EXIT}"}


@require_http_methods(["GET", "POST"])
@requires("allocate_episode")
@missing_is_404
def closure_sign_off(request: ActingRequest, pk: UUID) -> HttpResponse:
    """A manager agrees that support ends, or leaves it open."""
    episode = episode_or_404(request, pk)
    form = SignOffForm(request.POST or None, initial={"version": episode.version})
    if request.method == "POST" and form.is_valid():
        agrees = form.cleaned_data["decision"] == "yes"
        act = services.sign_off_closure if agrees else services.refuse_closure
        if form.attempt(lambda: act(pk, version=form.cleaned_data["version"], actor=request.membership)):
            messages.success(request, "Signed off." if agrees else "It stays open with its worker.")
            return redirect("casework:episode", pk)
    reason = reason_label(episode.closing_reason) if episode.closing_asked_at else "Nobody asks to end it now"
    context = form_page(episode, "Sign off the end of support", form=form, intro=f"Reason: {reason}.")
    return render(request, "layouts/form.html", context)


@require_http_methods(["GET", "POST"])
@requires("allocate_episode")
@missing_is_404
def episode_reopen(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Open an episode again, with a named worker."""
    episode = episode_or_404(request, pk)
    workers = workers_to_give(request.membership, [episode.case_id])
    form = ReopenForm(request.POST or None, workers=workers, initial={"version": episode.version})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if form.attempt(lambda: services.reopen_episode(pk, **data, actor=request.membership)):
            messages.success(request, "This support is open again.")
            return redirect("casework:episode", pk)
    return render(
        request, "layouts/form.html", form_page(episode, "Open it again", form=form, submit_text="Open it")
    )
