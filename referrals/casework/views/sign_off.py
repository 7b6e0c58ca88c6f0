from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.agencies.models import Membership
from dacase.cases.access import read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import form_page
from dacase.ui.components import Fact, Lines, Link, Tag, Text
from dacase.ui.words import day_words, moment_words
from referrals.casework.choices import SignOffState
from referrals.casework.forms.sign_off import YES, AnswerSignOffForm, AskForm
from referrals.casework.models import SignOffRequest
from referrals.casework.selectors.plan import own_plans
from referrals.casework.selectors.risk_assessment import readable_assessments
from referrals.casework.selectors.sign_off import own_sign_offs, plan_now
from referrals.casework.services import sign_off as services
from referrals.views.refusals import missing_is_404

STATES = {SignOffState.OPEN: "warning", SignOffState.SIGNED_OFF: "good", SignOffState.SENT_BACK: "bad"}


@require_http_methods(["GET", "POST"])
@requires("work_episode")
@missing_is_404
def sign_off_ask(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Ask the managers of the agency to stand behind a judgement of risk."""
    member = request.membership
    own = readable_assessments(member).filter(agency_id=member.agency_id)
    assessment = read_or_404(request, own, pk)
    back = reverse("casework:assessment_detail", args=[pk])
    return _ask(request, assessment, services.ask_sign_off, back)


@require_http_methods(["GET", "POST"])
@requires("work_episode")
@missing_is_404
def sign_off_ask_plan(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Ask the managers of the agency to stand behind its plan."""
    plan = read_or_404(request, own_plans(request.membership), pk)
    return _ask(request, plan, services.ask_plan_sign_off, reverse("casework:plan", args=[plan.case_id]))


def _ask(request: ActingRequest, about: Any, act: Callable[..., SignOffRequest], back: str) -> HttpResponse:
    draft = FormDraft(request)
    form = draft.bind(AskForm)
    if (
        draft.sent
        and form.is_valid()
        and form.attempt(lambda: act(about.pk, **form.cleaned_data, actor=request.membership))
    ):
        draft.discard()
        messages.success(request, "The managers of your agency are asked.")
        return redirect("casework:sign_off", form.result.pk)
    context = form_page(
        request, about.case, "Ask a manager to sign off", form=form, submit_text="Ask",
        intro="Somebody who did not make it reads it, and stands behind it or sends it back.",
        **draft.context,
    )  # fmt: skip
    return render(request, "layouts/form.html", context | {"back_url": back})


@require_GET
@requires("work_episode")
def sign_off(request: ActingRequest, pk: UUID) -> HttpResponse:
    """What was asked, and what was answered."""
    found, member = read_or_404(request, own_sign_offs(request.membership), pk), request.membership
    is_open = found.state == SignOffState.OPEN
    context = {
        "request_made": found,
        "state": Tag(found.get_state_display(), STATES[SignOffState(found.state)]),
        "facts": facts(found),
        **plan_shown(found, member),
        "back_to": subject_address(found),
        "may_answer": is_open and member.may("supervise") and not found.is_of(member),
        "may_note": found.state == SignOffState.SENT_BACK
        and found.asked_by_id == member.pk
        and found.read_at is None,
    }
    return render(request, "casework/sign_off/detail.html", context)


def plan_shown(found: SignOffRequest, member: Membership) -> dict[str, Any]:
    """The plan that it is about: as it was when it was answered, and whether another is planned by now."""
    if found.plan is None:
        return {}
    now, answered = plan_now(found.plan, member), found.plan_answered
    return {"plan": answered or now, "has_changed": answered is not None and answered.digest != now.digest}


def subject_address(found: SignOffRequest) -> str:
    """The page of what it is about."""
    if found.assessment_id:
        return reverse("casework:assessment_detail", args=[found.assessment_id])
    return reverse("casework:plan", args=[found.case_id])


def facts(found: SignOffRequest) -> list[Fact]:
    """A request, line by line."""
    one = found.assessment
    if one is not None:
        words = f"{one.get_tool_display()}, {day_words(one.assessed_on)}"
        counted = f"{one.yes_count} yes answer{'' if one.yes_count == 1 else 's'}"
        known = [
            Fact("Judgement", Link(words, subject_address(found))),
            Fact("Judged", Text(one.get_band_display(), "" if one.judged_band else counted)),
            Fact("Why", Lines(one.judgement_reason)),
        ]
    else:
        known = []
    known += [
        Fact("Made by", found.author.user.name),
        Fact("Asked", Text(found.asked_by.user.name, moment_words(found.asked_at))),
    ]
    if found.words:
        known.append(Fact("To look at", Lines(found.words)))
    if found.answered_by and found.answered_at:
        known.append(Fact("Answered", Text(found.answered_by.user.name, moment_words(found.answered_at))))
    if found.answer:
        known.append(Fact("Answer", Lines(found.answer)))
    return known


@require_http_methods(["GET", "POST"])
@requires("supervise")
@missing_is_404
def sign_off_answer(request: ActingRequest, pk: UUID) -> HttpResponse:
    """A manager stands behind the judgement or the plan, or sends it back with words."""
    found, draft = read_or_404(request, own_sign_offs(request.membership), pk), FormDraft(request)
    plan = plan_now(found.plan, request.membership) if found.plan else None
    form = draft.bind(AnswerSignOffForm, plan=plan, initial={"version": found.version})
    if draft.sent and form.is_valid():
        data, actor = form.cleaned_data, request.membership
        agrees = data["decision"] == YES
        act = services.sign_off if agrees else services.send_back
        given = {name: data[name] for name in ("answer", "plan_read", "version")}
        if form.attempt(lambda: act(pk, **given, actor=actor)):
            draft.discard()
            messages.success(request, "Signed off." if agrees else "Sent back to whoever asked.")
            return redirect("casework:sign_off", pk)
    context = form_page(
        request, found.case, "Sign off, or send back", form=form, submit_text="Answer", facts=facts(found),
        plan=plan, **draft.context,
    )  # fmt: skip
    back = reverse("casework:sign_off", args=[pk])
    return render(request, "casework/sign_off/answer.html", context | {"back_url": back})


@require_POST
@requires("work_episode")
@missing_is_404
def sign_off_read(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Whoever asked has read the answer."""
    read_or_404(request, own_sign_offs(request.membership), pk)
    try:
        services.note_read(pk, actor=request.membership)
    except ValidationError as refusal:
        messages.info(request, refusal.messages[0])
    else:
        messages.success(request, "It is off your day.")
    return redirect("casework:sign_off", pk)
