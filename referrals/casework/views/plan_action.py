from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.agencies.models import Membership
from dacase.cases.access import read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import act_page, form_page, posted
from dacase.ui.components import Clock, Fact, Lines
from referrals.casework.forms.plan import ActionForm, ChangeActionForm, SettleActionForm
from referrals.casework.models import PlanAction
from referrals.casework.selectors.episode import workers_to_give
from referrals.casework.selectors.plan import own_actions, own_plans
from referrals.casework.services import plan_action as services


@require_http_methods(["GET", "POST"])
@requires("write_plan")
def plan_action_create(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Add an action to the plan of the own agency."""
    plan = read_or_404(request, own_plans(request.membership), pk)
    draft = FormDraft(request)
    form = draft.bind(ActionForm, colleagues=workers_to_give(request.membership, [plan.case_id]))
    return act_page(
        request,
        form_page(request, plan.case, "Add an action"),
        form=form,
        draft=draft,
        act=lambda: services.add_action(pk, actor=request.membership, **form.step()),
        done="The action is in the plan.",
        to=reverse("casework:plan", args=[plan.case_id]),
    )


@require_http_methods(["GET", "POST"])
@requires("write_plan")
def plan_action_change(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Change what an action says."""
    action = read_or_404(request, own_actions(request.membership), pk)
    names = ("heading", "need", "text", "owner", "other_agency", "due_on", "version")
    initial = {name: getattr(action, name) for name in names} | {"worker": str(action.worker_id or "")}
    draft = FormDraft(request)
    form = draft.bind(ChangeActionForm, initial=initial, colleagues=_workers(action, request.membership))
    return act_page(
        request,
        form_page(request, action.plan.case, "Change the action"),
        form=form,
        draft=draft,
        act=lambda: services.change_action(pk, actor=request.membership, **form.step()),
        done="The action is changed. The former words stay in its history.",
        to=reverse("casework:plan", args=[action.case_id]),
    )


def _workers(action: PlanAction, membership: Membership) -> list[Membership]:
    """Who may be given an action, and who has it already."""
    found = workers_to_give(membership, [action.case_id])
    has_it = action.worker
    return found if has_it is None or has_it in found else [*found, has_it]


@require_http_methods(["GET", "POST"])
@requires("write_plan")
def plan_action_settle(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say what became of an action."""
    action = read_or_404(request, own_actions(request.membership), pk)
    form = SettleActionForm(posted(request), initial={"version": action.version})
    facts = [
        Fact("Action", Lines(action.text)),
        Fact("Answers", Lines(action.need)),
        Fact("Who", action.who),
        Fact("By when", Clock(action.due_on)),
    ]
    return act_page(
        request,
        form_page(request, action.plan.case, action.title, facts=facts, action_of=action),
        form=form,
        act=lambda: services.settle_action(pk, actor=request.membership, **form.cleaned_data),
        done="Saved. You can put the action back from the plan.",
        to=reverse("casework:plan", args=[action.case_id]),
        template="casework/plan/settle.html",
    )


@require_POST
@requires("write_plan")
def plan_action_put_back(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Make a settled action one to do again."""
    action = read_or_404(request, own_actions(request.membership), pk)
    services.put_back_action(action.pk, actor=request.membership)
    messages.success(request, "The action is to do again.")
    return redirect("casework:plan", action.case_id)
