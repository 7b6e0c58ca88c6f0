from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404
from dacase.cases.choices import Scope
from dacase.cases.forms.access import BarForm, LongerForm, ShareForm
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import act_page, form_page, frame, posted
from dacase.cases.models import Case
from dacase.cases.rules.access import last_day
from dacase.cases.selectors.access import (
    barred_name,
    basis_label,
    can_open,
    ended_grants,
    exclusion_on,
    exclusions_on,
    grant_on,
    grants_on,
    left_behind,
    scope_label,
)
from dacase.cases.services.exclusion import bar_from_case, lift_exclusion
from dacase.cases.services.grant import end_grant, grant_access
from dacase.ui.forms import Form
from dacase.ui.words import lower_first

# What the form suggests beyond the last day so far.
LONGER = timedelta(weeks=4)


@require_GET
@requires("view_case")
def access(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Who can see the case and why, who is barred, and who could see it before."""
    case = case_or_404(request, pk)
    context = {
        "grants": [(grant, scope_label(grant), basis_label(grant)) for grant in grants_on(case)],
        "exclusions": [(exclusion, barred_name(exclusion)) for exclusion in exclusions_on(case)],
        "ended": ended_grants(case),
        "may_share": request.membership.may("share_case"),
        "may_bar": request.membership.may("exclude_from_case"),
    }
    return render(request, "cases/access.html", frame(request, case, "cases:access", **context))


@require_http_methods(["GET", "POST"])
@requires("share_case")
def grant_create(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Share the case with another agency: how much, why, on what basis, until when."""
    case = case_or_404(request, pk)
    draft = FormDraft(request)
    form = draft.bind(ShareForm, initial={"agency": request.GET.get("agency", "")})
    if (
        draft.sent
        and form.is_valid()
        and form.attempt(lambda: grant_access(case, actor=request.membership, **form.cleaned_data))
    ):
        draft.discard()
        messages.success(request, f"{form.cleaned_data['agency']} can see it from now on.")
        return redirect("cases:access", pk)
    context = form_page(request, case, "Share this case", form=form, back="cases:access", submit_text="Share")
    return render(request, "layouts/form.html", context | draft.context)


@require_http_methods(["GET", "POST"])
@requires("share_case")
def grant_extend(request: ActingRequest, pk: UUID, grant_pk: UUID) -> HttpResponse:
    """Let an agency see the case for longer, for the purpose it has."""
    case = case_or_404(request, pk)
    grant = grant_on(case, grant_pk)
    if grant is None:
        raise Http404
    longer = last_day(grant.valid_until) + LONGER if grant.valid_until else None
    form = LongerForm(posted(request), initial={"until": longer, "reason": grant.reason})
    agency = grant.group.agency
    return act_page(
        request,
        form_page(
            request,
            case,
            "How long may they see this case?",
            intro=f"{agency}: {lower_first(scope_label(grant))}, {lower_first(grant.get_purpose_display())}.",
            submit_text="Save",
        ),
        form=form,
        act=lambda: grant_access(
            case,
            agency=agency,
            scope=grant.permission.codename,
            purpose=grant.purpose,
            lawful_basis=grant.lawful_basis,
            actor=request.membership,
            **form.cleaned_data,
        ),
        done=f"The access of {agency} is changed.",
        to=reverse("cases:access", args=[pk]),
    )


@require_http_methods(["GET", "POST"])
@requires("share_case")
def grant_end(request: ActingRequest, pk: UUID, grant_pk: UUID) -> HttpResponse:
    """Confirm, then end one grant."""
    case = case_or_404(request, pk)
    grant = grant_on(case, grant_pk)
    if grant is None:
        raise Http404
    own = grant.group_id == request.membership.agency.group_id and grant.permission.codename == Scope.CASE
    form = Form(posted(request))
    if form.is_valid() and form.attempt(lambda: end_grant(grant, actor=request.membership)):
        messages.success(request, f"{grant.group.agency} no longer has this access.")
        return redirect("cases:list") if own else redirect("cases:access", pk)
    facts = [
        ("Agency", grant.group.agency.name),
        ("May see", scope_label(grant)),
        ("Purpose", grant.get_purpose_display()),
    ]
    warning = "Your own agency loses this case at once, and you with it." if own else "They lose it at once."
    context = confirm_page(case, "End this access?", form, facts, warning, "End the access")
    return render(request, "layouts/confirm.html", context)


@require_http_methods(["GET", "POST"])
@requires("exclude_from_case")
def exclusion_create(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Bar a person, a team or an agency from the case."""
    case = case_or_404(request, pk)
    form = BarForm(posted(request))
    if form.is_valid():
        group, reason = form.group(), form.cleaned_data["reason"]
        left = left_behind(case, group, request.membership)  # asked now: she may lose the case herself
        if form.attempt(lambda: bar_from_case(case, group=group, reason=reason, actor=request.membership)):
            messages.success(request, "They can no longer see this case.")
            for words in left:
                messages.warning(request, words)
            return (
                redirect("cases:access", pk) if can_open(request.membership, pk) else redirect("cases:list")
            )
    intro = "For somebody who knows one of the people, or works where the perpetrator works. It beats everything shared."
    context = form_page(
        request, case, "Bar somebody", form=form, intro=intro, back="cases:access", submit_text="Bar them"
    )
    return render(request, "layouts/form.html", context | {"submit_kind": "warning"})


@require_http_methods(["GET", "POST"])
@requires("exclude_from_case")
def exclusion_lift(request: ActingRequest, pk: UUID, exclusion_pk: UUID) -> HttpResponse:
    """Confirm, then let the barred see the case again where something shared lets them."""
    case = case_or_404(request, pk)
    exclusion = exclusion_on(case, exclusion_pk)
    if exclusion is None:
        raise Http404
    form = Form(posted(request))
    if form.is_valid() and form.attempt(lambda: lift_exclusion(exclusion, actor=request.membership)):
        messages.success(request, "The exclusion is lifted.")
        return redirect("cases:access", pk)
    facts = [
        ("Barred", barred_name(exclusion)),
        ("Reason", exclusion.reason),
        ("Since", exclusion.set_at.date()),
    ]
    warning = "They see this case again wherever it has been shared with their agency."
    context = confirm_page(case, "Lift this exclusion?", form, facts, warning, "Lift the exclusion")
    return render(request, "layouts/confirm.html", context)


def confirm_page(
    case: Case, heading: str, form: Form, facts: Sequence[tuple[str, object]], warning: str, submit_text: str
) -> dict[str, object]:
    """The context of layouts/confirm.html for an act on the walls of a case."""
    back = reverse("cases:access", args=[case.pk])
    return {
        "heading": heading, "form": form, "facts": [("Case", case.reference), *facts], "warning": warning,
        "submit_text": submit_text, "back_url": back,
    }  # fmt: skip
