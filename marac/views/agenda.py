"""How an agenda and its candidates are drawn."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.ui.components import Link, Many, NextAction, PostButton, Table, Tag, Text
from dacase.ui.words import day_words
from marac.choices import Criterion, HearingState, MeetingState
from marac.models import MaracReferral, Meeting
from marac.rules import time_of_day
from marac.selectors.hearing import Item
from marac.selectors.meeting import is_coordinator, may_record

HEARING_TAGS = {HearingState.LISTED: "new", HearingState.HEARD: "good", HearingState.DEFERRED: "warning"}


@dataclass(frozen=True)
class AgendaRow:
    """A hearing in the running order, with what the coordinator may do to it."""

    item: Item
    time: str
    url: str
    criterion: str
    children: int
    state: Tag
    up: PostButton | None
    down: PostButton | None
    off_url: str

    @property
    def moves(self) -> list[PostButton]:
        return [button for button in (self.up, self.down) if button is not None]


def agenda_rows(items: list[Item], can_move: bool) -> list[AgendaRow]:
    """The running order. What has been heard keeps its place; the rest moves below it."""
    listed = [item.hearing.state == HearingState.LISTED for item in items]
    return [
        AgendaRow(
            item=item,
            time=time_of_day(item.starts_at),
            url=reverse("marac:hearing", args=[item.hearing.pk]),
            criterion=Criterion(item.hearing.criterion).label,
            children=sum(1 for person in item.people if person["role"] == "child"),
            state=Tag(item.hearing.get_state_display(), HEARING_TAGS[HearingState(item.hearing.state)]),
            up=_move(item, "up") if can_move and listed[place] and any(listed[place - 1 : place]) else None,
            down=_move(item, "down")
            if can_move and listed[place] and any(listed[place + 1 : place + 2])
            else None,
            off_url=reverse("marac:hearing_take_off", args=[item.hearing.pk])
            if can_move and listed[place]
            else "",
        )
        for place, item in enumerate(items)
    ]


def _move(item: Item, way: str) -> PostButton:
    href = reverse("marac:hearing_move", args=[item.hearing.pk])
    words = "Move up" if way == "up" else "Move down"
    return PostButton(words, href, hidden=f"case {item.reference}", values={"way": way})


def candidate_table(waiting: Iterable[MaracReferral], meeting: Meeting | None) -> Table:
    """The candidates with their criterion; with a meeting, each with a link that puts it on its agenda."""
    rows = [
        [
            Link(one.case.reference, reverse("cases:detail", args=[one.case_id])),
            Text(one.get_criterion_display(), sub=one.agency.name),
            Text(day_words(timezone.localdate(one.referred_at)), sub=_waiting_words(one)),
            Many(_ways(one, meeting)),
        ]
        for one in waiting
    ]
    return Table(
        "Cases that wait for an agenda", ["Case", "Criterion and referrer", "Referred", "What to do"], rows
    )


def _waiting_words(referral: MaracReferral) -> str:
    days = (timezone.localdate() - timezone.localdate(referral.referred_at)).days
    return "today" if days == 0 else f"waiting {days} day{'' if days == 1 else 's'}"


def _ways(referral: MaracReferral, meeting: Meeting | None) -> list[Link]:
    withdraw = Link(
        "Withdraw",
        reverse("marac:candidate_withdraw", args=[referral.pk]),
        hidden=f"case {referral.case.reference}",
    )
    if meeting is None:
        return [withdraw]
    href = reverse("marac:list_hearing", args=[meeting.pk, referral.pk])
    words = f"Put on the agenda of {meeting.held_on.day} {meeting.held_on:%B}"
    return [Link(words, href, hidden=f"case {referral.case.reference}"), withdraw]


def meeting_actions(
    meeting: Meeting, items: list[Item], waiting: int, membership: Membership
) -> list[NextAction]:
    """What this person should do about the meeting now."""
    listed = [item for item in items if item.hearing.state == HearingState.LISTED]
    today = timezone.localdate()
    if meeting.state == MeetingState.CLOSED:
        return []
    if listed and meeting.held_on <= today and may_record(meeting, membership):
        first = listed[0]
        return [
            NextAction(
                f"Record hearing {first.hearing.number}",
                reverse("marac:hearing_record", args=[first.hearing.pk]),
                "Record the outcome",
                f"{len(listed)} of {len(items)} still to record.",
            )
        ]
    if not is_coordinator(meeting, membership):
        return []
    if items and not listed:
        close = reverse("marac:meeting_close", args=[meeting.pk])
        return [NextAction("Close the meeting", close, "Close the meeting", "Every hearing is recorded.")]
    if waiting:
        words = "1 case waits" if waiting == 1 else f"{waiting} cases wait"
        return [NextAction(f"{words} for an agenda", "#candidates", "See the candidates")]
    return []
