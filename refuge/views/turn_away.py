from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import requires
from dacase.ui.components import Column, Number, Table, Text
from dacase.ui.htmx import render_fragment
from dacase.ui.tables import capped_count, keyset_page
from dacase.ui.words import day_words
from refuge.forms.turn_away import TurnAwayFilter, TurnAwayForm
from refuge.selectors.turn_away import turn_aways as found_turn_aways
from refuge.selectors.unit import references_of
from refuge.services.turn_away import record_turn_away


@requires("manage_placement")
@require_GET
def turn_aways(request) -> HttpResponse:
    """Households that asked for a place and were not placed."""
    filters = TurnAwayFilter(request.GET or None)
    found = found_turn_aways(request.membership, **filters.chosen())
    page = keyset_page(found, order=("-happened_on", "-id"), after=request.GET.get("after"), size=50)
    references = references_of([one for one in page if one.case_id], request.membership)
    rows = [
        [
            Text(day_words(one.happened_on), sub=references.get(one.case_id, "")),
            one.service.name,
            Text(one.get_decided_by_display(), sub=one.get_cause_display()),
            Number(one.adults),
            Number(one.children),
            one.recorded_by.user.name,
        ]
        for one in page
    ]
    adults, children = Column("Adults", numeric=True), Column("Children", numeric=True)
    context = {
        "heading": "Turn-aways",
        "filters": filters,
        "page": page,
        "count": capped_count(found),
        "noun": "households not placed",
        "table": Table(
            "Turn-aways", ["Day", "Service", "Who decided, and why", adults, children, "Recorded by"], rows
        ),
        "empty_title": "No turn-aways recorded",
        "empty_text": "Record each household that asks for a place and is not placed. It shows what is missing.",
        "empty_href": reverse("refuge:turn_away_create"),
        "empty_action": "Record a turn-away",
    }
    return render_fragment(request, "refuge/turn_away/list.html", "results", context)


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def turn_away_create(request) -> HttpResponse:
    """Record a household that was not placed."""
    form = TurnAwayForm(request.POST or None, membership=request.membership)
    form.initial = form.start()
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: record_turn_away(actor=request.membership, **form.values())):
        messages.success(request, "The turn-away is recorded.")
        return redirect("refuge:turn_aways")
    context = {
        "form": form,
        "heading": "Record a turn-away",
        "intro": "A household asked for a place and was not placed. No name is needed.",
        "back_url": reverse("refuge:turn_aways"),
        "submit_text": "Record the turn-away",
        "has_services": bool(form.services),
    }
    return render(request, "refuge/turn_away/form.html", context)
