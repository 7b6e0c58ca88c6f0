from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.selectors.together import together
from dacase.ui.components import Metric, NextAction
from referrals.casework.day import LATE, THIS_WEEK, TODAY, Day, Entry, asked_by, entries_of, when_due
from referrals.casework.selectors.day import MOST, Load, load_asked, load_from, stand_of
from referrals.casework.views.lists import entry_table

TITLES = {LATE: "Late", TODAY: "Today", THIS_WEEK: "In the next seven days"}


@require_GET
@requires("work_episode")
def my_day(request: ActingRequest) -> HttpResponse:
    """What this worker must do now, by clock, and how much she carries."""
    member = request.membership
    stand = stand_of(member)
    day = Day(member, stand)
    rows = together(asked_by(day) | load_asked(member))
    entries, has_more = entries_of(day, rows)
    parts = [(title, [one for one in entries if when_due(one) == when]) for when, title in TITLES.items()]
    context = {
        "parts": [(title, entry_table(title, found)) for title, found in parts if found],
        "actions": first_action(entries),
        "has_more": has_more,
        "stand": stand,
        "metrics": load_metrics(load_from(rows), late=len(parts[0][1])),
        "may_manage": member.may("allocate_episode"),
    }
    return render(request, "casework/day/my_day.html", context)


def first_action(entries: list[Entry]) -> list[NextAction]:
    """The most urgent thing, large on top."""
    return [
        NextAction(
            one.words, one.address, text=" · ".join(filter(None, [one.about, one.reference])), due=one.due
        )
        for one in entries[:1]
    ]


def load_metrics(load: Load, *, late: int) -> list[Metric]:
    """The caseload on cards, each against its guide."""
    capped = "+" if load.open >= MOST else ""
    bands = f"{load.counts['high']} high, {load.counts['medium']} medium, {load.counts['standard']} standard"
    year = load.year_guide
    return [
        Metric("Late now", late, meaning="bad" if late else "neutral"),
        Metric(
            "Open episodes",
            f"{load.open}{capped}",
            note=f"{bands}, {load.counts['']} not assessed. Guide: {load.open_guide.low} to {load.open_guide.high}",
            meaning=load.open_guide.meaning_of(load.open),
        ),
        Metric(
            "Weighted by risk",
            f"{load.weight:g}",
            note="A high-risk episode counts twice, a standard one half",
            meaning=load.open_guide.meaning_of(load.weight),
        ),
        Metric(
            "Taken on in 12 months",
            f"{load.year}{'+' if load.year >= MOST else ''}",
            href=reverse("cases:list") + "?mine=on",
            note=f"Guide for a full-time worker: {year.low} to {year.high} a year",
            meaning=year.meaning_of(load.year),
        ),
    ]
