"""What waits beyond its limit: where an e-mail leads, and “I am on it”."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.ui.forms import Form
from referrals.models import Escalation
from referrals.services.escalation import acknowledge_escalation
from referrals.views.refusals import missing_is_404


@require_GET
@requires("answer_escalation")
def escalation(request: ActingRequest, pk: UUID) -> HttpResponse:
    """To the referral as this reader works on it."""
    return _to_its_page(request, read_or_404(request, Escalation.objects.visible_to(request.membership), pk))


@require_POST
@requires("answer_escalation")
@missing_is_404
def acknowledge(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Be the second person."""
    found = read_or_404(request, Escalation.objects.visible_to(request.membership), pk)
    form = Form({})
    if form.is_valid() and form.attempt(lambda: acknowledge_escalation(pk, actor=request.membership)):
        messages.success(request, "You are on it. Colleagues see your name.")
    else:
        for error in form.non_field_errors():
            messages.info(request, str(error))
    return _to_its_page(request, found)


def _to_its_page(request: ActingRequest, found: Escalation) -> HttpResponse:
    if found.route_id is not None and found.agency_id == request.membership.agency_id:
        return redirect("referrals:route_detail", pk=found.route_id)
    return redirect("referrals:triage", pk=found.referral_id)
