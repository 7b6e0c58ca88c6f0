"""Rows of the pages about people, in the furniture's cells."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Invitation, Membership
from dacase.agencies.roles import needs_second_factor
from dacase.ui.components import Fact, Link, Table, Tag, Text
from dacase.ui.words import day_words


def people_table(rows: Iterable[Membership]) -> Table:
    """Colleagues, each leading to the page about her work."""
    lines = [
        [
            Link(row.user.name, reverse("agencies:membership", args=[row.pk]), sub=row.user.email),
            Text(row.get_role_display(), row.team.name if row.team else ""),
            work_tag(row),
            factor_tag(row),
        ]
        for row in rows
    ]
    return Table("People of your agency", ["Name", "Role and team", "Work", "Second step"], lines)


def invitations_table(rows: Iterable[Invitation]) -> Table:
    """Invitations that nobody has accepted yet, each leading to what can be done with it."""
    now = timezone.now()
    lines = [
        [
            Link(row.name, reverse("agencies:invitation", args=[row.pk]), sub=row.email),
            Text(row.get_role_display(), row.team.name if row.team else ""),
            Tag("Link has run out", "warning") if row.expires_at <= now else Tag("Waiting", "info"),
            row.expires_at,
        ]
        for row in rows
    ]
    return Table(
        "Invitations waiting", ["Name", "Role and team", "State", "Good until"], lines, show_caption=True
    )


def work_tag(row: Membership) -> Tag:
    """Where the work stands, in words."""
    if has_ended(row):
        return Tag(f"Ended {day_words(row.ends_on)}" if row.ends_on else "Ended", "neutral")
    if row.ends_on:
        return Tag(f"Last day {day_words(row.ends_on)}", "warning")
    if row.starts_on > timezone.localdate():
        return Tag(f"Starts {day_words(row.starts_on)}", "info")
    return Tag("Works here now", "good")


def factor_tag(row: Membership) -> Tag:
    """Whether the second step is set up, and whether that matters for the role."""
    if row.has_totp:  # type: ignore[attr-defined]
        return Tag("Set up", "good")
    return Tag("Not set up yet", "warning") if needs_second_factor(row.role) else Tag("Not needed", "neutral")


def facts_of(row: Membership) -> list[Fact]:
    """What a page about somebody's work begins with."""
    return [
        Fact("Email address", row.user.email),
        Fact("Role", row.get_role_display()),
        Fact("Team", row.team.name if row.team else "No team"),
        Fact("Works here since", day_words(row.starts_on)),
        Fact("Work", work_tag(row)),
        Fact("Second step", factor_tag(row)),
    ]


def facts_of_invitation(row: Invitation) -> list[Fact]:
    """What the page about an invitation says."""
    return [
        Fact("Email address", row.email),
        Fact("Role", row.get_role_display()),
        Fact("Team", row.team.name if row.team else "No team"),
        Fact("Invited by", row.invited_by.user.name),
        Fact("Link good until", row.expires_at),
    ]


def has_ended(row: Membership) -> bool:
    """Whether the work is over, at once or after its last day."""
    return bool(row.ended_at or (row.ends_on and row.ends_on < timezone.localdate()))
