from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404
from dacase.cases.choices import PartyRole
from dacase.cases.forms.draft import FormDraft
from dacase.cases.forms.person import AddPersonForm, DetailsForm, EditPersonForm, SafeContactForm
from dacase.cases.frame import form_page
from dacase.cases.models import Case, Party
from dacase.cases.selectors.people import case_of_party, party_in
from dacase.cases.services.case import PersonDetails
from dacase.cases.services.person import PLAN_FIELDS, add_person, edit_person, save_safe_contact_plan


def party_or_404(request: ActingRequest, party_id: UUID) -> tuple[Case, Party]:
    """The party and its case, logged as a look at that case. A party out of sight is logged by its own id."""
    case = case_or_404(request, case_of_party(request.membership, party_id) or party_id)
    party = party_in(case, party_id)
    if party is None:
        raise Http404
    return case, party


def tell_doubts(request: ActingRequest, form: DetailsForm) -> None:
    """Say which numbers to check again; they are saved all the same."""
    for doubt in form.doubts():
        messages.warning(request, doubt)


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def party_create(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Add a perpetrator, a child or a connected person to the case."""
    case = case_or_404(request, pk)
    draft = FormDraft(request)
    form = draft.bind(AddPersonForm)
    if draft.sent and form.is_valid():
        given = {"role": form.cleaned_data["role"], "relationship": form.cleaned_data["relationship"]}
        if form.attempt(lambda: add_person(case, details=form.details(), actor=request.membership, **given)):
            draft.discard()
            messages.success(request, "The person is added to the case.")
            tell_doubts(request, form)
            return redirect("cases:people", pk)
    context = form_page(
        request, case, "Add a person", form=form, submit_text="Add to the case", **draft.context
    )
    return render(request, "layouts/form.html", context)


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def party_edit(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Change what is known of somebody in the case."""
    case, party = party_or_404(request, pk)
    person, draft = party.person, FormDraft(request)
    initial = {name: getattr(person, name) for name in PersonDetails.__dataclass_fields__}
    initial |= {"version": person.version, "relationship": party.relationship}
    form = draft.bind(EditPersonForm, initial=initial, of_victim=party.role == PartyRole.VICTIM)
    if draft.sent and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("relationship", "version")}
        if form.attempt(
            lambda: edit_person(party, details=form.details(), actor=request.membership, **given)
        ):
            draft.discard()
            messages.success(request, "The details are saved.")
            tell_doubts(request, form)
            return redirect("cases:people", case.pk)
    heading = f"Details of the {party.get_role_display().lower()}"
    context = form_page(request, case, heading, form=form, back="cases:people", **draft.context)
    return render(request, "layouts/form.html", context)


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def safe_contact_edit(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Record or change how somebody can be contacted without danger."""
    case, party = party_or_404(request, pk)
    plan, draft = getattr(party, "safe_contact_plan", None), FormDraft(request)
    initial = (
        {name: getattr(plan, name) for name in PLAN_FIELDS} | {"version": plan.version}
        if plan
        else {"version": 0}
    )
    form = draft.bind(SafeContactForm, initial=initial)
    if (
        draft.sent
        and form.is_valid()
        and form.attempt(lambda: save_safe_contact_plan(party, actor=request.membership, **form.cleaned_data))
    ):
        draft.discard()
        messages.success(request, "The safe-contact plan is saved.")
        return redirect("cases:detail", case.pk)
    context = form_page(request, case, "Safe contact", form=form, intro=INTRO, **draft.context)
    return render(request, "cases/safe_contact.html", context | {"party": party})


INTRO = (
    "Agree this with the person, in a moment when nobody else can hear. Everybody who opens the case sees it first, "
    "before anything else."
)
