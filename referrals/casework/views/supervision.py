from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import act_page
from dacase.ui.tables import keyset_page
from dacase.ui.words import day_words
from referrals.casework.forms.supervision import ChangeSupervisionForm, SupervisionForm
from referrals.casework.models import Episode
from referrals.casework.rules.supervision import next_supervision_on
from referrals.casework.selectors import supervision as selectors
from referrals.casework.services import supervision as services
from referrals.casework.views.frame import episode_or_404, form_page
from referrals.views.refusals import missing_is_404


@require_GET
@requires("work_episode")
def supervisions(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Every supervision of an episode, the newest first."""
    episode, member = episode_or_404(request, pk), request.membership
    found = selectors.supervisions_of(episode, member)
    page = keyset_page(found, order=selectors.NEWEST_FIRST, after=request.GET.get("after"), size=25)
    may = member.may("supervise")
    context = {
        "episode": episode,
        "page": page,
        "empty_text": first_words(episode),
        "may_record": may and episode.is_open and episode.worker_id not in (None, member.pk),
        "may_change": may,
        "reader": member.pk,
    }
    return render(request, "casework/supervision/list.html", context)


def first_words(episode: Episode) -> str:
    """By when the first supervision is to be held, where there was none yet."""
    words = "A manager records here what was talked about and decided."
    if not episode.is_open:
        return words
    due = next_supervision_on(episode.case.headline.band, on=timezone.localdate(episode.opened_at))
    return f"{words} The first one is due by {day_words(due)}."


@require_http_methods(["GET", "POST"])
@requires("supervise")
@missing_is_404
def supervision_create(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Write down what was talked about and decided."""
    episode, draft = episode_or_404(request, pk), FormDraft(request)
    form = draft.bind(SupervisionForm)
    worker = episode.worker.user.name if episode.worker else "nobody yet"
    return act_page(
        request,
        form_page(episode, "Record a supervision", intro=f"Worker: {worker}."),
        form=form,
        draft=draft,
        act=lambda: services.record_supervision(
            pk, talk=form.talk(), submission=form.cleaned_data["submission"], actor=request.membership
        ),
        done="The supervision is recorded. Your agency alone reads it.",
        to=reverse("casework:supervisions", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@requires("supervise")
@missing_is_404
def supervision_change(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Put right what was written."""
    found, draft = read_or_404(request, selectors.supervisions(request.membership), pk), FormDraft(request)
    names = ("held_on", "discussed", "decisions", "next_due_on", "version")
    form = draft.bind(ChangeSupervisionForm, initial={name: getattr(found, name) for name in names})
    return act_page(
        request,
        form_page(found.episode, "Change the supervision"),
        form=form,
        draft=draft,
        act=lambda: services.change_supervision(
            pk, talk=form.talk(), version=form.cleaned_data["version"], actor=request.membership
        ),
        done="The supervision is changed. The former words stay in its history.",
        to=reverse("casework:supervisions", args=[found.episode_id]),
    )
