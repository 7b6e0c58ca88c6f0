"""Inviting colleagues, and the page that the invitation leads to."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.agencies.forms.invitation import AcceptForm
from dacase.agencies.forms.people import InviteForm
from dacase.agencies.models import Invitation
from dacase.agencies.selectors.invitation import has_account
from dacase.agencies.selectors.people import waiting_invitations
from dacase.agencies.services import invitation as services
from dacase.agencies.tables import facts_of_invitation
from dacase.agencies.views.acts import act


@require_http_methods(["GET", "POST"])
@requires("manage_people")
def invite(request: ActingRequest) -> HttpResponse:
    """Invite a colleague."""
    form = InviteForm(request.POST or None, actor=request.membership)
    if request.method == "POST" and form.is_valid() and form.save():
        messages.success(
            request, f"The invitation goes to {form.result.email} now. Its link is good for 7 days."
        )
        return redirect("agencies:people")
    context = {
        "form": form,
        "heading": "Invite a colleague",
        "intro": "They get an email with a link, and choose their own password. Invite only people whom you know.",
        "submit_text": "Send the invitation",
        "back_url": reverse("agencies:people"),
    }
    return render(request, "layouts/form.html", context)


@require_GET
@requires("manage_people")
def invitation(request: ActingRequest, pk: UUID) -> HttpResponse:
    """What was sent, and what can be done with it."""
    row = get_object_or_404(waiting_invitations(request.membership), pk=pk)
    context = {"row": row, "facts": facts_of_invitation(row), "back_url": reverse("agencies:people")}
    return render(request, "agencies/invitation.html", context)


@require_POST
@requires("manage_people")
def invitation_send_again(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Send a new link."""
    row = get_object_or_404(waiting_invitations(request.membership), pk=pk)
    done = f"A new link goes to {row.email} now. The former link no longer works."
    return act(
        request,
        lambda: services.send_invitation_again(row, actor=request.membership),
        done,
        "agencies:people",
    )


@require_POST
@requires("manage_people")
def invitation_withdraw(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Make the link useless."""
    row = get_object_or_404(waiting_invitations(request.membership), pk=pk)
    done = f"The invitation of {row.email} is withdrawn. Its link no longer works."
    return act(
        request, lambda: services.withdraw_invitation(row, actor=request.membership), done, "agencies:people"
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def invitation_accept(request: ActingRequest, token: str) -> HttpResponse:
    """The public page behind the link. It says who invited whom to do what, and nothing of what is done here."""
    try:
        row = services.open_invitation(token)
    except services.NotOpen:
        return render(request, "agencies/invitation_closed.html", status=410)
    try:
        return join(request, token, row) if request.user.is_authenticated else come_in(request, token, row)
    except services.NotOpen:
        return render(request, "agencies/invitation_closed.html", status=410)
    except services.HasAccount:
        return render(request, "agencies/invitation_account.html", {"row": row}, status=409)


def come_in(request: ActingRequest, token: str, row: Invitation) -> HttpResponse:
    """Somebody new, or not signed in."""
    if has_account(row.email):
        context = {"row": row, "following": reverse("agencies:invitation_accept", args=[token])}
        return render(request, "agencies/invitation_account.html", context)
    form = AcceptForm(request.POST or None, invitation=row)
    if request.method == "POST" and form.is_valid():
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        services.accept_invitation(token, name=name, password=password)
        messages.success(
            request, "Your account is ready. Sign in with your email address and your new password."
        )
        return redirect("account_login")
    return render(request, "agencies/invitation_accept.html", {"form": form, "row": row})


def join(request: ActingRequest, token: str, row: Invitation) -> HttpResponse:
    """A user who is signed in, with the address that was invited or with another one."""
    if request.method == "POST":
        membership = services.join_with_invitation(token, user=request.user)
        messages.success(
            request, f"You work for {membership.agency.name} now. Choose which agency to act for."
        )
        return redirect("agencies:choose")
    is_own = request.user.email.lower() == row.email
    return render(request, "agencies/invitation_join.html", {"row": row, "is_own": is_own})
