from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import requires
from dacase.audit.services import record_read
from dacase.cases.access import page_name
from dacase.ui.components import Clock, Column, Fact, Lines, Link, Table, Tag, Text
from dacase.ui.forms import Form
from dacase.ui.htmx import render_fragment
from dacase.ui.tables import capped_count, keyset_page, sorting
from marac.choices import ActionState
from marac.forms.action_point import ActionPointFilter, ReportForm
from marac.models import ActionPoint, Hearing
from marac.selectors import action_point as selectors
from marac.services.action_point import check_may_reopen, reopen_action_point, report_action_point
from marac.views.hearing import ACTION_TAGS

SORTS = {"due": ("due_on", "id"), "set": ("created_at", "id")}


@requires("complete_action_point", "record_hearing")
@require_GET
def action_points(request) -> HttpResponse:
    """The action points of one’s agency; for the coordinator those of every hearing."""
    coordinates = request.membership.may("manage_meeting")
    start = {"state": "open", "whose": "all" if coordinates else "own"}
    filters = ActionPointFilter({**start, **request.GET.dict()})
    chosen = {**start, **filters.chosen()}
    found = selectors.action_points(request.membership, **chosen)
    order = sorting(request.GET.get("sort"), SORTS, default="due")
    page = keyset_page(found, order=order.order, after=request.GET.get("after"), size=50)
    rows = [
        [
            Link(point.task, reverse("marac:action_point", args=[point.pk])),
            Text(point.case_reference, sub=heard_words(point)),
            point.owner_agency.name,
            state_cell(point),
        ]
        for point in page
    ]
    columns: list[str | Column] = ["Task", "Case", "Agency", Column("Due", sort="due")]
    context = {
        "heading": "Action points",
        "filters": filters,
        "page": page,
        "count": capped_count(found),
        "noun": "action points",
        "table": Table("Action points", columns, rows, sort=order.current),
        "is_unfiltered": not set(request.GET) & set(start),
    }
    return render_fragment(request, "marac/action_point/list.html", "results", context)


def heard_words(point: ActionPoint) -> str:
    """When the case of an action point was heard."""
    return f"heard {point.heard_on:%d/%m/%Y}" if point.heard_on else ""


def state_cell(point: ActionPoint) -> object:
    """A clock while it is open, else how it ended."""
    if point.state == ActionState.OPEN:
        return Clock(point.due_on)
    return Tag(point.get_state_display(), ACTION_TAGS.get(ActionState(point.state), "neutral"))


@requires("complete_action_point", "record_hearing")
@require_http_methods(["GET", "POST"])
def action_point(request, pk: UUID) -> HttpResponse:
    """One action point, and the report on it by its owner."""
    membership = request.membership
    found = get_object_or_404(selectors.visible_action_points(membership), pk=pk)
    record_read(page_name(request), actor=membership, case_id=found.case_id, object_id=found.pk)
    form = ReportForm(request.POST or None, initial={"version": found.version})
    sent = request.method == "POST" and form.is_valid()
    if sent and form.attempt(lambda: report_action_point(found, actor=membership, **form.cleaned_data)):
        messages.success(request, "Thank you. Your report is recorded.")
        return redirect("marac:action_points")
    hearing = Hearing.objects.visible_to(membership).filter(pk=found.hearing_id).first()
    reopens = membership.may("manage_meeting") and hearing is not None
    context = {
        "point": found,
        "form": form
        if selectors.is_owner(found, membership) and (found.state == ActionState.OPEN or form.is_bound)
        else None,
        "facts": action_facts(found),
        "hearing_url": reverse("marac:hearing", args=[hearing.pk])
        if hearing and membership.may("view_hearing")
        else "",
        "can_reopen": reopens and found.state in (ActionState.DONE, ActionState.NOT_POSSIBLE),
        "owns": selectors.is_owner(found, membership),
    }
    return render(request, "marac/action_point/detail.html", context)


def action_facts(point: ActionPoint) -> list[Fact]:
    """Everything of an action point."""
    facts = [
        Fact("Case", point.case_reference),
        Fact("Heard on", point.heard_on),
        Fact("Agency", point.owner_agency.name),
        Fact("Due by", point.due_on),
        Fact("State", state_cell(point)),
    ]
    if point.completed_by is not None:
        who = f"{point.completed_by.user.name}, {point.owner_agency.name}"
        facts += [Fact("Reported by", who), Fact("Reported on", point.completed_at)]
    return [*facts, Fact("Report", Lines(point.outcome))] if point.outcome else facts


@requires("manage_meeting")
@require_http_methods(["GET", "POST"])
def action_point_reopen(request, pk: UUID) -> HttpResponse:
    """Open an action point again, after asking."""
    found = get_object_or_404(selectors.visible_action_points(request.membership), pk=pk)
    check_may_reopen(found, request.membership)
    back = reverse("marac:action_point", args=[found.pk])
    form = Form(request.POST) if request.method == "POST" else None
    sent = form is not None and form.is_valid()
    if (
        form is not None
        and sent
        and form.attempt(lambda: reopen_action_point(found, actor=request.membership))
    ):
        messages.success(request, "The action point is open again.")
        return redirect(back)
    context = {
        "form": form,
        "heading": "Open this action point again?",
        "facts": action_facts(found),
        "warning": f"{found.owner_agency.name} reports on it anew. Its report so far stays in the history.",
        "submit_text": "Open again",
        "back_url": back,
    }
    return render(request, "layouts/confirm.html", context)
