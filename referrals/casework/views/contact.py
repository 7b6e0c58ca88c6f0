from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import contact_banner
from dacase.ui.words import moment_words
from referrals.casework.forms.contact import AttemptForm, ShowForm
from referrals.casework.models import Episode
from referrals.casework.selectors.episode import attempts_against_plan
from referrals.casework.services.contact import numbers_to_use, record_attempt, see_attempt
from referrals.casework.views.frame import episode_or_404, form_page
from referrals.selectors.route import newer_than_plan
from referrals.views.refusals import missing_is_404


@require_http_methods(["GET", "POST"])
@requires("work_episode")
@missing_is_404
def attempt_create(request: ActingRequest, pk: UUID) -> HttpResponse:
    """The safe-contact plan first, then the number on request, then what came of it."""
    episode, draft = episode_or_404(request, pk), FormDraft(request)
    form = draft.bind(AttemptForm, initial=now_and_next(episode))
    if draft.sent and form.is_valid():
        submission, actor = form.cleaned_data["submission"], request.membership
        if form.attempt(
            lambda: record_attempt(pk, contact=form.contact(), submission=submission, actor=actor)
        ):
            draft.discard()
            due = moment_words(form.result.episode.next_contact_at)
            messages.success(request, f"The contact is recorded. The next is on {due}.")
            return redirect("casework:episode", pk)
    return render(request, "casework/contact/create.html", page(request, episode, form, **draft.context))


@require_POST
@requires("work_episode")
@missing_is_404
def attempt_number(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Show where the person can be reached by one way, when the plan allows it. The look is logged."""
    episode, show = episode_or_404(request, pk), ShowForm(request.POST)
    shown: dict[str, Any] = {}
    if show.is_valid() and show.attempt(
        lambda: numbers_to_use(episode, method=show.cleaned_data["method"], actor=request.membership)
    ):
        shown = {"places": show.result, "code_word": episode.party.safe_contact_plan.code_word}
    chosen = {"direction": "outgoing", "method": request.POST.get("method", "")}
    form = AttemptForm(initial=now_and_next(episode) | chosen)
    return render(request, "casework/contact/create.html", page(request, episode, form, show=show, **shown))


def now_and_next(episode: Episode) -> dict[str, Any]:
    """The form's times: now, and the next contact that is planned already, so that recording one loses none."""
    now, planned = timezone.localtime(), episode.next_contact_at
    times = {"made_on": now.date(), "made_time": f"{now:%H:%M}"}
    if episode.first_tried_at is not None and planned is not None and planned > now:
        planned = timezone.localtime(planned)
        times |= {"next_on": planned.date(), "next_time": f"{planned:%H:%M}"}
    return times


def page(request: ActingRequest, episode: Episode, form: AttemptForm, **context: Any) -> dict[str, Any]:
    """The context of the page of one contact."""
    plan = contact_banner(episode.party, request.membership)
    is_doubted = newer_than_plan(episode.case, request.membership).exists()
    shown = {"show": ShowForm(), "plan": plan, "is_doubted": is_doubted, "episode": episode, "form": form}
    # The page with the number is an answer to a POST of its own: what came of the contact is sent to the first page.
    action = reverse("casework:attempt_create", args=[episode.pk])
    return form_page(
        episode, "Make contact", submit_text="Record the contact", action=action, **shown | context
    )


@require_POST
@requires("allocate_episode")
@missing_is_404
def attempt_seen(request: ActingRequest, pk: UUID) -> HttpResponse:
    """A manager has seen to a contact against the plan."""
    attempt = read_or_404(request, attempts_against_plan(request.membership), pk)
    try:
        see_attempt(pk, actor=request.membership)
    except ValidationError as refusal:
        messages.info(request, refusal.messages[0])
    else:
        messages.success(request, "Noted that you have seen to it.")
    return redirect("casework:episode", attempt.episode_id)
