"""Reads of the two records, and the words for what they hold."""

import csv
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.audit.models import Event, Read

FOLDER = Path(__file__).parent
NEWEST_FIRST = ("-at", "-id")


@cache
def words(name: str) -> dict[str, str]:
    """A two-column CSV of this folder: code -> words."""
    with (FOLDER / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return dict(list(csv.reader(file))[1:])


def sentence(verb: str) -> str:
    """What verbs.csv says of an act; for a verb it does not have, the verb in plain letters."""
    return words("verbs").get(verb) or verb.replace("_", " ").capitalize()


def page_words(page: str) -> str:
    """What pages.csv says of a page that was opened; for one it does not have, that a page was opened."""
    room, _, name = page.partition(":")
    return words("pages").get(page) or f"Opened a page ({name.replace('_', ' ')}, {room})"


def agency_reads(
    membership: Membership,
    *,
    user_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Read]:
    """What people of the reader's own agency opened or were refused, to be paged by NEWEST_FIRST.

    Args:
        user_id: only this person's.
        since, until: first and last day, both included, Europe/London.
    """
    reads = Read.objects.visible_to(membership).select_related("user", "agency")
    if user_id is not None:
        reads = reads.filter(user_id=user_id)
    return reads.filter(**between(since, until))


def agency_events(
    membership: Membership,
    *,
    user_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> QuerySet[Event]:
    """The agency's own acts that belong to no case: signing in, inviting, ending memberships. Arguments as above."""
    events = Event.objects.visible_to(membership).select_related("actor__user", "agency")
    if user_id is not None:
        events = events.filter(actor__user_id=user_id)
    return events.filter(**between(since, until))


def people_of(membership: Membership) -> list[tuple[int, str]]:
    """User id and name of everybody who works or worked for the reader's agency, by name."""
    members = Membership.objects.visible_to(membership).select_related("user").order_by("user__name")
    return list(dict.fromkeys((member.user_id, member.user.name) for member in members))


def between(since: date | None, until: date | None) -> dict[str, datetime]:
    """The filter on `at` for whole days in London."""
    limits = {}
    if since:
        limits["at__gte"] = start_of(since)
    if until:
        limits["at__lt"] = start_of(until + timedelta(days=1))
    return limits


def start_of(day: date) -> datetime:
    """Midnight in London at the beginning of `day`."""
    return timezone.make_aware(datetime.combine(day, time.min))


def case_ids(rows: list[Read]) -> set[UUID]:
    """The cases that these rows name."""
    return {row.case_id for row in rows if row.case_id}
