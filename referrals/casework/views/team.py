from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.selectors.together import together
from dacase.ui.components import Column, Link, Many, Number, Table, Tag, Text
from dacase.ui.words import day_words
from referrals.casework.forms.episode import ReallocateForm
from referrals.casework.models import Episode
from referrals.casework.selectors import team as selectors
from referrals.casework.selectors.episode import workers_to_give
from referrals.casework.selectors.sign_off import sign_offs_waiting
from referrals.casework.selectors.supervision import MOST, supervision_due
from referrals.casework.selectors.task import tasks_nobody_holds
from referrals.casework.selectors.team import TeamRow
from referrals.casework.services.episode import reallocate_episodes
from referrals.casework.views.lists import (
    episode_table,
    held_by_nobody_table,
    sign_off_table,
    supervision_table,
)

COLUMNS: list[str | Column] = [
    "Worker",
    Column("High", numeric=True),
    Column("Medium", numeric=True),
    Column("Standard", numeric=True),
    Column("Not assessed", numeric=True),
    Column("Weighted", numeric=True),
    Column("Late", numeric=True),
    "Away",
]


@require_GET
@requires("allocate_episode")
def team(request: ActingRequest) -> HttpResponse:
    """Who carries what, who is away, and with what nobody works."""
    member = request.membership
    asked = {"stranded": selectors.stranded_episodes(member), "tasks": tasks_nobody_holds(member)}
    if member.may("supervise"):
        asked |= {
            "supervision": supervision_due(member, timezone.localdate()),
            "sign_offs": sign_offs_waiting(member),
        }
    rows = together(asked)
    due = rows.get("supervision", [])
    tables = {
        "stranded": episode_table("Nobody works on these", rows["stranded"]),
        "tasks": held_by_nobody_table("Tasks that nobody holds", rows["tasks"]),
        "supervision": supervision_table("Supervision is due", due[:MOST]),
        "sign_offs": sign_off_table("What waits for your sign-off", rows.get("sign_offs", [])),
    }
    context = {
        "table": Table("Who carries what", COLUMNS, [cells(row) for row in selectors.team(member)]),
        "covers": selectors.covers_running(member),
        "has_more": len(due) > MOST,
        **{name: table if table.rows else None for name, table in tables.items()},
    }
    return render(request, "casework/team/team.html", context)


def cells(row: TeamRow) -> list[Any]:
    """One worker of the team."""
    marks = [] if row.is_here else [Tag("Work has ended", "bad")]
    link = Link(row.worker.user.name, reverse("casework:team_worker", args=[row.worker.pk]))
    away = row.away
    return [
        Many([link, *marks]),
        *(Number(row.counts[band]) for band in ("high", "medium", "standard", "")),
        Number(f"{row.weight:g}"),
        Number(row.late),
        Text(
            f"{day_words(away.from_on)} to {day_words(away.until_on)}",
            f"{away.colleague.user.name} stands in",
        )
        if away
        else "",
    ]


@require_http_methods(["GET", "POST"])
@requires("allocate_episode")
def worker(request: ActingRequest, pk: UUID) -> HttpResponse:
    """One worker’s open episodes, to be given to somebody else together."""
    found = read_or_404(request, selectors.members(request.membership), pk)
    episodes = selectors.open_episodes_of(request.membership, found.pk)
    return _reallocate(request, episodes, found.user.name)


@require_http_methods(["GET", "POST"])
@requires("allocate_episode")
def nobody(request: ActingRequest) -> HttpResponse:
    """The episodes with which nobody works, to be given to somebody together."""
    return _reallocate(
        request, list(selectors.stranded_episodes(request.membership)), "Nobody works on these"
    )


def _reallocate(request: ActingRequest, episodes: list[Episode], heading: str) -> HttpResponse:
    member = request.membership
    workers = workers_to_give(member, {one.case_id for one in episodes})
    form = ReallocateForm(request.POST or None, episodes=episodes, workers=workers)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if form.attempt(lambda: reallocate_episodes(data["episodes"], worker=data["worker"], actor=member)):
            messages.success(request, f"{len(form.result)} given to {data['worker'].user.name}.")
            return redirect("casework:team")
    context = {
        "heading": heading,
        "form": form if episodes else None,
        "table": episode_table("Open episodes", episodes),
    }
    return render(request, "casework/team/worker.html", context)
