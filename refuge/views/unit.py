from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import requires
from dacase.ui.components import Link, Metric, Table, Tag, Tile
from dacase.ui.htmx import render_fragment
from dacase.ui.words import day_words
from refuge.forms.placement import BoardFilter, features, state_words
from refuge.forms.unit import ServiceEditForm, ServiceForm, UnitEditForm, UnitForm
from refuge.models import RefugeService, Unit
from refuge.selectors import unit as selectors
from refuge.selectors.unit import Board, UnitNight, UnitState
from refuge.services.unit import change_service, change_unit, create_service, create_unit

MEANINGS = {
    UnitState.FREE: "good",
    UnitState.TAKEN: "info",
    UnitState.OVERDUE: "warning",
    UnitState.OUT_OF_USE: "quiet",
}


@requires("manage_placement")
@require_GET
def board(request) -> HttpResponse:
    """Every unit of the agency on one night: tonight, or the night that was chosen."""
    today = timezone.localdate()
    filters = BoardFilter(request.GET or None)
    on = filters.chosen().get("on", today)
    found = selectors.board(request.membership, on, today=today)
    context = {
        "board": found,
        "heading": "Tonight" if on == today else f"{on:%A} {day_words(on)}",
        "is_today": on == today,
        "filters": filters if filters.is_bound else BoardFilter(initial={"on": on}),
        "metrics": metrics(found),
        "services": [(one.service, [tile(night, found) for night in one.units]) for one in found.services],
        "day_before": day_query(on - timedelta(days=1)),
        "day_after": day_query(on + timedelta(days=1)),
    }
    return render_fragment(request, "refuge/unit/board.html", "results", context)


def day_query(day: date) -> str:
    """The query that chooses a night of the board."""
    return urlencode({"on_day": day.day, "on_month": day.month, "on_year": day.year})


def metrics(found: Board) -> list[Metric]:
    """The board in figures."""
    overdue = found.count(UnitState.OVERDUE)
    cards = [
        Metric("Free", found.count(UnitState.FREE), meaning="good"),
        Metric("Taken", found.count(UnitState.TAKEN), meaning="info"),
        Metric("Arriving", len(found.arriving)),
        Metric("Leaving", len(found.leaving)),
        Metric("Out of use", found.count(UnitState.OUT_OF_USE)),
    ]
    return [*cards, Metric("Should have left", overdue, meaning="warning")] if overdue else cards


def tile(night: UnitNight, found: Board) -> Tile:
    """A unit as the board draws it: its state in words first, the colour only beside them."""
    lines = [", ".join(features(night.unit)).capitalize()]
    if night.stay is not None:
        lines += [found.references.get(night.stay.case_id, "A household")]
        lines += ["Arrives today"] if night.stay.starts_on == found.on else []
    if any(stay.unit_id == night.unit.pk for stay in found.leaving):
        lines += ["A household leaves on this day"]
    return Tile(night.unit.name, state_words(night), MEANINGS[night.state], lines, tile_link(night))


def tile_link(night: UnitNight) -> Link:
    """What one does with a unit in its state."""
    if night.stay is not None:
        return Link(
            "Open the placement", reverse("refuge:placement", args=[night.stay.pk]), hidden=f"in {night.unit}"
        )
    if night.state == UnitState.FREE:
        query = urlencode({"unit": str(night.unit.pk)})
        return Link(
            "Place a household", f"{reverse('refuge:place_choose')}?{query}", hidden=f"in {night.unit}"
        )
    return Link("Change the unit", reverse("refuge:unit_edit", args=[night.unit.pk]), hidden=str(night.unit))


@requires("manage_placement")
@require_GET
def services(request) -> HttpResponse:
    """The agency's services with their addresses and units, to be kept up to date."""
    units = list(selectors.units(request.membership))
    listed = [
        (service, unit_table([unit for unit in units if unit.service_id == service.pk]))
        for service in selectors.services(request.membership)
    ]
    return render(request, "refuge/unit/services.html", {"services": listed})


def unit_table(units: list[Unit]) -> Table:
    """Units with what they offer, each with a link to change it."""
    rows = [
        [
            Link(unit.name, reverse("refuge:unit_edit", args=[unit.pk])),
            ", ".join(features(unit)).capitalize(),
            Tag("In use", "good") if unit.is_available else Tag("Out of use"),
        ]
        for unit in units
    ]
    return Table("Units", ["Unit", "What it offers", "State"], rows)


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def service_create(request) -> HttpResponse:
    """Add a house or scheme."""
    form = ServiceForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: create_service(actor=request.membership, **form.cleaned_data)):
        messages.success(request, "The service is added. Add its units.")
        return redirect("refuge:unit_create", form.result.pk)
    context = {"form": form, "heading": "Add a service", "back_url": reverse("refuge:services")}
    return render(request, "layouts/form.html", context)


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def service_edit(request, pk: UUID) -> HttpResponse:
    """Change a house or scheme."""
    found = get_object_or_404(RefugeService.objects.visible_to(request.membership), pk=pk)
    form = ServiceEditForm(request.POST or None, initial=ServiceEditForm.saved(found))
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: change_service(found, actor=request.membership, **form.cleaned_data)):
        messages.success(request, "The service is changed.")
        return redirect("refuge:services")
    context = {"form": form, "heading": "Change the service", "back_url": reverse("refuge:services")}
    return render(request, "layouts/form.html", context)


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def unit_create(request, service_pk: UUID) -> HttpResponse:
    """Add a unit to a service."""
    found = get_object_or_404(RefugeService.objects.visible_to(request.membership), pk=service_pk)
    form = UnitForm(request.POST or None)
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: create_unit(found, actor=request.membership, **form.cleaned_data)):
        messages.success(request, f"{form.result.name} is added.")
        return redirect("refuge:services")
    context = {
        "form": form,
        "heading": "Add a unit",
        "caption": found.name,
        "back_url": reverse("refuge:services"),
        "submit_text": "Add the unit",
    }
    return render(request, "layouts/form.html", context)


@requires("manage_placement")
@require_http_methods(["GET", "POST"])
def unit_edit(request, pk: UUID) -> HttpResponse:
    """Change a unit, or take it out of use."""
    found = get_object_or_404(selectors.units(request.membership), pk=pk)
    form = UnitEditForm(request.POST or None, initial=UnitEditForm.saved(found))
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: change_unit(found, actor=request.membership, **form.cleaned_data)):
        messages.success(request, f"{form.result.name} is changed.")
        return redirect("refuge:services")
    context = {
        "form": form,
        "heading": f"Change {found.name}",
        "caption": found.service.name,
        "back_url": reverse("refuge:services"),
    }
    return render(request, "layouts/form.html", context)
