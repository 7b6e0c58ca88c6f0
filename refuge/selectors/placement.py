"""Reads of placements: an agency's own, and what other agencies may know from the case's events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from dacase.agencies.models import Agency, Membership
from dacase.audit.models import Event
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party
from dacase.cases.selectors.people import parties_of
from refuge.models import Placement, PlacementMember

IN_ACCOMMODATION = "placement_started"
ARRANGED = "placement_arranged"
VERBS = (IN_ACCOMMODATION, ARRANGED, "placement_ended", "placement_cancelled")


def placements(membership: Membership, *, state: str = "") -> QuerySet[Placement]:
    """The placements of the membership's agency with unit and service, filtered by state."""
    found = Placement.objects.visible_to(membership).select_related("unit__service", "placed_by__user")
    return found.filter(state=state) if state else found


def placements_of(case: Case, membership: Membership) -> QuerySet[Placement]:
    """The agency's own placements of a case, the newest first."""
    return placements(membership).filter(case=case).order_by("-starts_on", "-id")


def members_of(placement: Placement, membership: Membership) -> list[Party]:
    """Who was placed, each person once, for somebody who may still open the case; empty when she may not."""
    placed = PlacementMember.objects.filter(placement=placement).values("party_id")
    parties = Party.with_doubles.visible_to(membership).filter(pk__in=placed).select_related("person")
    once = {party.standing_id: party for party in parties}.values()
    return sorted(once, key=lambda party: (party.role != PartyRole.VICTIM, party.created_at))


def possible_household(case: Case) -> list[Party]:
    """Who may be placed: the victim-survivor, and who flees with her; never a perpetrator."""
    return [party for party in parties_of(case) if party.role != PartyRole.PERPETRATOR]


@dataclass(frozen=True)
class Elsewhere:
    """What every agency that holds a case may know of its household's accommodation, and no more.

    Args:
        agency: the refuge agency, through which contact is made.
        verb: the last thing that happened (one of VERBS).
        on: the day on which it was recorded.
    """

    agency: Agency
    verb: str
    on: date


def accommodation_events(case_id: UUID) -> QuerySet[Event]:
    """What the case's events say of its household's accommodation, the newest first.

    Never from placements: those tell where, and are seen by the refuge agency only.
    """
    events = Event.objects.filter(case_id=case_id, verb__in=VERBS)
    return events.select_related("agency").order_by("-at", "-id")


def accommodation_known(events: Iterable[Event]) -> list[Elsewhere]:
    """The last word of each refuge agency, of the rows of `accommodation_events`."""
    latest: dict[UUID, Elsewhere] = {}
    for event in events:
        if event.agency is not None and event.agency.pk not in latest:
            latest[event.agency.pk] = Elsewhere(event.agency, event.verb, timezone.localdate(event.at))
    return list(latest.values())
