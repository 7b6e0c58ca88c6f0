"""One page for each kind of thing that is known of somebody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.forms.draft import FormDraft
from dacase.cases.forms.facts import ChildFactsForm, EqualityForm, ImmigrationForm, NeedsForm
from dacase.cases.frame import form_page
from dacase.cases.models import ChildFacts, EqualityAnswers, ImmigrationStatus, PartyNeeds
from dacase.cases.selectors.facts import is_child, record_of
from dacase.cases.services import facts as services
from dacase.cases.views.person import party_or_404
from dacase.ui.forms import VersionedForm


@dataclass(frozen=True)
class FactsPage:
    """A page of facts: what it asks, where it is kept, which service saves it."""

    model: type[Any]
    form: type[VersionedForm]
    save: Callable[..., Any]
    heading: str
    intro: str = ""
    of_children: bool = False


NEEDS = FactsPage(PartyNeeds, NeedsForm, services.save_needs, "Language, health and who depends on them")
CHILD = FactsPage(ChildFacts, ChildFactsForm, services.save_child_facts, "About the child",
                  "The school is a location: add it to the addresses of the case.", of_children=True)  # fmt: skip
IMMIGRATION = FactsPage(ImmigrationStatus, ImmigrationForm, services.save_immigration, "Immigration",
                        "Status can be used against somebody. Only roles that work with it see this page.")  # fmt: skip
EQUALITY = FactsPage(EqualityAnswers, EqualityForm, services.save_equality, "Equality monitoring",
                     "Ask each question, say why it is asked, and take any answer, also none.")  # fmt: skip


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def needs_edit(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Language, pregnancy, pets and caring."""
    return _edit(request, pk, NEEDS)


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def child_facts_edit(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Safeguarding and education of a child."""
    return _edit(request, pk, CHILD)


@require_http_methods(["GET", "POST"])
@requires("view_immigration")
def immigration_edit(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Leave to stay, public funds, and a concession with its clock."""
    return _edit(request, pk, IMMIGRATION)


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def equality_edit(request: ActingRequest, pk: UUID) -> HttpResponse:
    """The person's own answers."""
    return _edit(request, pk, EQUALITY)


def _edit(request: ActingRequest, pk: UUID, page: FactsPage) -> HttpResponse:
    case, party = party_or_404(request, pk)
    if page.of_children and not is_child(party):
        raise Http404
    record, draft = record_of(page.model, party, request.membership), FormDraft(request)
    initial: dict[str, Any] = {"version": record.version if record else 0}
    if record is not None:
        initial |= {name: getattr(record, name) for name in services.questions(page.model)}
    else:
        initial |= {
            name: "not_asked" for name in services.questions(page.model) if name in page.form.base_fields
        }
    form = draft.bind(page.form, initial=initial)
    if (
        draft.sent
        and form.is_valid()
        and form.attempt(lambda: page.save(party, actor=request.membership, **form.cleaned_data))
    ):
        draft.discard()
        messages.success(request, "The answers are saved.")
        return redirect("cases:people", case.pk)
    context = form_page(
        request, case, page.heading, form=form, intro=page.intro, back="cases:people", **draft.context
    )
    return render(request, "layouts/form.html", context)
