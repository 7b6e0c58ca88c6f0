"""Recording a risk assessment section by section, judging it, reading it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, NotAllowed, requires
from dacase.cases.access import case_or_404, read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import frame
from dacase.cases.selectors.together import together
from dacase.ui.charts import line_chart
from referrals.casework.choices import SignOffState
from referrals.casework.forms.risk_assessment import BandForm, JudgementForm, SectionForm, StartForm
from referrals.casework.models import RiskAssessment
from referrals.casework.panels import assessment_table
from referrals.casework.rules.risk_assessment import TopicSection, rests_on_judgement, sections
from referrals.casework.selectors.earlier_assessment import (
    Earlier,
    beginning,
    changes_since,
    earlier_answers,
    earlier_of,
)
from referrals.casework.selectors.risk_assessment import (
    answered_sections,
    assessments_of,
    is_visible_high,
    open_sections,
    picture_of,
    readable_assessments,
    steps_of,
    trend,
)
from referrals.casework.selectors.sign_off import sign_offs_of
from referrals.casework.selectors.wording import Wording, wording_of, wording_rows
from referrals.casework.services import risk_assessment as services
from referrals.views.refusals import missing_is_404

CLOSED_AGAIN = (
    "Those topics are not asked now, because the answer that opened them has changed. "
    "What was answered to them is kept, and does not count."
)


@require_GET
@requires("view_case")
def assessment_list(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Every assessment of a case, and how the counts of each tool have gone over time."""
    case = case_or_404(request, case_pk)
    assessments = list(assessments_of(case, request.membership))
    points = [
        (f"{one.assessed_on:%-d %b %Y}", one.get_tool_display(), one.yes_count)
        for one in trend(assessments)
        if not one.judged_band
    ]
    context = frame(
        request,
        case,
        "casework:assessments",
        table=assessment_table(assessments) if assessments else None,
        chart=line_chart("Yes answers over time", points, category="Day", value="Yes answers", series="Tool")
        if len(points) > 1
        else None,
        may_assess=request.membership.may("assess_risk") and case.is_open,
    )
    return render(request, "casework/risk_assessment/list.html", context)


