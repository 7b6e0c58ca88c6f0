"""Inviting colleagues, and their coming in."""

import base64
import hashlib
import hmac
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Invitation, Membership, Team, User
from dacase.agencies.ports import queue_mail, record_event
from dacase.agencies.services.membership import check_role, lock_agency
from dacase.walls.context import acting_as

LIFETIME = timedelta(days=7)
WORKS_HERE = "Somebody with this email address works for your agency already. Change their role instead"
INVITED = "This address has been invited already. Send that invitation again, or withdraw it first"


class NotOpen(Exception):  # noqa: N818 - a state of the invitation that the page tells
    """The invitation was used, withdrawn, is too old, or never was: they all look the same."""


class HasAccount(Exception):  # noqa: N818 - as above
    """The address belongs to a user, who must sign in to accept: the link alone does not prove who she is."""


@transaction.atomic
def invite_colleague(
    *,
    name: str,
    email: str,
    role: str,
    team: Team | None = None,
    submission: UUID | None = None,
    actor: Membership,
) -> Invitation:
    """Invite somebody to work for the actor's agency. The e-mail with the link is good for 7 days.

    Args:
        name: what colleagues call her; she may change it when she accepts.
        email: where the link goes, and what she will sign in with.
        role: one that the actor may give in this agency (role_offers.csv).
        team: of the actor's agency, or None.
        submission: makes a double click one invitation.
        actor: who invites.
    Raises NotAllowed; ValidationError by field.
    """
    check_may(actor, "manage_people")
    agency = lock_agency(actor)
    sent = Invitation.objects.visible_to(actor).filter(pk=submission).first() if submission else None
    if sent is not None:
        return sent
    email = email.strip().lower()
    check_role(role, team=team, agency=agency, actor=actor)
    if Membership.objects.active().filter(agency=agency, user__email=email).exists():
        raise ValidationError({"email": WORKS_HERE})
    if Invitation.objects.visible_to(actor).waiting().filter(email=email).exists():
        raise ValidationError({"email": INVITED})
    invitation = Invitation(
        pk=unused_key(submission),
        email=email,
        name=name,
        agency=agency,
        team=team,
        role=role,
        invited_by=actor,
    )
    send(invitation)
    record_event("invitation_sent", actor=actor, subject=invitation, data={"role": role})
    return invitation


@transaction.atomic
def send_invitation_again(invitation: Invitation, *, actor: Membership) -> Invitation:
    """Send a new link, good for 7 days from now. The former link stops working. Raises NotAllowed, ValidationError."""
    check_may(actor, "manage_people")
    invitation = locked(invitation)
    if invitation.accepted_at or invitation.withdrawn_at:
        raise ValidationError("This invitation was used or withdrawn meanwhile.")
    send(invitation)
    record_event("invitation_sent_again", actor=actor, subject=invitation)
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, actor: Membership) -> Invitation:
    """Make the link of an invitation useless. Withdrawing twice is once. Raises NotAllowed, ValidationError."""
    check_may(actor, "manage_people")
    invitation = locked(invitation)
    if invitation.accepted_at:
        raise ValidationError(
            "This invitation was accepted meanwhile. End the work of the colleague instead."
        )
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = timezone.now()
        invitation.save(update_fields=["withdrawn_at"])
        record_event("invitation_withdrawn", actor=actor, subject=invitation)
    return invitation


@transaction.atomic
def accept_invitation(token: str, *, name: str, password: str) -> Membership:
    """Make the invited user with her name and password, and her membership. Works once.

    Raises NotOpen for a link that does not work (any more), HasAccount where the address has a user.
    """
    invitation = open_invitation(token, lock=True)
    try:
        with transaction.atomic():
            user = User.objects.create_user(invitation.email, password, name=name)
    except IntegrityError:
        raise HasAccount from None
    return let_in(invitation, user)


@transaction.atomic
def join_with_invitation(token: str, *, user: User) -> Membership:
    """Add the invited work to a user who has signed in with the address that was invited.

    Raises NotOpen for a link that does not work (any more), HasAccount for a user with another address.
    """
    invitation = open_invitation(token, lock=True)
    if user.email.lower() != invitation.email:
        raise HasAccount
    return let_in(invitation, user)


def open_invitation(token: str, *, lock: bool = False) -> Invitation:
    """The invitation whose newest link holds `token`. Raises NotOpen."""
    rows = Invitation.objects.select_for_update(of=("self",)) if lock else Invitation.objects.all()
    invitation = rows.waiting().select_related("agency", "team").filter(token_hash=hash_of(token)).first()
    if invitation is None or invitation.expires_at <= timezone.now() or not invitation.agency.is_active:
        raise NotOpen
    return invitation


def let_in(invitation: Invitation, user: User) -> Membership:
    """The membership that a locked, open invitation promises."""
    membership = Membership.objects.create(
        user=user,
        agency=invitation.agency,
        team=invitation.team,
        role=invitation.role,
        changed_by=invitation.invited_by,
    )
    user.groups.add(invitation.agency.group)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    with acting_as(membership):
        record_event("invitation_accepted", actor=membership, subject=invitation)
    return membership


def send(invitation: Invitation) -> None:
    """Give the invitation a new link and queue its e-mail. The link is made when that is sent, and kept nowhere."""
    invitation.expires_at = timezone.now() + LIFETIME
    invitation.token_hash = hash_of(token_of(invitation))
    invitation.save()
    queue_mail(to=invitation.email, template="invitation", context={"invitation": invitation.pk}, actor=None)


def token_of(invitation: Invitation) -> str:
    """The secret in the invitation's newest link: nobody can make it without SECRET_KEY."""
    said = f"dacase.invitation:{invitation.pk}:{invitation.expires_at.timestamp():.6f}"
    digest = hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def locked(invitation: Invitation) -> Invitation:
    """The row as it is now, and nobody else's until the transaction ends."""
    return Invitation.objects.select_for_update().get(pk=invitation.pk)


def unused_key(submission: UUID | None) -> UUID:
    """`submission`, unless an invitation of another agency has it: then nothing of that one shows."""
    taken = submission is None or Invitation.objects.filter(pk=submission).exists()
    return uuid4() if taken or submission is None else submission
