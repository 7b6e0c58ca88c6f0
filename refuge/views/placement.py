from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import requires
from dacase.cases.access import case_or_404
from dacase.cases.models import Case
from dacase.cases.selectors.case import NEWEST_FIRST, case_grants, case_rows, find_grants
from dacase.ui.components import Band, Column, Fact, Lines, Link, Number, Table, Tag, Text
from dacase.ui.forms import Form
from dacase.ui.htmx import render_fragment
from dacase.ui.sealed import seal, unseal
from dacase.ui.tables import capped_count, keyset_page
from dacase.ui.words import day_words
from refuge.access import placement_or_404
from refuge.choices import PlacementState
from refuge.forms.placement import DatesForm, EndForm, PlaceForm, PlacementFilter, party_words
from refuge.models import Placement
from refuge.rules import may_cancel, nights
from refuge.selectors import placement as selectors
from refuge.selectors.unit import UnitState, is_overdue, references_of, stays_from, unit_nights
from refuge.services.placement import cancel_placement, change_placement, end_placement, place_household

STATE_TAGS = {
    PlacementState.PLACED: "good",
    PlacementState.ENDED: "neutral",
    PlacementState.CANCELLED: "neutral",
}
SEARCH = "refuge-place"
FREE_FIRST = [UnitState.FREE, UnitState.TAKEN, UnitState.OVERDUE]


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def place_choose(request) -> HttpResponse:
    """Which case's household is placed: the open cases of the agency, or those that a search finds."""
    unit = request.GET.get("unit", "")
    if request.method == "POST":
        words = request.POST.get("words", "").replace("\0", "")[:100]
        chosen = {"search": seal(words, purpose=SEARCH)} if words.strip() else {}
        return redirect(f"{request.path}?{urlencode(chosen | ({'unit': unit} if unit else {}))}")
    words = unseal(request.GET.get("search"), purpose=SEARCH) or ""
    grants = (
        find_grants(request.membership, words).filter(case_open=True)
        if words
        else case_grants(request.membership)
    )
    page = keyset_page(grants, order=NEWEST_FIRST, after=request.GET.get("after"), size=25)
    query = f"?{urlencode({'unit': unit})}" if unit else ""
    rows = [
        [
            Link(row.case.reference, reverse("refuge:place", args=[row.case.pk]) + query),
            Text(row.headline.victim.name) if row.headline else "",
            Band(row.headline.band) if row.headline else "",
            timezone.localdate(row.case.opened_at),
        ]
        for row in case_rows(page.items)
    ]
    context = {
        "heading": "Place a household",
        "words": words,
        "page": page,
        "count": capped_count(grants),
        "noun": "open cases",
        "table": Table("Open cases", ["Case", "Victim-survivor", "Risk", "Opened"], rows),
        "empty_title": "No case fits" if words else "Your agency has no open case",
        "empty_text": "Accept a referral first: its household can be placed as soon as your agency has the case.",
    }
    return render_fragment(request, "refuge/placement/choose.html", "results", context)


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def place(request, case_pk: UUID) -> HttpResponse:
    """Place the household of one case."""
    case = case_or_404(request, case_pk)
    today = timezone.localdate()
    stays = stays_from(request.membership, today, today=today)
    listed = [
        night
        for night in unit_nights(request.membership, stays, today, today=today)
        if night.unit.is_available
    ]
    offered = sorted(listed, key=lambda night: FREE_FIRST.index(night.state))
    household = selectors.possible_household(case)
    initial = {
        "parties": [str(party.pk) for party in household],
        "starts_on": today,
        "unit": request.GET.get("unit", ""),
    }
    form = PlaceForm(request.POST or None, initial=initial, household=household, nights=offered)
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: place_household(case, actor=request.membership, **form.cleaned_data)):
        messages.success(request, "The household is placed. Nobody outside your agency sees where.")
        return redirect("refuge:placement", form.result.pk)
    context = {
        "form": form,
        "heading": "Place the household",
        "caption": f"Case {case.reference}",
        "back_url": reverse("refuge:place_choose"),
        "submit_text": "Place the household",
        "has_units": bool(offered),
        "already": [
            stay for stay in stays if stay.case_id == case.pk and stay.state == PlacementState.PLACED
        ],
    }
    return render(request, "refuge/placement/place.html", context)


@requires("manage_placement")
@require_GET
def placements(request) -> HttpResponse:
    """The agency's placements, also those that have ended."""
    filters = PlacementFilter(request.GET or None)
    found = selectors.placements(request.membership, **filters.chosen())
    page = keyset_page(found, order=("-starts_on", "-id"), after=request.GET.get("after"), size=50)
    references = references_of(page.items, request.membership)
    rows = [placement_row(one, references) for one in page]
    columns: list[str | Column] = [
        "Household",
        "Unit",
        "First night",
        "Day of leaving",
        Column("Nights", numeric=True),
        "State",
    ]
    context = {
        "heading": "Placements",
        "filters": filters,
        "page": page,
        "count": capped_count(found),
        "noun": "placements",
        "table": Table("Placements", columns, rows),
        "empty_title": "No placements yet",
        "empty_text": "Place a household from the board.",
        "empty_href": reverse("refuge:board"),
        "empty_action": "See the board",
    }
    return render_fragment(request, "layouts/list.html", "results", context)


