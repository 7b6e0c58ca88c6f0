"""The sender's answer to a question of the front door."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.forms.draft import FormDraft
from referrals.forms.question import answer_form
from referrals.selectors.question import answerable
from referrals.selectors.referral import followed_referrals, may_see_contact
from referrals.services import question as services
from referrals.views.refusals import missing_is_404

DONE = "Your answer is with the front door."
DONE_ROUTED = "Your answer is with the front door and with the services that it was routed to."


@require_http_methods(["GET", "POST"])
@requires("make_referral")
@missing_is_404
def answer(request: ActingRequest, pk: UUID, question_pk: UUID) -> HttpResponse:
    """What is asked, and room for the answer; what is typed is kept."""
    referral = read_or_404(request, followed_referrals(request.membership), pk)
    question = get_object_or_404(answerable(request.membership).filter(referral=referral), pk=question_pk)
    back = reverse("referrals:detail", args=[pk])
    if question.answered_at is not None:
        messages.info(request, "This question is answered.")
        return redirect(back)
    draft = FormDraft(request)
    shows = may_see_contact(request.membership, referral)
    form = draft.bind(answer_form(question), kept=referral.contact, shows=shows)
    if draft.sent and form.is_valid():
        words, contact = form.cleaned_data["answer"], form.contact()
        actor = request.membership
        if form.attempt(
            lambda: services.answer_question(question_pk, answer=words, contact=contact, actor=actor)
        ):
            draft.discard()
            messages.success(request, DONE_ROUTED if referral.decided_at else DONE)
            return redirect(back)
    context = {"form": form, "referral": referral, "question": question, "back_url": back, **draft.context}
    return render(request, "referrals/question/answer.html", context)
