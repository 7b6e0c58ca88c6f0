from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import requires
from dacase.ui.components import Column, Link, Number, Table, Tag, Text
from dacase.ui.forms import Form
from dacase.ui.htmx import render_fragment
from dacase.ui.tables import capped_count, keyset_page
from marac.choices import HearingState, MeetingState
from marac.forms.meeting import MeetingEditForm, MeetingFilter, MeetingForm
from marac.models import Meeting
from marac.rules import time_of_day, weekday_words
from marac.selectors import meeting as selectors
from marac.selectors.hearing import agenda
from marac.selectors.marac_referral import candidates
from marac.services.meeting import change_meeting, check_coordinates, close_meeting, create_meeting
from marac.views.agenda import agenda_rows, candidate_table, meeting_actions

STATE_TAGS = {MeetingState.PLANNED: "new", MeetingState.HELD: "info", MeetingState.CLOSED: "neutral"}


@requires("view_hearing", "manage_meeting")
@require_GET
def meetings(request) -> HttpResponse:
    """The meetings one takes part in; for the coordinator also what waits for an agenda."""
    filters = MeetingFilter(request.GET or None)
    found = selectors.meetings(request.membership, **filters.chosen())
    page = keyset_page(found, order=("-held_on", "-id"), after=request.GET.get("after"), size=25)
    counts = selectors.hearing_counts(page.items, request.membership)
    columns: list[str | Column] = ["Meeting", "State", "Chair", Column("Hearings you can see", numeric=True)]
    rows = [
        [
            Link(
                weekday_words(one.held_on),
                reverse("marac:meeting", args=[one.pk]),
                sub=f"{time_of_day(one.starts_at)}, {one.coordinator_agency.name}",
            ),
            Tag(one.get_state_display(), STATE_TAGS[MeetingState(one.state)]),
            Text(one.chair.user.name) if one.chair else "",
            Number(counts.get(one.pk, 0)),
        ]
        for one in page
    ]
    manages = request.membership.may("manage_meeting")
    following = selectors.next_open_meeting(request.membership) if manages else None
    context = {
        "heading": "MARAC meetings",
        "filters": filters,
        "page": page,
        "count": capped_count(found),
        "noun": "meetings",
        "table": Table("MARAC meetings", columns, rows),
        "manages": manages,
        "next_open": following,
        "waiting": candidate_table(candidates(request.membership), following) if manages else None,
        "empty_title": "No meetings yet",
        "empty_text": "Set up the next one: a fortnightly Thursday is proposed."
        if manages
        else "The coordinator has not set one up yet.",
        "empty_href": reverse("marac:meeting_create") if manages else "",
        "empty_action": "Set up a meeting",
    }
    return render_fragment(request, "marac/meeting/list.html", "results", context)


@requires("manage_meeting")
@require_http_methods(["GET", "POST"])
def meeting_create(request) -> HttpResponse:
    """Set up a meeting; the next fortnight is proposed."""
    agency = request.membership.agency
    form = MeetingForm(request.POST or None, initial=MeetingForm.proposal(agency), coordinator=agency)
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: create_meeting(actor=request.membership, **form.values())):
        messages.success(request, "The meeting is set up. Put cases on its agenda.")
        return redirect("marac:meeting", form.result.pk)
    context = {
        "form": form,
        "heading": "Set up a meeting",
        "intro": "The next fortnightly meeting is proposed. Change the date for an urgent one.",
        "back_url": reverse("marac:meetings"),
        "submit_text": "Set up the meeting",
    }
    return render(request, "layouts/form.html", context)


@requires("view_hearing", "manage_meeting")
@require_GET
def meeting(request, pk: UUID) -> HttpResponse:
    """The agenda of a meeting, as far as one sees its hearings."""
    found = get_meeting(request, pk)
    items = agenda(found, request.membership)
    coordinates = selectors.is_coordinator(found, request.membership)
    takes_more = coordinates and found.state != MeetingState.CLOSED
    waiting = list(candidates(request.membership)) if takes_more else []
    facts = [
        ("Starts", time_of_day(found.starts_at)),
        ("Chair", f"{found.chair.user.name}, {found.chair.agency.name}" if found.chair else "Not chosen"),
        ("Cases", f"{len(items)}, about 12 minutes each" if items else "None yet"),
    ]
    context = {
        "meeting": found,
        "core_agencies": selectors.core_agencies(found),
        "day": weekday_words(found.held_on),
        "state": Tag(found.get_state_display(), STATE_TAGS[MeetingState(found.state)]),
        "facts": facts,
        "rows": agenda_rows(items, coordinates and found.state != MeetingState.CLOSED),
        "coordinates": coordinates,
        "can_change": coordinates and found.state == MeetingState.PLANNED,
        "can_close": takes_more and all(item.hearing.state == HearingState.HEARD for item in items),
        "actions": meeting_actions(found, items, len(waiting), request.membership),
        "candidates": candidate_table(waiting, found) if takes_more else None,
    }
    return render(request, "marac/meeting/detail.html", context)


@requires("manage_meeting")
@require_http_methods(["GET", "POST"])
def meeting_edit(request, pk: UUID) -> HttpResponse:
    """Change a meeting that has not been held."""
    found = get_meeting(request, pk)
    check_coordinates(found, request.membership)
    form = MeetingEditForm(
        request.POST or None, initial=MeetingEditForm.saved(found), coordinator=found.coordinator_agency
    )
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: change_meeting(found, actor=request.membership, **form.values())):
        messages.success(request, "The meeting is changed.")
        return redirect("marac:meeting", found.pk)
    context = {
        "form": form,
        "heading": "Change the meeting",
        "caption": weekday_words(found.held_on),
        "intro": "Cases that are on the agenda already keep the agencies invited to them.",
        "back_url": reverse("marac:meeting", args=[found.pk]),
    }
    return render(request, "layouts/form.html", context)


@requires("manage_meeting")
@require_http_methods(["GET", "POST"])
def meeting_close(request, pk: UUID) -> HttpResponse:
    """Close a meeting, after asking."""
    found = get_meeting(request, pk)
    check_coordinates(found, request.membership)
    back = reverse("marac:meeting", args=[found.pk])
    form = Form(request.POST) if request.method == "POST" else None
    sent = form is not None and form.is_valid()
    if form is not None and sent and form.attempt(lambda: close_meeting(found, actor=request.membership)):
        messages.success(request, "The meeting is closed. Only your agency still sees its papers.")
        return redirect(back)
    context = {
        "form": form,
        "heading": "Close this meeting?",
        "facts": [
            ("Meeting", weekday_words(found.held_on)),
            ("Cases", str(len(agenda(found, request.membership)))),
        ],
        "warning": "The agencies that were invited lose the papers at once. Each keeps its own action points.",
        "submit_text": "Close the meeting",
        "back_url": back,
    }
    return render(request, "layouts/confirm.html", context)


def get_meeting(request, pk: UUID) -> Meeting:
    """The meeting, or 404 outside what the membership may see."""
    return get_object_or_404(selectors.meetings(request.membership).select_related("chair__agency"), pk=pk)