def placement_row(one: Placement, references: dict[UUID, str]) -> list[Any]:
    """A placement as the list shows it. A case that the agency has lost is not named."""
    return [
        Link(references.get(one.case_id, "A household"), reverse("refuge:placement", args=[one.pk])),
        Text(one.unit.name, sub=one.unit.service.name),
        one.starts_on,
        one.ends_on or "",
        Number(nights_so_far(one, timezone.localdate())),
        Tag(one.get_state_display(), STATE_TAGS[PlacementState(one.state)]),
    ]


def nights_so_far(one: Placement, today: date) -> int:
    """The nights of a stay that has ended, or those until today of one that goes on."""
    if one.state == PlacementState.CANCELLED:
        return 0
    if one.state == PlacementState.ENDED and one.ends_on is not None:
        return nights(one.starts_on, one.ends_on)
    return max(0, nights(one.starts_on, today))


@requires("manage_placement")
@require_GET
def placement(request, pk: UUID) -> HttpResponse:
    """Where a household is. Nobody outside the agency reaches this page."""
    found = placement_or_404(request, pk)
    today = timezone.localdate()
    case = Case.objects.visible_to(request.membership).filter(pk=found.case_id).first()
    in_place = found.state == PlacementState.PLACED
    context = {
        "placement": found,
        "reference": case.reference if case else "",
        "state": Tag(found.get_state_display(), STATE_TAGS[PlacementState(found.state)]),
        "facts": placement_facts(found, case, request.membership),
        "in_place": in_place,
        "can_cancel": in_place and may_cancel(found.starts_on, today=today),
        "has_begun": found.starts_on <= today,
        "is_overdue": is_overdue(found, today=today),
    }
    return render(request, "refuge/placement/detail.html", context)


def placement_facts(found: Placement, case: Case | None, membership: Any) -> list[Fact]:
    """Everything of a placement, in the order in which one asks for it."""
    people = selectors.members_of(found, membership) if case else []
    leaving = found.ends_on or "No day planned"
    facts = [
        Fact("Case", Link(case.reference, reverse("cases:detail", args=[case.pk])))
        if case
        else Fact("Case", "Not open to your agency any more"),
        Fact("Household", Lines("\n".join(party_words(party) for party in people))),
        Fact("Unit", Text(found.unit.name, sub=found.unit.service.name)),
        Fact("Where it is", Lines(found.unit.service.address)),
        Fact("Address for papers", Lines(found.unit.service.service_address)),
        Fact("First night", found.starts_on),
        Fact("Day of leaving", leaving),
        Fact("Nights", str(nights_so_far(found, timezone.localdate()))),
        Fact("Placed by", found.placed_by.user.name),
    ]
    return (
        [*facts, Fact("Why they left", found.get_leaving_reason_display())] if found.leaving_reason else facts
    )


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def placement_change(request, pk: UUID) -> HttpResponse:
    """Change when a household comes or leaves."""
    found = placement_or_404(request, pk)
    form = DatesForm(request.POST or None, initial=DatesForm.saved(found))
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: change_placement(found, actor=request.membership, **form.cleaned_data)):
        messages.success(request, "The dates are changed.")
        return redirect("refuge:placement", found.pk)
    context = {
        "form": form,
        "heading": "Change the dates",
        "caption": found.unit.name,
        "back_url": reverse("refuge:placement", args=[found.pk]),
    }
    return render(request, "layouts/form.html", context)


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def placement_end(request, pk: UUID) -> HttpResponse:
    """Record that a household has left."""
    found = placement_or_404(request, pk)
    form = EndForm(request.POST or None, initial=EndForm.proposal(found, timezone.localdate()))
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: end_placement(found, actor=request.membership, **form.cleaned_data)):
        count = nights(form.result.starts_on, form.result.ends_on)
        messages.success(request, f"The placement has ended after {count} night{'' if count == 1 else 's'}.")
        return redirect("refuge:placement", found.pk)
    context = {
        "form": form,
        "heading": "The household has left",
        "facts": [("Unit", found.unit.name), ("First night", day_words(found.starts_on))],
        "submit_text": "Record that they have left",
        "back_url": reverse("refuge:placement", args=[found.pk]),
    }
    return render(request, "layouts/confirm.html", context)


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def placement_cancel(request, pk: UUID) -> HttpResponse:
    """Cancel a placement whose household has not come."""
    found = placement_or_404(request, pk)
    back = reverse("refuge:placement", args=[found.pk])
    form = Form(request.POST) if request.method == "POST" else None
    sent = form is not None and form.is_valid()
    if form is not None and sent and form.attempt(lambda: cancel_placement(found, actor=request.membership)):
        messages.success(request, "The placement is cancelled. The unit is free again.")
        return redirect(back)
    context = {
        "form": form,
        "heading": "Cancel this placement?",
        "facts": [("Unit", found.unit.name), ("First night", day_words(found.starts_on))],
        "warning": "Do this only if the household has not come.",
        "submit_text": "Cancel the placement",
        "back_url": back,
    }
    return render(request, "layouts/confirm.html", context)
