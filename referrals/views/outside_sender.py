"""Calling back the outside professional who sent a referral."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.forms.draft import FormDraft
from referrals.choices import ReferralDoor
from referrals.forms.outside_sender import CallBackForm
from referrals.selectors.referral import with_people
from referrals.selectors.triage import taken_in
from referrals.services.outside_sender import record_call_back
from referrals.views.facts import sender_facts


@require_http_methods(["GET", "POST"])
@requires("triage_referral")
def call_back(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Record a call back. Where there is nobody outside to call, there is no such page."""
    referral = read_or_404(request, with_people(taken_in(request.membership)), pk)
    if referral.door != ReferralDoor.PROFESSIONAL:
        raise Http404
    sender = referral.outside_sender
    initial = {name: getattr(sender, name) for name in ("number_found", "outcome", "note", "version")}
    draft = FormDraft(request)
    form = draft.bind(CallBackForm, initial=initial)

    def record() -> object:
        return record_call_back(pk, actor=request.membership, **form.said())

    if draft.sent and form.is_valid() and form.attempt(record):
        draft.discard()
        messages.success(request, "The call back is recorded.")
        return redirect("referrals:triage", pk=pk)
    context = {"form": form, "referral": referral, "facts": sender_facts(referral), **draft.context}
    return render(request, "referrals/outside_sender/call_back.html", context)
