from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import read_or_404
from dacase.cases.forms.relationship import RelationshipForm
from dacase.cases.frame import form_page, posted
from dacase.cases.models import Relationship
from dacase.cases.selectors.people import parties_of
from dacase.cases.services.relationship import end_relationship, relate
from dacase.cases.views.person import party_or_404


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def relationship_create(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Say how somebody stands to another person of the case."""
    case, party = party_or_404(request, pk)
    others = [one for one in parties_of(case) if one.pk != party.pk]
    form = RelationshipForm(posted(request), party=party, others=others)
    if form.is_valid() and form.attempt(
        lambda: relate(
            party,
            kind=form.cleaned_data["kind"],
            other=UUID(form.cleaned_data["other"]),
            actor=request.membership,
        )
    ):
        messages.success(request, "The relationship is recorded.")
        return redirect("cases:people", case.pk)
    context = form_page(request, case, "Add a relationship", form=form, back="cases:people")
    return render(request, "layouts/form.html", context)


@require_POST
@requires("edit_case")
def relationship_end(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Take a relationship back. It can be recorded again."""
    found = read_or_404(request, Relationship.objects.visible_to(request.membership), pk)
    end_relationship(found.pk, actor=request.membership)
    messages.success(request, "The relationship is taken back. You can add it again.")
    return redirect("cases:people", found.case_id)
