from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.frame import form_page, posted
from referrals.casework.forms.plan import PrintPlanForm
from referrals.casework.selectors.plan import own_plans, own_prints
from referrals.casework.services import plan_print as services


@require_http_methods(["GET", "POST"])
@requires("write_plan")
def plan_print(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Read what the paper will say, make sure that it is safe to give, then print."""
    plan = read_or_404(request, own_plans(request.membership), pk)
    form = PrintPlanForm(posted(request))
    if form.is_valid() and form.attempt(
        lambda: services.print_plan(pk, actor=request.membership, **form.cleaned_data)
    ):
        return redirect("casework:plan_paper", form.result.pk)
    context = form_page(
        request, plan.case, "Print the plan to give it", form=form, submit_text="Print",
        back_url=reverse("casework:plan", args=[plan.case_id]),
        paper=services.paper_of(plan, request.membership),
    )  # fmt: skip
    return render(request, "casework/plan/print.html", context)


@require_GET
@requires("write_plan")
def plan_paper(request: ActingRequest, pk: UUID) -> HttpResponse:
    """The paper: asked of the safe-contact plan and of the known places each time."""
    printed = read_or_404(request, own_prints(request.membership), pk)
    try:
        paper = services.paper_again(pk, actor=request.membership)
    except ValidationError as refused:
        messages.warning(request, " ".join(refused.messages))
        return redirect("casework:plan", printed.case_id)
    context = {
        "paper": paper,
        "on": printed.printed_at,
        "back_url": reverse("casework:plan", args=[printed.case_id]),
        "back_text": "Back to the plan",
    }
    return render(request, "casework/plan/paper.html", context)