@require_http_methods(["GET", "POST"])
@requires("assess_risk")
@missing_is_404
def assessment_start(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Begin: who listens, how long there is, which day."""
    case = case_or_404(request, case_pk)
    form = StartForm(request.POST or None, known=beginning(case, request.membership))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if form.attempt(lambda: services.start_assessment(case_pk, **data, actor=request.membership)):
            return redirect("casework:assessment_section", pk=form.result.pk, number=1)
    return render(request, "casework/risk_assessment/start.html", {"form": form, "case": case})


@require_http_methods(["GET", "POST"])
@requires("assess_risk")
@missing_is_404
def assessment_section(request: ActingRequest, pk: UUID, number: int) -> HttpResponse:
    """A section of topics; saved, the next one follows."""
    assessment = _own_assessment(request, pk)
    if not can_go_on(assessment):
        return redirect("casework:assessment_detail", pk=pk)
    section = _section(assessment, number)
    draft = FormDraft(request)
    if not draft.sent and section not in open_sections(assessment):
        # What was typed on it before it closed is still saved: it may open again.
        messages.warning(request, CLOSED_AGAIN)
        return redirect("casework:assessment_judgement", pk=pk)
    answers = {answer.topic: answer for answer in assessment.answers.all()}
    earlier, wording = _beside(assessment, request)
    form = draft.bind(
        SectionForm,
        tool=assessment.definition,
        section=section,
        answers=answers,
        earlier=earlier,
        wording=wording,
        initial={"version": assessment.version},
    )
    if draft.sent and form.is_valid():
        version, given, actor = form.cleaned_data["version"], form.given(), request.membership
        if form.attempt(lambda: services.save_answers(pk, answers=given, version=version, actor=actor)):
            draft.discard()
            return redirect(_next(assessment, number, request))
    context = {
        **draft.context,
        "form": form,
        "section": section,
        "assessment": assessment,
        "steps": steps_of(assessment),
        "wording": wording,
    }
    return render(request, "casework/risk_assessment/section.html", context)


@require_http_methods(["GET", "POST"])
@requires("assess_risk")
@missing_is_404
def assessment_judgement(request: ActingRequest, pk: UUID) -> HttpResponse:
    """What the answers come to, and what the assessor makes of it."""
    assessment = _own_assessment(request, pk)
    if not can_go_on(assessment):
        return redirect("casework:assessment_detail", pk=pk)
    draft = FormDraft(request)
    asked = JudgementForm if assessment.definition.is_counted else BandForm
    form: Any = draft.bind(asked, initial={"version": assessment.version})
    if draft.sent and form.is_valid():
        values, actor = form.cleaned_data, request.membership
        if form.attempt(lambda: services.complete_assessment(pk, **values, actor=actor)):
            draft.discard()
            messages.success(request, "The assessment is complete.")
            return redirect("casework:assessment_detail", pk=pk)
    context = {
        "form": form,
        "assessment": assessment,
        "steps": steps_of(assessment),
        "picture": picture_of(assessment),
        "changes": changes_since(earlier_of(earlier_answers(assessment, request.membership)), assessment),
    }
    return render(request, "casework/risk_assessment/judgement.html", {**draft.context, **context})


@require_GET
@requires("view_case")
def assessment_detail(request: ActingRequest, pk: UUID) -> HttpResponse:
    """The whole assessment, to be read and printed."""
    assessment = read_or_404(request, readable_assessments(request.membership), pk)
    wording = wording_of(wording_rows(assessment))
    context: dict[str, Any] = {
        "assessment": assessment,
        "picture": picture_of(assessment),
        "sections": answered_sections(assessment, wording),
        "wording": wording,
        "visible_high": assessment.completed_at is not None and is_visible_high(assessment),
        "may_assess": request.membership.may("assess_risk"),
        "is_own": assessment.agency_id == request.membership.agency_id,
        "can_go_on": can_go_on(assessment),
    }
    if context["is_own"] and request.membership.may("work_episode") and assessment.completed_at:
        made = sign_offs_of(assessment, request.membership)
        context["sign_offs"] = made
        is_waiting = any(one.state == SignOffState.OPEN for one in made)
        context["may_ask"] = not is_waiting and rests_on_judgement(
            assessment.definition, assessment.yes_count, band=assessment.band, on=assessment.assessed_on
        )
    return render(request, "casework/risk_assessment/detail.html", context)


def can_go_on(assessment: RiskAssessment) -> bool:
    """Whether topics can still be answered."""
    return assessment.completed_at is None and assessment.definition.is_known


def _own_assessment(request: ActingRequest, pk: UUID) -> RiskAssessment:
    assessment = get_object_or_404(readable_assessments(request.membership), pk=pk)
    if assessment.agency_id != request.membership.agency_id:
        raise NotAllowed(
            "This assessment belongs to another agency. Your agency may read it, and record its own."
        )
    return assessment


def _beside(assessment: RiskAssessment, request: ActingRequest) -> tuple[Earlier, Wording]:
    """What stands beside the topics: what was answered before, and the licensed wording. One query."""
    asked: dict[str, Any] = {
        "earlier": earlier_answers(assessment, request.membership),
        "wording": wording_rows(assessment),
    }
    rows = together(asked)
    return earlier_of(rows["earlier"]), wording_of(rows["wording"])


def _section(assessment: RiskAssessment, number: int) -> TopicSection:
    for section in sections(assessment.definition):
        if section.number == number:
            return section
    raise Http404


def _next(assessment: RiskAssessment, number: int, request: ActingRequest) -> str:
    if "leave" in request.POST:
        return reverse("cases:detail", args=[assessment.case_id])
    # Asked anew: an answer of this page may have opened another.
    later = [step.section.number for step in steps_of(_own_assessment(request, assessment.pk))]
    following = next((one for one in later if one > number), None)
    if following is not None:
        return reverse("casework:assessment_section", args=[assessment.pk, following])
    return reverse("casework:assessment_judgement", args=[assessment.pk])
