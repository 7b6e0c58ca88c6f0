from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.forms.person import TakeOutForm
from dacase.cases.frame import form_page, posted
from dacase.cases.models import Party
from dacase.cases.services.taken_out import put_back, take_out
from dacase.cases.views.person import party_or_404

INTRO = (
    "This takes {name}, {role}, out of the case. Use it for somebody who was added to the wrong case, or in the wrong"
    " role. The case then shows nothing of this person to anybody; papers of meetings stay as they are. Nothing is"
    " deleted, and you can put the person back. Somebody who has moved away or has died is still part of the case."
)


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def party_take_out(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Asks why, then takes somebody out of the case who was added by mistake."""
    case, party = party_or_404(request, pk)
    form = TakeOutForm(posted(request))
    if form.is_valid() and form.attempt(
        lambda: take_out(party.pk, reason=form.cleaned_data["reason"], actor=request.membership)
    ):
        messages.success(request, "The person is taken out of this case. You can put the person back below.")
        return redirect("cases:people", case.pk)
    context = form_page(
        request,
        case,
        "Take somebody out of this case",
        form=form,
        intro=INTRO.format(name=party.person.name, role=party.get_role_display().lower()),
        back="cases:people",
        submit_text="Take out of the case",
    )
    return render(request, "layouts/form.html", context)


@require_POST
@requires("edit_case")
def party_put_back(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Put somebody back who was taken out."""
    found = read_or_404(request, Party.with_doubles.visible_to(request.membership), pk)
    try:
        put_back(found.pk, actor=request.membership)
        messages.success(request, "The person is back in this case.")
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("cases:people", found.case_id)
