from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import act_page, form_page, frame
from dacase.ui.charts import Chart, bar_chart
from dacase.ui.components import Column, Lines, Table
from referrals.casework.choices import Severity, SeverityChange, Stage
from referrals.casework.forms.severity import SeverityForm
from referrals.casework.models import SeverityGrid, SeverityLine
from referrals.casework.selectors.severity import Comparison, comparison
from referrals.casework.services.severity import record_severity

INTRO = (
    "Ask only what can be asked without danger and without haste. “Not asked” and “Not known” are answers, and "
    "different ones. This record stands beside the earlier ones and changes none of them."
)
# The gravest first; the silences last, and each by itself.
SEVERITIES = (
    Severity.HIGH,
    Severity.MODERATE,
    Severity.STANDARD,
    Severity.NONE,
    Severity.NOT_KNOWN,
    Severity.NOT_ASKED,
)
CAPTION = "One bar for each record, the oldest first. The table above says which type of abuse is meant."


@require_GET
@requires("view_case")
def severity(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """How severe each type of abuse was, from the oldest record to the newest."""
    case = case_or_404(request, case_pk)
    found = comparison(case, request.membership, on=timezone.localdate())
    context = frame(
        request,
        case,
        "casework:severity",
        found=found,
        table=severity_table(found) if found.grids else None,
        chart=severity_chart(found),
        may_assess=request.membership.may("assess_risk"),
    )
    return render(request, "casework/severity/list.html", context)


@require_http_methods(["GET", "POST"])
@requires("assess_risk")
def severity_create(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Record how severe the abuse is now; the address may say at which stage."""
    case = case_or_404(request, case_pk)
    draft = FormDraft(request)
    asked = request.GET.get("stage", "")
    form = draft.bind(SeverityForm, initial={"stage": asked} if asked in Stage.values else {})

    def act() -> SeverityGrid:
        data = {name: form.cleaned_data[name] for name in ("stage", "assessed_on", "note", "submission")}
        return record_severity(case_pk, ratings=form.ratings(), actor=request.membership, **data)

    return act_page(
        request,
        form_page(request, case, "How severe is it now?", intro=INTRO, submit_text="Save the record"),
        form=form,
        draft=draft,
        act=act,
        done="The record is saved. It stands beside the earlier ones.",
        to=reverse("casework:severity", args=[case_pk]),
    )


def severity_table(found: Comparison) -> Table:
    """A row for each type of abuse, a column for each record, in words."""
    columns = [Column("Type of abuse"), *(Column(heading(grid)) for grid in found.grids)]
    rows: list[list[Any]] = [
        [label, *(Lines(words_of(line)) if line else "Not asked about then" for line in lines)]
        for label, lines in found.rows
    ]
    return Table("Severity of the abuse, the oldest record first", columns, rows)


def heading(grid: SeverityGrid) -> str:
    """“1 June 2026, intake”."""
    return f"{grid.assessed_on:%-d %B %Y}, {grid.get_stage_display().lower()}"


def words_of(line: SeverityLine) -> str:
    """The severity, and how it has changed, in words; nothing of a change that does not apply."""
    changes = [
        words
        for change, words in (
            (line.severity_change, line.get_severity_change_display()),
            (line.frequency_change, line.get_frequency_change_display()),
        )
        if change != SeverityChange.NOT_APPLICABLE
    ]
    return "\n".join([line.get_severity_display(), *changes])


def severity_chart(found: Comparison) -> Chart | None:
    """Of each record, how many types of abuse were how severe; those not known or not asked about by themselves."""
    if len(found.grids) < 2:
        return None
    rows = []
    for number, grid in enumerate(found.grids):
        given = [line.severity for _, lines in found.rows for line in [lines[number]] if line is not None]
        rows += [
            (f"{number + 1}. {grid.assessed_on:%-d %b %Y}", one.label, given.count(one)) for one in SEVERITIES
        ]
    title = "How many types of abuse were how severe"
    return bar_chart(
        title, rows, category="Record", value="Types of abuse", series="Severity", caption=CAPTION
    )
