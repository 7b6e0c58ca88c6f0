"""The wording that the partnership is licensed for: load it, look at it, use it, withdraw it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.ui.components import Link, Many, Table, Tag, Text
from dacase.ui.forms import Form
from referrals.casework.forms.wording import WordingForm
from referrals.casework.models import ToolWording
from referrals.casework.rules.risk_assessment import topics
from referrals.casework.selectors.wording import own_wordings
from referrals.casework.services import wording as services


@require_GET
@requires("load_wording")
def wording_list(request: ActingRequest) -> HttpResponse:
    """What the agency has loaded, and whether it is used."""
    found = list(own_wordings(request.membership)[:100])
    rows = [
        [
            Link(_name(one), reverse("casework:wording", args=[one.pk])),
            one.from_date,
            _state(one),
            one.loaded_by.user.name,
        ]
        for one in found
    ]
    table = Table("Wording that was loaded", ["Tool", "From", "State", "Loaded by"], rows) if rows else None
    return render(request, "casework/wording/list.html", {"table": table})


@require_http_methods(["GET", "POST"])
@requires("load_wording")
def wording_load(request: ActingRequest) -> HttpResponse:
    """Take in a file; where rows of it are wrong, show each with what to do."""
    initial = {"from_date": timezone.localdate()}
    sent = request.method == "POST"
    form = WordingForm(request.POST, request.FILES) if sent else WordingForm(initial=initial)
    if sent and form.is_valid():
        values = form.values()
        if form.attempt(lambda: services.keep_wording(**values, actor=request.membership)):
            return redirect("casework:wording", pk=form.result.pk)
    wrong = [row for row in form.rows if row.errors]
    rows = [
        [row.number or "None", row.code[:20], row.question[:100], Many([Text(error) for error in row.errors])]
        for row in wrong[:200]
    ]
    columns = ["Row", "Code", "Question", "What to do"]
    context = {
        "form": form,
        "back_url": reverse("casework:wordings"),
        "table": Table("Rows to correct", columns, rows, show_caption=True) if rows else None,
    }
    return render(request, "casework/wording/load.html", context)


@require_GET
@requires("load_wording")
def wording(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Every topic with the wording, to be looked at before it is used and afterwards."""
    found = get_object_or_404(own_wordings(request.membership).prefetch_related("topics"), pk=pk)
    labels = topics(found.definition)
    rows = [
        [row.code, labels[row.code].label if row.code in labels else "", row.question, row.help]
        for row in found.topics.all()
    ]
    context = {
        "wording": found,
        "name": _name(found),
        "state": _state(found),
        "table": Table("Topics", ["Code", "Our label", "Question", "Help"], rows),
    }
    return render(request, "casework/wording/detail.html", context)


@require_POST
@requires("load_wording")
def wording_use(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Use what was looked at."""
    get_object_or_404(own_wordings(request.membership), pk=pk)
    try:
        services.use_wording(pk, actor=request.membership)
        messages.success(request, "The wording is used.")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("casework:wording", pk=pk)


@require_http_methods(["GET", "POST"])
@requires("load_wording")
def wording_withdraw(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Ask, then show the wording no more."""
    found = get_object_or_404(own_wordings(request.membership), pk=pk)
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.attempt(
        lambda: services.withdraw_wording(pk, actor=request.membership)
    ):
        messages.success(request, "The wording is withdrawn. Assessments show our own labels.")
        return redirect("casework:wordings")
    context = {
        "heading": "Withdraw this wording?",
        "warning": "Every assessment shows our own labels at once, those of earlier days as well.",
        "facts": [("Tool", _name(found)), ("From", found.from_date), ("Licence", found.licence)],
        "form": form,
        "submit_text": "Withdraw it",
        "back_url": reverse("casework:wording", args=[pk]),
    }
    return render(request, "layouts/confirm.html", context)


def _name(one: ToolWording) -> str:
    return f"{one.get_tool_display()}, {one.tool_version}"


def _state(one: ToolWording) -> Tag:
    if one.withdrawn_at is not None:
        return Tag("Withdrawn", "neutral")
    return Tag("Used", "good") if one.is_used else Tag("Not used yet", "warning")
