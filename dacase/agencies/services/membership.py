"""Changing and ending people's work for an agency."""

from datetime import date

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from dacase.agencies.access import check_may
from dacase.agencies.models import Agency, Membership, Team, User
from dacase.agencies.ports import queue_mail, record_event
from dacase.agencies.roles import roles_to_give, who_may
from dacase.ui.stale import StaleVersion

OWN = "You cannot do this to your own work. Ask another administrator of your agency."
LAST = "Your agency needs somebody who manages its people. Give that role to a colleague first."


@transaction.atomic
def change_membership(
    membership: Membership, *, role: str, team: Team | None, version: int, actor: Membership
) -> Membership:
    """Give a colleague another role or team, from her next page on.

    Raises NotAllowed; ValidationError for a role that the actor may not give, for her own work, and where
    nobody would be left to manage people; StaleVersion where somebody else saved since `version`.
    """
    check_may(actor, "manage_people")
    agency = lock_agency(actor)
    membership = locked_colleague(membership, actor=actor)
    check_version(membership, version)
    check_role(role, team=team, agency=agency, actor=actor, known=role == membership.role)
    was = {"role": membership.role, "team": str(membership.team_id or "")}
    membership.role, membership.team = role, team
    save(membership, actor=actor)
    check_managed(agency)
    record_event(
        "membership_changed",
        actor=actor,
        subject=membership,
        data={"from": was, "to": {"role": role, "team": str(team.pk if team else "")}},
    )
    return membership


@transaction.atomic
def end_membership(
    membership: Membership, *, at_once: bool, last_day: date | None = None, actor: Membership
) -> Membership:
    """End a colleague's work now, which also signs her out everywhere, or after a last day (today or later).

    Raises NotAllowed; ValidationError for her own work, for a day in the past, for work that has ended,
    and where nobody would be left to manage people.
    """
    check_may(actor, "manage_people")
    agency = lock_agency(actor)
    membership = locked_colleague(membership, actor=actor)
    today = timezone.localdate()
    if at_once:
        membership.ended_at = timezone.now()
        membership.ends_on = max(today, membership.starts_on)
    elif last_day is None:
        raise ValidationError({"last_day": "Enter the last day"})
    elif last_day < max(today, membership.starts_on):
        raise ValidationError(
            {"last_day": "The last day must be today or in the future, and not before the first day"}
        )
    else:
        membership.ends_on = last_day
    save(membership, actor=actor)
    check_managed(agency)
    record_event(
        "membership_ended",
        actor=actor,
        subject=membership,
        data={"ends_on": membership.ends_on.isoformat(), "at_once": at_once},
    )
    if at_once:
        leave(membership)
    return membership


@transaction.atomic
def undo_membership_end(membership: Membership, *, actor: Membership) -> Membership:
    """Take back an end that has not come yet. Raises NotAllowed; ValidationError where it has."""
    check_may(actor, "manage_people")
    lock_agency(actor)
    membership = locked_colleague(membership, actor=actor)
    if membership.ends_on is not None:
        membership.ends_on = None
        save(membership, actor=actor)
        record_event("membership_end_undone", actor=actor, subject=membership)
    return membership


@transaction.atomic
def reset_second_step(membership: Membership, *, actor: Membership) -> Membership:
    """Let a colleague who lost her app set up a new one, once the actor has made sure that it is her.

    Her password goes too: she chooses a new one through her e-mail, so that whoever found the old password
    cannot be the first to set up an app. Raises NotAllowed; ValidationError for the actor's own work.
    """
    check_may(actor, "manage_people")
    membership = locked_colleague(membership, actor=actor)
    user = User.objects.select_for_update().get(pk=membership.user_id)
    Authenticator.objects.filter(user=user).delete()
    # Random rather than unusable: an unusable password would refuse the e-mail that lets her choose one.
    user.set_password(get_random_string(40))
    user.save(update_fields=["password"])
    end_sessions(user)
    record_event("second_step_reset", actor=actor, subject=membership)
    queue_mail(to=user.email, template="password_reset", context={"user": user.pk}, actor=None)
    return membership


def lock_agency(actor: Membership) -> Agency:
    """The actor's agency, locked: two people who change who works for it wait for each other.

    Everybody else's work names the agency and its people, and does not wait (no_key).
    """
    return Agency.objects.select_for_update(no_key=True).get(pk=actor.agency_id)


def locked_colleague(membership: Membership, *, actor: Membership) -> Membership:
    """The row, locked. Raises ValidationError for the actor's own work and for work that has ended."""
    rows = Membership.objects.visible_to(actor).select_related("user", "agency", "team")
    membership = rows.select_for_update(of=("self",), no_key=True).get(pk=membership.pk)
    if membership.user_id == actor.user_id:
        raise ValidationError(OWN)
    if membership.ended_at or (membership.ends_on and membership.ends_on < timezone.localdate()):
        raise ValidationError("This work has ended already. To let somebody back in, invite them again.")
    return membership


def check_role(
    role: str, *, team: Team | None, agency: Agency, actor: Membership, known: bool = False
) -> None:
    """Raise ValidationError unless the actor may give `role` (or it is `known`) and the team is the agency's."""
    if not known and role not in roles_to_give(actor.role, agency.kind, agency.services):
        raise ValidationError({"role": "Select a role that your agency has"})
    if team is not None and team.agency_id != agency.pk:
        raise ValidationError({"team": "Select a team of your agency"})


def check_managed(agency: Agency) -> None:
    """Raise ValidationError where nobody would be left, without an end, who manages the agency's people."""
    managers = Membership.objects.active().filter(agency=agency, role__in=who_may("manage_people"))
    if not managers.filter(ends_on__isnull=True).exists():
        raise ValidationError(LAST)


def check_version(membership: Membership, version: int) -> None:
    """Raise StaleVersion where somebody else has saved since `version`."""
    if version != membership.version:
        saved_by = membership.changed_by.user.name if membership.changed_by else "Somebody"
        raise StaleVersion(
            current={"role": membership.role, "team": str(membership.team_id or "")},
            version=membership.version,
            saved_by=saved_by,
            saved_at=membership.changed_at,
        )


def save(membership: Membership, *, actor: Membership) -> None:
    """Save with a new version, and who made it."""
    membership.version += 1
    membership.changed_at, membership.changed_by = timezone.now(), actor
    membership.save()


def leave(membership: Membership) -> None:
    """What follows the end of work: signed out everywhere, and out of the agency's group."""
    end_sessions(membership.user)
    still = Membership.objects.active().filter(user_id=membership.user_id, agency_id=membership.agency_id)
    if not still.exists():
        membership.user.groups.remove(membership.agency.group)


def end_sessions(user: User) -> None:
    """Sign the user out of every browser."""
    for session in UserSession.objects.filter(user=user):
        session.end()
