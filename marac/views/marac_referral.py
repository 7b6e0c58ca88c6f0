from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dacase.agencies.access import requires
from dacase.cases.access import case_or_404
from dacase.cases.forms.draft import FormDraft
from dacase.ui.components import Table, Tag, Text
from marac.choices import Criterion
from marac.forms.marac_referral import ReferForm, WithdrawForm, refer_initial
from marac.models import MaracReferral
from marac.selectors.marac_referral import Support, case_at_marac, criteria_support
from marac.services.marac_referral import refer_to_marac, withdraw_candidate

MET = {True: Tag("Supported", "good"), False: Tag("Not by the records"), None: Tag("Your judgement", "info")}


@requires("refer_to_marac")
@require_http_methods(["GET", "POST"])
def refer(request, case_pk: UUID) -> HttpResponse:
    """Refer a case to MARAC, with what its records say of each criterion."""
    case = case_or_404(request, case_pk)
    back = reverse("cases:detail", args=[case.pk])
    state = case_at_marac(case, request.membership)
    supports = criteria_support(case, request.membership, heard=state.heard)
    draft = FormDraft(request)
    form = draft.bind(ReferForm, initial=refer_initial(supports, request.GET.get("criterion", "")))
    sent = draft.sent and form.is_valid()
    if sent and form.attempt(lambda: refer_to_marac(case, actor=request.membership, **form.cleaned_data)):
        draft.discard()
        messages.success(request, "The case is referred to MARAC. The coordinator puts it on an agenda.")
        return redirect(back)
    context = {
        "form": form,
        "heading": "Refer to MARAC",
        "caption": f"Case {case.reference}",
        "back_url": back,
        "submit_text": "Refer to MARAC",
        "waiting": None if draft.sent else state.waiting,
        "support_table": support_table(supports),
        **draft.context,
    }
    return render(request, "marac/marac_referral/refer.html", context)


def support_table(supports: list[Support]) -> Table:
    """What is known about each criterion."""
    rows = [[Criterion(one.criterion).label, MET[one.is_met], Text(one.words)] for one in supports]
    return Table(
        "What is known about each criterion",
        ["Criterion", "Records", "What is known"],
        rows,
        show_caption=True,
    )


@requires("manage_meeting", "refer_to_marac")
@require_http_methods(["GET", "POST"])
def candidate_withdraw(request, pk: UUID) -> HttpResponse:
    """Take a referral back before it is on an agenda."""
    own = MaracReferral.objects.visible_to(request.membership).select_related("case", "agency")
    referral = get_object_or_404(own, pk=pk)
    to_case = reverse("cases:detail", args=[referral.case_id])
    back = reverse("marac:meetings") if request.membership.may("manage_meeting") else to_case
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if form.attempt(lambda: withdraw_candidate(referral, reason=reason, actor=request.membership)):
            messages.success(request, f"Case {referral.case.reference} is withdrawn from MARAC.")
            return redirect(back)
    context = {
        "form": form,
        "heading": "Withdraw this case from MARAC?",
        "facts": [
            ("Case", referral.case.reference),
            ("Referred by", referral.agency.name),
            ("Criterion", referral.get_criterion_display()),
        ],
        "submit_text": "Withdraw the case",
        "back_url": back,
    }
    return render(request, "layouts/confirm.html", context)
