from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404, read_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.cases.frame import act_page, form_page, frame, posted
from dacase.cases.models import Case
from dacase.cases.selectors.together import together
from referrals.casework.choices import SignOffState
from referrals.casework.forms.plan import ChangePlanForm, PlanForm, SharePlanForm
from referrals.casework.models import Plan, PlanAction, PlanPrint, SignOffRequest
from referrals.casework.rules.plan import headings
from referrals.casework.selectors.plan import actions_of, own_plans, plans_of, prints_of
from referrals.casework.selectors.sign_off import as_read, plan_sign_offs
from referrals.casework.services import plan as services


@dataclass(frozen=True)
class Shown:
    """One plan as the page shows it: what is to do under each heading, what was settled, when it was printed."""

    plan: Plan
    is_own: bool
    to_do: list[tuple[str, list[PlanAction]]]
    settled: list[PlanAction]
    prints: list[PlanPrint]
    sign_offs: list[SignOffRequest]

    @property
    def signed(self) -> SignOffRequest | None:
        """The newest sign-off that was given."""
        return next((one for one in self.sign_offs if one.state == SignOffState.SIGNED_OFF), None)

    @property
    def has_changed(self) -> bool:
        """Whether something else is planned than what was signed off last."""
        signed = self.signed.plan_answered if self.signed else None
        actions = [one for _, found in self.to_do for one in found] + self.settled
        return signed is not None and signed.digest != as_read(self.plan, actions).digest

    @property
    def is_waiting(self) -> bool:
        """Whether a manager is asked to sign it off."""
        return any(one.state == SignOffState.OPEN for one in self.sign_offs)


@require_GET
@requires("view_case")
def plan(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """The plans of a case: the own agency's first, then what others have shared."""
    case = case_or_404(request, case_pk)
    plans = shown_plans(case, request)
    may_write = request.membership.may("write_plan")
    context = frame(
        request,
        case,
        "casework:plan",
        plans=plans,
        may_write=may_write,
        may_ask=request.membership.may("work_episode"),
        has_own=any(one.is_own for one in plans),
    )
    return render(request, "casework/plan/detail.html", context)


def shown_plans(case: Case, request: ActingRequest) -> list[Shown]:
    """The plans that the reader may read, with their rows; one query however many there are."""
    member = request.membership
    rows = together(
        {
            "plans": plans_of(case, member),
            "actions": actions_of(case, member),
            "prints": prints_of(case, member),
            **({"sign_offs": plan_sign_offs(case, member)} if member.may("work_episode") else {}),
        }
    )
    shown = []
    for one in rows["plans"]:
        own = [action for action in rows["actions"] if action.plan_id == one.pk]
        settled = [action for action in own if not action.is_to_do]
        shown.append(
            Shown(
                one,
                one.agency_id == member.agency_id,
                by_heading([action for action in own if action.is_to_do]),
                sorted(settled, key=lambda action: action.settled_at or action.written_at, reverse=True),
                [printed for printed in rows["prints"] if printed.plan_id == one.pk],
                [asked for asked in rows.get("sign_offs", []) if asked.plan_id == one.pk],
            )
        )
    return sorted(shown, key=lambda one: not one.is_own)


def by_heading(actions: list[PlanAction]) -> list[tuple[str, list[PlanAction]]]:
    """The actions under the titles of their headings, in the order of the table; unknown headings last."""
    titles = {one.code: one.title for one in headings().values()}
    titles |= {one.heading: one.heading for one in actions if one.heading not in titles}
    groups = [(title, [one for one in actions if one.heading == code]) for code, title in titles.items()]
    return [(title, found) for title, found in groups if found]


@require_http_methods(["GET", "POST"])
@requires("write_plan")
def plan_create(request: ActingRequest, case_pk: UUID) -> HttpResponse:
    """Begin the plan of the own agency: her wishes first."""
    case = case_or_404(request, case_pk)
    draft = FormDraft(request)
    form = draft.bind(PlanForm)
    return act_page(
        request,
        form_page(request, case, "Write the plan", submit_text="Save the plan"),
        form=form,
        draft=draft,
        act=lambda: services.write_plan(case_pk, actor=request.membership, **form.cleaned_data),
        done="The plan is saved. Your agency alone reads it until you share it.",
        to=reverse("casework:plan", args=[case_pk]),
    )


@require_http_methods(["GET", "POST"])
@requires("write_plan")
def plan_change(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Put her wishes right, and say when the plan is looked at again."""
    found = read_or_404(request, own_plans(request.membership), pk)
    initial = {"wishes": found.wishes, "review_on": found.review_on, "version": found.version}
    draft = FormDraft(request)
    form = draft.bind(ChangePlanForm, initial=initial)
    return act_page(
        request,
        form_page(request, found.case, "Look at the plan again"),
        form=form,
        draft=draft,
        act=lambda: services.change_plan(pk, actor=request.membership, **form.cleaned_data),
        done="The plan is changed. The former words stay in its history.",
        to=reverse("casework:plan", args=[found.case_id]),
    )


@require_http_methods(["GET", "POST"])
@requires("write_plan")
def plan_share(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say why, then let everybody who holds the case read it."""
    found = read_or_404(request, own_plans(request.membership), pk)
    form = SharePlanForm(posted(request))
    intro = "Everybody who holds the whole file can read it then, with its actions and what is added later."
    return act_page(
        request,
        form_page(request, found.case, "Share the plan", intro=intro, submit_text="Share the plan"),
        form=form,
        act=lambda: services.share_plan(pk, actor=request.membership, **form.cleaned_data),
        done="The plan is shared.",
        to=reverse("casework:plan", args=[found.case_id]),
    )


@require_POST
@requires("write_plan")
def plan_unshare(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Take it back to the own agency."""
    found = read_or_404(request, own_plans(request.membership), pk)
    services.unshare_plan(found.pk, actor=request.membership)
    messages.success(request, "Your agency alone reads the plan again. Who has read it has read it.")
    return redirect("casework:plan", found.case_id)
