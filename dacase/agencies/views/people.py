"""The people of one's agency: who they are, and changing that."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.agencies.forms.people import EndForm, MembershipForm, PeopleFilter
from dacase.agencies.selectors.people import colleagues, people, waiting_invitations
from dacase.agencies.services import membership as services
from dacase.agencies.tables import facts_of, has_ended, invitations_table, people_table
from dacase.agencies.views.acts import act
from dacase.ui.htmx import render_fragment
from dacase.ui.tables import capped_count, keyset_page


@require_GET
@requires("manage_people")
def people_list(request: ActingRequest) -> HttpResponse:
    """Colleagues, and invitations that wait."""
    filters = PeopleFilter(request.GET or None)
    rows = people(request.membership, **filters.chosen())
    page = keyset_page(rows, order=("user__name", "id"), after=request.GET.get("after"), size=50)
    waiting = waiting_invitations(request.membership)[:50]
    context = {
        "heading": f"People of {request.membership.agency.name}",
        "filters": filters,
        "page": page,
        "count": capped_count(rows),
        "noun": "people",
        "table": people_table(page.items),
        "invitations": invitations_table(waiting),
    }
    return render_fragment(request, "agencies/people.html", "results", context)


@require_http_methods(["GET", "POST"])
@requires("manage_people")
def membership(request: ActingRequest, pk: UUID) -> HttpResponse:
    """One colleague’s work, and changing its role or team."""
    row = get_object_or_404(colleagues(request.membership), pk=pk)
    initial = {"role": row.role, "team": str(row.team_id or ""), "version": row.version}
    form = MembershipForm(request.POST or None, initial=initial, actor=request.membership, also=row.role)
    if request.method == "POST" and form.is_valid() and form.save(row):
        messages.success(request, f"The role and team of {row.user.name} are saved.")
        return redirect("agencies:people")
    context = {
        "form": form,
        "row": row,
        "facts": facts_of(row),
        "is_own": row.user_id == request.membership.user_id,
        "has_ended": has_ended(row),
        "back_url": reverse("agencies:people"),
    }
    return render(request, "agencies/membership.html", context)


@require_http_methods(["GET", "POST"])
@requires("manage_people")
def membership_end(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Ask when the work ends, then end it."""
    row = get_object_or_404(colleagues(request.membership), pk=pk)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.save(row, actor=request.membership):
        messages.success(request, f"The end of the work of {row.user.name} is recorded.")
        return redirect("agencies:people")
    context = {
        "form": form,
        "heading": f"End the work of {row.user.name}",
        "facts": facts_of(row),
        "warning": "Without work in your agency they see none of its cases. What they wrote stays.",
        "submit_text": "End the work",
        "back_url": reverse("agencies:membership", args=[pk]),
    }
    return render(request, "agencies/confirm.html", context)


@require_POST
@requires("manage_people")
def membership_end_undo(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Take back an end that has not come."""
    row = get_object_or_404(colleagues(request.membership), pk=pk)
    return act(
        request,
        lambda: services.undo_membership_end(row, actor=request.membership),
        f"The work of {row.user.name} goes on.",
        "agencies:membership",
        pk,
    )


@require_http_methods(["GET", "POST"])
@requires("manage_people")
def second_step_reset(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Ask, then reset the second step of a colleague who lost her phone."""
    row = get_object_or_404(colleagues(request.membership), pk=pk)
    if request.method == "POST":
        return act(
            request,
            lambda: services.reset_second_step(row, actor=request.membership),
            f"{row.user.name} has been sent an email to choose a new password, and then sets up the app again.",
            "agencies:membership",
            pk,
        )
    context = {
        "heading": f"Reset the second step of {row.user.name}",
        "facts": facts_of(row),
        "warning": "Make sure that it is them: call them on the number that your agency has, not on one they give you.",
        "submit_text": "Reset the second step",
        "back_url": reverse("agencies:membership", args=[pk]),
    }
    return render(request, "agencies/confirm.html", context)
