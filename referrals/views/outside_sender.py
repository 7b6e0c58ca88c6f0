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
from referrals.forms.outside_sender import CallBackForm, ToldForm
from referrals.models import Referral
from referrals.selectors.referral import with_people
from referrals.selectors.triage import taken_in
from referrals.services.outside_sender import record_call_back, record_told
from referrals.views.facts import sender_facts


@require_http_methods(["GET", "POST"])
@requires("triage_referral")
def call_back(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Record a call back. Where there is nobody outside to call, there is no such page."""
    referral = _sent_from_outside(request, pk)
    sender = referral.outside_sender
    initial = {name: getattr(sender, name) for name in ("number_found", "outcome", "note", "version")}
    draft = FormDraft(request)
    form = draft.bind(CallBackForm, initial=initial)

    def record() -> object:
        return record_call_back(pk, actor=request.membership, **form.cleaned_data)

    if draft.sent and form.is_valid() and form.attempt(record):
        draft.discard()
        messages.success(request, "The call back is recorded.")
        return redirect("referrals:triage", pk=pk)
    context = {"form": form, "referral": referral, "facts": sender_facts(referral), **draft.context}
    return render(request, "referrals/outside_sender/call_back.html", context)


@require_http_methods(["GET", "POST"])
@requires("triage_referral")
def tell_sender(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Record that the sender was told what was decided."""
    referral = _sent_from_outside(request, pk)
    sender, draft = referral.outside_sender, FormDraft(request)
    initial = {name: getattr(sender, name) for name in ("told", "told_note", "version")}
    form = draft.bind(ToldForm, initial=initial)

    def record() -> object:
        return record_told(pk, actor=request.membership, **form.cleaned_data)

    if draft.sent and form.is_valid() and form.attempt(record):
        draft.discard()
        messages.success(request, "It is recorded what came of the call.")
        return redirect("referrals:triage", pk=pk)
    context = {"form": form, "referral": referral, "facts": sender_facts(referral), **draft.context}
    return render(request, "referrals/outside_sender/tell_sender.html", context)


def _sent_from_outside(request: ActingRequest, pk: UUID) -> Referral:
    """The referral, logged as a look. Raises Http404 where there is nobody outside to call."""
    referral = read_or_404(request, with_people(taken_in(request.membership)), pk)
    if referral.door != ReferralDoor.PROFESSIONAL:
        raise Http404
    return referral
