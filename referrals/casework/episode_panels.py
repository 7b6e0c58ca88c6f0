"""What episodes add to the case page and to the home page (settings.CASE_PANELS, HOME_PANELS)."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, Rows, asks
from dacase.ui.components import Link, Many, Table, Tag
from referrals.casework import day as days
from referrals.casework.choices import EpisodeState
from referrals.casework.models import Episode
from referrals.casework.selectors.access_ending import End, ends_of, whole_files
from referrals.casework.selectors.day import stand_of
from referrals.casework.selectors.episode import episodes_of
from referrals.casework.views.lists import due_cell, entry_table, state_tag, worker_cell

SHOWN = 5


def _day(membership: Membership) -> dict[str, QuerySet[Any]] | None:
    if not membership.may("work_episode"):
        return None
    return days.asked_by(days.Day(membership, stand_of(membership)))


@asks(_day)
def my_day(membership: Membership, rows: Rows) -> Panel:
    """The most urgent of what falls due for this worker."""
    # Whose work it is, is said on the page of the whole day; here the colleague's name stands on each row.
    entries, _ = days.entries_of(days.Day(membership, None), rows)
    when = [days.when_due(one) for one in entries]
    context = {
        "late": when.count(days.LATE),
        "today": when.count(days.TODAY),
        "table": entry_table("What falls due", entries[:SHOWN]) if entries else None,
    }
    links = [("See my whole day", reverse("casework:my_day"))]
    if membership.may("allocate_episode"):
        links.append(("See the team", reverse("casework:team")))
    actions = [NextAction(one.words, one.address, one.due_at) for one in entries[:1]]
    return Panel("My day", "casework/panels/my_day.html", context, actions, links)


def _episodes(case: Case, membership: Membership) -> dict[str, QuerySet[Any]] | None:
    if not membership.may("view_case"):
        return None
    return {"episodes": episodes_of(case, membership), "grants": whole_files(case)}


@asks(_episodes)
def episodes_of_case(case: Case, membership: Membership, rows: Rows) -> Panel:
    """Who supports whom in this case, and what the reader's own agency must do next."""
    episodes: list[Episode] = sorted(rows["episodes"], key=lambda one: not one.is_open)
    works, manages = membership.may("work_episode"), membership.may("allocate_episode")
    own = [one for one in episodes if one.agency_id == membership.agency_id and works]
    ends = ends_of(episodes, rows["grants"])
    lost = {end.agency for end in ends if end.grant is None}
    lines = [_line(one, is_own=one in own, is_lost=one.is_open and one.agency in lost) for one in episodes]
    columns = ["Support", "Agency", "Worker", "State", "Next contact"]
    table = Table("Support, open first", columns, lines) if lines else None
    links = []
    if manages and case.is_open:
        links.append(("Begin support", reverse("casework:episode_begin", args=[case.pk])))
    actions = [action for one in own if (action := _action(one, membership)) is not None]
    actions += [action for end in ends if (action := end_action(case, end, membership)) is not None]
    has_ended = bool(episodes) and not any(one.is_open for one in episodes)
    if case.is_open and has_ended and membership.may("edit_case"):
        address = reverse("cases:close", args=[case.pk])
        actions.append(NextAction("All support has ended: close the case, or begin another", address))
    return Panel("Support", "casework/panels/episodes.html", {"table": table}, actions, links)


def _line(one: Episode, *, is_own: bool, is_lost: bool) -> list[object]:
    """An episode; only one's own agency's leads further. `is_lost`: its agency cannot see the case any more."""
    kind, about = one.get_kind_display(), one.party.person.name
    return [
        Link(kind, reverse("casework:episode", args=[one.pk]), sub=about) if is_own else Many([kind, about]),
        one.agency.name,
        worker_cell(one) if is_own else one.worker.user.name if one.worker else "Nobody yet",
        Many([state_tag(one), Tag("Cannot see the case", "bad")]) if is_lost else state_tag(one),
        due_cell(one) if is_own else "",
    ]


def _action(one: Episode, membership: Membership) -> NextAction | None:
    """The next contact of an open episode of one's own agency, or what stands in its way."""
    manages = membership.may("allocate_episode")
    if one.state == EpisodeState.SIGN_OFF:
        address = reverse("casework:closure_sign_off", args=[one.pk])
        return NextAction("Sign off the end of support, or leave it open", address) if manages else None
    if manages and one.is_open and (one.worker is None or one.is_stranded):  # type: ignore[attr-defined]
        address = reverse("casework:episode_allocate", args=[one.pk])
        words = f"Say who works on the support{': whoever did cannot any more' if one.worker else ''}"
        return NextAction(words, address, one.next_contact_at)
    if one.next_contact_at:
        words = "Make contact again" if one.first_tried_at else "Make the first contact"
        return NextAction(words, reverse("casework:attempt_create", args=[one.pk]), one.next_contact_at)
    return None


def end_action(case: Case, end: End, membership: Membership) -> NextAction | None:
    """What an end of access asks of this reader: to ask for longer, or to say whether it goes on."""
    if end.agency == membership.agency:
        address = reverse("cases:access", args=[case.pk])
        words = f"Your agency’s access ends on {end.day}: ask for longer"
        return NextAction(words, address, end.until) if membership.may("work_episode") else None
    if not membership.may("share_case"):
        return None
    supports = f"{end.agency} supports somebody here, and"
    if end.grant is None:
        address = f"{reverse('cases:grant_create', args=[case.pk])}?agency={end.agency.pk}"
        return NextAction(f"{supports} cannot see the case any more: share it again", address)
    address = reverse("cases:grant_extend", args=[case.pk, end.grant.pk])
    return NextAction(f"{supports} its access ends on {end.day}: give it longer", address, end.until)
