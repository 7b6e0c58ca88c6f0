"""Reads of hearings. Everything shown comes from the hearing and its papers, never from the case behind it."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from dacase.agencies.models import Agency, Membership
from dacase.audit.models import Event
from dacase.cases.models import Exclusion
from marac.choices import ActionState, PaperKind
from marac.models import ActionPoint, Hearing, HearingPaper, Meeting
from marac.rules import slot_starts_at
from marac.selectors.meeting import core_agencies


@dataclass(frozen=True)
class Item:
    """A hearing with its papers opened.

    Args:
        starts_at: about when it begins.
        summary, people, risk: the bodies of its papers; empty where there is none.
    """

    hearing: Hearing
    starts_at: time
    summary: dict[str, Any] = field(default_factory=dict)
    people: list[dict[str, Any]] = field(default_factory=list)
    risk: dict[str, Any] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return str(self.summary.get("reference", ""))


def hearings_of(meeting: Meeting, membership: Membership) -> QuerySet[Hearing]:
    """The hearings of a meeting that the membership sees, in running order, with their papers."""
    seen = Hearing.objects.visible_to(membership).filter(meeting=meeting).in_running_order()
    return seen.order_by("number").prefetch_related(Prefetch("papers", HearingPaper.objects.all()))


def agenda(meeting: Meeting, membership: Membership) -> list[Item]:
    """The agenda of a meeting as the membership sees it."""
    return [opened(hearing, meeting) for hearing in hearings_of(meeting, membership)]


def opened(hearing: Hearing, meeting: Meeting) -> Item:
    """A hearing with its papers. One query, or none where the papers are at hand."""
    papers = {paper.kind: paper.body for paper in hearing.papers.all()}
    return Item(
        hearing=hearing,
        starts_at=slot_starts_at(meeting.starts_at, hearing.number),
        summary=papers.get(PaperKind.SUMMARY, {}),
        people=papers.get(PaperKind.PEOPLE, {}).get("people", []),
        risk=papers.get(PaperKind.RISK, {}),
    )


def visible_hearings(membership: Membership) -> QuerySet[Hearing]:
    """The hearings that the membership may open, with their meeting and papers; never with the case."""
    return (
        Hearing.objects.visible_to(membership)
        .select_related("meeting__coordinator_agency", "meeting__chair__user")
        .prefetch_related("papers")
    )


def seen_by(hearing: Hearing) -> list[Agency]:
    """The agencies that see a hearing, by name, for everybody who sees it too: from the row itself."""
    return list(Agency.objects.filter(group_id__in=hearing.viewer_groups).order_by("name"))


@dataclass(frozen=True)
class Invitee:
    """An agency that may be invited to a hearing: `is_barred` by an exclusion, `some_barred` people of it."""

    agency: Agency
    is_core: bool
    is_barred: bool
    some_barred: bool = False


def possible_invitees(
    meeting: Meeting, *, case_id: UUID, others: list[Agency] | None = None
) -> list[Invitee]:
    """The core agencies of a meeting, and `others`, with what bars them from the case."""
    groups = set(Exclusion.objects.filter(case_id=case_id, lifted_at=None).values_list("group_id", flat=True))
    core = core_agencies(meeting)
    rest = [agency for agency in others or [] if agency not in core]
    inside = _agencies_of_groups(groups)
    return [
        Invitee(
            agency=agency,
            is_core=agency in core,
            is_barred=agency.group_id in groups,
            some_barred=agency.pk in inside,
        )
        for agency in [*core, *rest]
    ]


def _agencies_of_groups(groups: set[int]) -> set[Any]:
    """The agencies of the people and teams behind `groups`."""
    if not groups:
        return set()
    people = Membership.objects.filter(user__group_id__in=groups).values_list("agency_id")
    teams = Membership.objects.filter(team__group_id__in=groups).values_list("agency_id")
    return {agency_id for (agency_id,) in people.union(teams)}


def action_points_of(hearing: Hearing, membership: Membership) -> QuerySet[ActionPoint]:
    """The action points of a hearing, without those that the meeting took off again."""
    seen = ActionPoint.objects.visible_to(membership).filter(hearing=hearing)
    return seen.exclude(state=ActionState.CANCELLED).select_related("owner_agency")


def is_ready_to_record(hearing: Hearing, *, today: date) -> bool:
    """Whether the outcome of a hearing can be recorded: it is not closed, and its meeting's day has come."""
    return hearing.closed_at is None and hearing.meeting.held_on <= today


def invited_until_closed(hearing: Hearing) -> list[Agency]:
    """The agencies that were invited to a hearing when it closed, for the coordinator, who holds the case."""
    event = Event.objects.filter(subject_id=hearing.pk, verb="hearing_closed").order_by("-at").first()
    keys = event.data.get("agencies", []) if event else []
    return list(Agency.objects.filter(pk__in=keys).order_by("name"))
