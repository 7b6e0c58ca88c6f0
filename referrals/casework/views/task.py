from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.agencies.models import Membership
from dacase.cases.access import case_or_404, read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import act_page, form_page, frame, posted
from dacase.ui.components import Clock, Fact, Lines, Link, Tag, Text
from dacase.ui.tables import keyset_page
from dacase.ui.words import moment_words
from referrals.casework.choices import TaskState
from referrals.casework.forms.task import ChangeTaskForm, DropTaskForm, GiveTaskForm, TaskForm
from referrals.casework.models import Task
from referrals.casework.selectors import task as selectors
from referrals.casework.selectors.episode import workers_to_give
from referrals.casework.services import task as services
from referrals.casework.views.lists import task_table
from referrals.views.refusals import missing_is_404

STATES = {TaskState.OPEN: "info", TaskState.DONE: "good", TaskState.DROPPED: "neutral"}


@require_GET
@requires("work_episode")
def tasks(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """What the agency has to do in a case, by clock, and what has ended."""
    case, member = case_or_404(request, case_pk), request.membership
    ended = selectors.ended_tasks(case, member)
    page = keyset_page(ended, order=selectors.NEWEST_FIRST, after=request.GET.get("after"), size=25)
    found = list(selectors.open_tasks(case, member))
    context = frame(
        request,
        case,
        "casework:tasks",
        table=task_table("Open tasks, the soonest due first", found) if found else None,
        page=page,
        ended=task_table("Done or dropped, newest first", page) if page else None,
    )
    return render(request, "casework/task/list.html", context)


@require_http_methods(["GET", "POST"])
@requires("work_episode")
def task_create(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Add a task, for oneself or a colleague."""
    case, member = case_or_404(request, case_pk), request.membership
    draft = FormDraft(request)
    workers, episodes = workers_to_give(member, [case.pk]), selectors.episodes_to_link(case, member)
    form = draft.bind(TaskForm, workers=workers, episodes=episodes, initial={"worker": str(member.pk)})

    def act() -> Task:
        worker, episode, submission = (
            form.cleaned_data[name] for name in ("worker", "episode", "submission")
        )
        return services.add_task(
            case_pk,
            what=form.what(),
            worker=worker,
            episode=UUID(episode) if episode else None,
            submission=submission,
            actor=member,
        )

    return act_page(
        request,
        form_page(request, case, "Add a task", submit_text="Add it"),
        form=form,
        draft=draft,
        act=act,
        done="The task is added.",
        to=reverse("casework:tasks", args=[case_pk]),
    )


@require_GET
@requires("work_episode")
def task(request: ActingRequest, pk: UUID) -> HttpResponse:
    """One task, and what may be done with it."""
    found = _found(request, pk)
    context = {
        "task": found,
        "state": Tag(found.get_state_display(), STATES[TaskState(found.state)]),
        "facts": facts(found),
        "acts": acts(found, request.membership),
    }
    return render(request, "casework/task/detail.html", context)


def facts(found: Task) -> list[Fact]:
    """A task, line by line."""
    known = [
        Fact("Who does it", found.worker.user.name),
        Fact("Due", Clock(found.due_at if found.due_time else found.due_on, found.ended_at)),
    ]
    if found.detail:
        known.append(Fact("More about it", Lines(found.detail)))
    if found.episode:
        address = reverse("casework:episode", args=[found.episode_id])
        known.append(Fact("Belongs to", Link(found.episode.get_kind_display(), address)))
    if found.is_open and found.remind_on:
        known.append(Fact("Email reminds on", found.remind_on))
    if found.ended_at and found.ended_by:
        words = found.why_dropped or "Done"
        known.append(
            Fact("Ended", Text(words, f"{found.ended_by.user.name}, {moment_words(found.ended_at)}"))
        )
    known.append(Fact("Added", Text(found.made_by.user.name, moment_words(found.made_at))))
    return known


def acts(found: Task, member: Membership) -> list[tuple[str, str]]:
    """What this reader may do with an open task besides ending it: words and address."""
    if not found.is_open:
        return []
    links = [
        ("Change it", reverse("casework:task_change", args=[found.pk])),
        ("It will not be done", reverse("casework:task_drop", args=[found.pk])),
    ]
    if found.worker_id == member.pk or member.may("allocate_episode"):
        links.insert(1, ("Give it to a colleague", reverse("casework:task_give", args=[found.pk])))
    return links


@require_http_methods(["GET", "POST"])
@requires("work_episode")
@missing_is_404
def task_change(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Change what is to be done, or by when."""
    found, draft = _found(request, pk), FormDraft(request)
    names = ("title", "due_on", "due_time", "detail", "remind_on", "version")
    form = draft.bind(ChangeTaskForm, initial={name: getattr(found, name) for name in names})
    return act_page(
        request,
        form_page(request, found.case, "Change the task"),
        form=form,
        draft=draft,
        act=lambda: services.change_task(
            pk, what=form.what(), version=form.cleaned_data["version"], actor=request.membership
        ),
        done="The task is changed.",
        to=reverse("casework:task", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@requires("work_episode")
@missing_is_404
def task_give(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Give it to a colleague."""
    found, member = _found(request, pk), request.membership
    workers = workers_to_give(member, [found.case_id])
    form = GiveTaskForm(posted(request), workers=workers, initial={"version": found.version})
    return act_page(
        request,
        form_page(request, found.case, "Give the task to a colleague", submit_text="Give it"),
        form=form,
        act=lambda: services.give_task(pk, **form.cleaned_data, actor=member),
        done="Your colleague does it from now on.",
        to=reverse("casework:task", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@requires("work_episode")
@missing_is_404
def task_drop(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say why it will not be done."""
    found, form = _found(request, pk), DropTaskForm(posted(request))
    return act_page(
        request,
        form_page(request, found.case, "The task will not be done", submit_text="Take it off the list"),
        form=form,
        act=lambda: services.drop_task(pk, **form.cleaned_data, actor=request.membership),
        done="It is off the list. You can put it back.",
        to=reverse("casework:task", args=[pk]),
    )


@require_POST
@requires("work_episode")
@missing_is_404
def task_done(request: ActingRequest, pk: UUID) -> HttpResponse:
    """It is done."""
    return _press(request, pk, services.finish_task, "Done. You can put it back if that was a mistake.")


@require_POST
@requires("work_episode")
@missing_is_404
def task_put_back(request: ActingRequest, pk: UUID) -> HttpResponse:
    """It was not done after all."""
    return _press(request, pk, services.put_back_task, "The task is open again.")


def _press(request: ActingRequest, pk: UUID, act: Any, done: str) -> HttpResponse:
    _found(request, pk)
    try:
        act(pk, actor=request.membership)
    except ValidationError as refusal:
        messages.info(request, refusal.messages[0])
    else:
        messages.success(request, done)
    return redirect("casework:task", pk)


def _found(request: ActingRequest, pk: UUID) -> Task:
    return read_or_404(request, selectors.own_tasks(request.membership), pk)
