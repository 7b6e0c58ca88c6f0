from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dacase.agencies.access import ActingRequest, requires
from dacase.cases.access import case_or_404
from dacase.cases.choices import ReadPurpose
from dacase.cases.forms.location import AddLocationForm, EndLocationForm, PurposeForm
from dacase.cases.frame import form_page, frame, posted
from dacase.cases.models import Case
from dacase.cases.selectors.location import location_named, read_locations
from dacase.cases.selectors.people import parties_of
from dacase.cases.services.case import add_location
from dacase.cases.services.location import end_location
from dacase.ui.sealed import seal, unseal

# How long, in seconds, a purpose that was given opens the page again without being asked for anew.
PURPOSE_LASTS = 600
SEAL = "cases:locations"


@require_http_methods(["GET", "POST"])
@requires("view_location")
def locations(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Ask why, then show where everybody in the case can be found. Each look is logged with its purpose."""
    case = case_or_404(request, pk)
    form = PurposeForm(posted(request))
    if form.is_valid():
        return redirect(open_address(request, case, form.cleaned_data["purpose"]))
    purpose = given_purpose(request, case)
    if request.method == "POST" or purpose is None:
        return render(request, "layouts/form.html", ask_page(request, case, form))
    places = read_locations(case, purpose=purpose, actor=request.membership)
    context = {
        "purpose": ReadPurpose(purpose).label,
        "why": request.GET["why"],
        "current": [place for place in places if place.until_on is None],
        "former": [place for place in places if place.until_on is not None],
        "may_edit": request.membership.may("edit_case"),
    }
    return render(request, "cases/locations.html", frame(request, case, "cases:locations", **context))


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def location_create(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Record where somebody in the case can be found."""
    case = case_or_404(request, pk)
    form = AddLocationForm(posted(request), parties=parties_of(case))
    if form.is_valid() and form.attempt(lambda: add_location(actor=request.membership, **form.cleaned_data)):
        messages.success(request, "The location is recorded.")
        return redirect(after_change(request, case))
    intro = "Never enter the address of a refuge. Its own service records where somebody stays."
    context = form_page(
        request, case, "Add a location", form=form, intro=intro, submit_text="Add the location"
    )
    return render(request, "layouts/form.html", context)


@require_http_methods(["GET", "POST"])
@requires("edit_case")
def location_end(request: ActingRequest, pk: UUID, location_pk: UUID) -> HttpResponse:
    """Say that a location is no longer right. The page does not repeat what it is."""
    case = case_or_404(request, pk)
    location = location_named(case, location_pk, membership=request.membership)
    if location is None:
        raise Http404
    form = EndLocationForm(posted(request))
    if form.is_valid() and form.attempt(
        lambda: end_location(location, actor=request.membership, **form.cleaned_data)
    ):
        messages.success(request, "It is kept as a former location.")
        return redirect(after_change(request, case))
    intro = f"{location.get_kind_display()} of {location.party.person.name}"
    context = form_page(
        request, case, "Mark as no longer right", form=form, intro=intro, submit_text="Mark as former"
    )
    return render(request, "layouts/form.html", context)


def open_address(request: ActingRequest, case: Case, purpose: str) -> str:
    """The page with the locations, its address carrying the purpose sealed for this person and this case."""
    why = seal([str(case.pk), str(request.membership.pk), purpose], purpose=SEAL)
    return f"{reverse('cases:locations', args=[case.pk])}?why={why}"


def given_purpose(request: ActingRequest, case: Case) -> str | None:
    """The purpose that this person gave for this case within the last ten minutes."""
    match unseal(request.GET.get("why"), purpose=SEAL, max_age=PURPOSE_LASTS):
        case [case_id, membership_id, purpose] if (case_id, membership_id) == (
            str(case.pk),
            str(request.membership.pk),
        ):
            return purpose
    return None


def ask_page(request: ActingRequest, case: Case, form: PurposeForm) -> dict[str, object]:
    """The page that asks why."""
    intro = (
        "Addresses, phone numbers, schools and GP practices can lead somebody dangerous to a person. Each look is "
        "recorded with its purpose, and every agency of this case can see who looked."
    )
    return form_page(
        request, case, "Addresses and phone numbers", form=form, intro=intro, submit_text="Show them"
    )


def after_change(request: ActingRequest, case: Case) -> str:
    """Back to the locations for a role that may see them, to check what was recorded; else to the case."""
    if request.membership.may("view_location"):
        return open_address(request, case, ReadPurpose.CORRECTION)
    return reverse("cases:detail", args=[case.pk])
