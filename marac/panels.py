"""What MARAC adds to the case page and to the home page."""

from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, Rows, asks
from marac.choices import Criterion
from marac.models import ActionPoint, Meeting
from marac.rules import time_of_day, weekday_words
from marac.selectors.action_point import own_open
from marac.selectors.marac_referral import (
    CaseAtMarac,
    at_marac,
    candidates,
    newest_referral,
    recorded_hearings,
)
from marac.selectors.meeting import earliest_open_meeting, next_meeting_with_hearings
from referrals.casework.selectors.incident import Lately, counted, lately

SHOWN = 5


def _at_marac(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    if not membership.may("view_case"):
        return None
    return {
        "referrals": newest_referral(case, membership),
        "recorded": recorded_hearings(case.pk),
        "counted": counted(case, membership, on=timezone.localdate()),
    }


@asks(_at_marac)
def hearings_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """When the case was heard, how long a return counts as a repeat, and whether it waits for a meeting."""
    state = at_marac(rows["referrals"], rows["recorded"])
    links, actions = [], []
    if state.waiting is not None and state.waiting.hearing_id and membership.may("view_hearing"):  # type: ignore[attr-defined]
        links.append(("See the hearing", reverse("marac:hearing", args=[state.waiting.hearing_id])))  # type: ignore[attr-defined]
    if state.waiting is None and case.is_open and membership.may("refer_to_marac"):
        refer = reverse("marac:refer", args=[case.pk])
        links.append(("Refer to MARAC", refer))
        actions = _escalation_actions(lately(rows["counted"], on=timezone.localdate()), state, refer)
    context = {"state": state, "repeat": repeat_words(state, timezone.localdate())}
    return Panel("MARAC", "marac/panels/hearings_of_case.html", context, actions, links)


def _escalation_actions(found: Lately, state: CaseAtMarac, refer: str) -> list[NextAction]:
    """Refer for potential escalation, unless the case was heard since the last of the incidents was recorded."""
    if not found.is_escalation or found.recorded_at is None:
        return []
    if state.heard and timezone.localdate(found.recorded_at) <= state.heard[0]:
        return []
    address = f"{refer}?criterion={Criterion.POTENTIAL_ESCALATION}"
    return [NextAction("Refer to MARAC: the incidents meet potential escalation", address)]


def repeat_words(state: CaseAtMarac, today: date) -> str:
    """The repeat window of a case, in words; empty where it was never heard."""
    if state.repeat_until is None:
        return ""
    end = f"{state.repeat_until:%d/%m/%Y}"
    return f"Repeat window ends {end}" if today <= state.repeat_until else f"Repeat window ended {end}"


def next_meeting(membership: Membership) -> Panel | None:
    """The next meeting: for the coordinator with what waits for an agenda, for others what to prepare."""
    if membership.may("manage_meeting"):
        return _coordinators_meeting(membership)
    if not membership.may("view_hearing"):
        return None
    meeting = next_meeting_with_hearings(membership)
    links = [("MARAC meetings", reverse("marac:meetings"))]
    context = {"meeting": meeting, "day": weekday_words(meeting.held_on) if meeting else ""}
    actions = _invitees_actions(meeting, membership) if meeting else []
    return Panel("Next MARAC", "marac/panels/next_meeting.html", context, actions, links)


def _coordinators_meeting(membership: Membership) -> Panel:
    meeting = earliest_open_meeting(membership)
    waiting = candidates(membership).count()
    links = [
        ("MARAC meetings", reverse("marac:meetings")),
        ("Set up a meeting", reverse("marac:meeting_create")),
    ]
    context = {
        "meeting": meeting,
        "day": weekday_words(meeting.held_on) if meeting else "",
        "starts": time_of_day(meeting.starts_at) if meeting else "",
        "waiting": waiting,
        "coordinates": True,
    }
    actions = _coordinators_actions(meeting, waiting)
    return Panel("Next MARAC", "marac/panels/next_meeting.html", context, actions, links)


def _coordinators_actions(meeting: Meeting | None, waiting: int) -> list[NextAction]:
    if meeting is None:
        return (
            [NextAction("Set up the next MARAC meeting", reverse("marac:meeting_create"))] if waiting else []
        )
    url, actions = reverse("marac:meeting", args=[meeting.pk]), []
    if meeting.held_on <= timezone.localdate() and meeting.listed:  # type: ignore[attr-defined]
        actions.append(NextAction("Record the outcomes of the MARAC meeting", url, _end_of(meeting.held_on)))
    elif meeting.heard:  # type: ignore[attr-defined]
        actions.append(NextAction("Close the MARAC meeting", url, _end_of(meeting.held_on)))
    if waiting:
        words = "case that waits" if waiting == 1 else "cases that wait"
        actions.append(NextAction(f"Put {waiting} {words} on a MARAC agenda", url, _end_of(meeting.held_on)))
    return actions


def _invitees_actions(meeting: Meeting, membership: Membership) -> list[NextAction]:
    listed = meeting.listed  # type: ignore[attr-defined]
    url = reverse("marac:meeting", args=[meeting.pk])
    if meeting.chair_id == membership.pk and meeting.held_on == timezone.localdate():
        return [NextAction("Chair today’s MARAC meeting", url, _end_of(meeting.held_on))]
    words = "1 hearing" if listed == 1 else f"{listed} hearings"
    return [NextAction(f"Prepare for {words} at MARAC", url, _end_of(meeting.held_on))]


def open_action_points(membership: Membership) -> Panel | None:
    """The agency's own open action points, the soonest due first, each with its day as the next action's."""
    if not membership.may("complete_action_point"):
        return None
    points = list(own_open(membership)[: SHOWN + 1])
    links = [("All action points", reverse("marac:action_points"))]
    context = {"points": points[:SHOWN], "more": len(points) > SHOWN, "today": timezone.localdate()}
    return Panel(
        "Action points of your agency",
        "marac/panels/open_action_points.html",
        context,
        [_action(point) for point in points[:SHOWN]],
        links,
    )


def _action(point: ActionPoint) -> NextAction:
    words = f"Report on the action point for case {point.case_reference}"
    return NextAction(words, reverse("marac:action_point", args=[point.pk]), _end_of(point.due_on))


def _end_of(day: date) -> datetime:
    """The last moment of a day, in London."""
    return timezone.make_aware(datetime.combine(day, time(23, 59)))
