"""What the room adds to the case page and to the home page (settings.CASE_PANELS, HOME_PANELS)."""

from django.urls import reverse

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.panels import NextAction, Panel, Rows, asks
from dacase.ui.components import Clock, Link, Table, Tag
from dacase.ui.tables import capped_count
from referrals.choices import ReferralState
from referrals.models import Referral
from referrals.selectors.public_referral import stuck_letters
from referrals.selectors.referral import outcomes
from referrals.selectors.referral import sent_referrals as sent_by
from referrals.selectors.route import inbox, newer_than_plan
from referrals.selectors.route import referrals_of_case as case_referrals
from referrals.selectors.triage import triage_queue as queue_of
from referrals.views.lists import marks, sender_cell

SHOWN = 5


@asks(
    lambda case, membership: {
        "referrals": case_referrals(case, membership),
        "newer": newer_than_plan(case, membership).values_list("pk", flat=True),
    }
)
def referrals_of_case(case: Case, membership: Membership, rows: Rows) -> Panel | None:
    """The referrals that led to this case, as far as the reader may follow them."""
    referrals = rows["referrals"]
    if not referrals:
        return None
    lines = [
        [
            Link(referral.reference, _address(referral, membership)),
            sender_cell(referral),
            referral.received_at,
            Tag(referral.get_state_display()),
            told[-1].text if (told := outcomes(referral)) else "",
        ]
        for referral in referrals
    ]
    columns = ["Referral", "From", "Received", "State", "Latest feedback"]
    table = Table("Referrals in this case", columns, lines)
    actions = (
        _left_open(case, referrals, membership)
        + _contact_actions(rows, membership)
        + _route_actions(referrals, membership)
    )
    return Panel("Referrals", "referrals/panels/table.html", {"table": table}, actions)


def _address(referral: Referral, membership: Membership) -> str:
    """Where this reader follows the referral: at the front door, at the service, or as its sender."""
    if membership.may("triage_referral") and referral.receiver_agency_id == membership.agency_id:
        return reverse("referrals:triage", args=[referral.pk])
    for route in referral.routes.all():
        if route.to_agency_id == membership.agency_id and route.sent_back_at is None:
            return reverse("referrals:route_detail", args=[route.pk])
    return reverse("referrals:detail", args=[referral.pk])


def _left_open(case: Case, referrals: list[Referral], membership: Membership) -> list[NextAction]:
    """For the front door: a case that it opened and then routed to nobody would stay open with nobody in it."""
    ended = {ReferralState.DECLINED, ReferralState.NO_FURTHER_ACTION}
    if not case.is_open or not membership.may("triage_referral"):
        return []
    if any(referral.state not in ended for referral in referrals):
        return []
    address = reverse("cases:close", args=[case.pk])
    return [
        NextAction("No referral in this case was routed: close it if nobody supports anybody here", address)
    ]


def _contact_actions(rows: Rows, membership: Membership) -> list[NextAction]:
    """What a sender said of safe contact, until the case's plan has been checked against it."""
    if not membership.may("edit_case"):
        return []
    return [
        NextAction(
            f"Check the safe-contact plan: referral {referral.reference} is newer",
            _address(referral, membership),
            referral.received_at,
        )
        for referral in rows["referrals"]
        if referral.pk in rows["newer"]
    ]


def _route_actions(referrals: list[Referral], membership: Membership) -> list[NextAction]:
    """What waits for the reader's own service in this case."""
    if not membership.may("accept_referral"):
        return []
    return [
        NextAction(
            "Accept the referral or send it back",
            reverse("referrals:route_detail", args=[route.pk]),
            route.due_at,
        )
        for referral in referrals
        for route in referral.routes.all()
        if route.to_agency_id == membership.agency_id
        and route.accepted_at is None
        and route.sent_back_at is None
    ]


def triage_queue(membership: Membership) -> Panel | None:
    """The most urgent referrals at the front door."""
    if not membership.may("triage_referral"):
        return None
    queue = queue_of(membership)
    count = capped_count(queue)
    first = list(queue.order_by("due_at", "id")[:SHOWN])
    rows = [
        [
            Clock(one.due_at),
            Link(one.reference, reverse("referrals:triage", args=[one.pk])),
            marks(one),
            sender_cell(one),
            one.held_by.user.name if one.held_by else "Nobody yet",
        ]
        for one in first
    ]
    context = {
        "table": Table(
            "Waiting at the front door", ["Clock", "Referral", "Priority", "From", "Held by"], rows
        )
        if rows
        else None,
        "count": count,
        "empty": "Nothing is waiting. New referrals appear here as soon as an agency sends them.",
    }
    free = [one for one in first if one.held_by_id in (None, membership.pk)]
    actions = [
        NextAction(
            f"Decide on referral {one.reference}", reverse("referrals:triage", args=[one.pk]), one.due_at
        )
        for one in free[:1]
    ]
    return Panel(
        "Front door queue",
        "referrals/panels/list.html",
        context,
        actions,
        [("See the whole queue", reverse("referrals:queue"))],
    )


def waiting_routes(membership: Membership) -> Panel | None:
    """Referrals that wait for somebody at this service to accept them."""
    if not membership.may("accept_referral"):
        return None
    waiting = inbox(membership)
    count = capped_count(waiting)
    first = list(waiting.order_by("due_at", "id")[:SHOWN])
    rows = [
        [
            Clock(one.due_at),
            Link(one.referral.reference, reverse("referrals:route_detail", args=[one.pk])),
            marks(one.referral),
            sender_cell(one.referral),
            one.get_state_display(),
        ]
        for one in first
    ]
    context = {
        "table": Table("Waiting for your service", ["Clock", "Referral", "Priority", "From", "State"], rows)
        if rows
        else None,
        "count": count,
        "empty": "No referral is waiting for your service.",
    }
    actions = [
        NextAction(
            f"Accept referral {one.referral.reference}, or send it back",
            reverse("referrals:route_detail", args=[one.pk]),
            one.due_at,
        )
        for one in first[:1]
    ]
    return Panel(
        "Referrals to your service",
        "referrals/panels/list.html",
        context,
        actions,
        [("See all", reverse("referrals:inbox"))],
    )


def sent_referrals(membership: Membership) -> Panel | None:
    """What became of the newest referrals that this user sent."""
    if not membership.may("make_referral"):
        return None
    newest = list(sent_by(membership, mine=True).order_by("-received_at", "-id")[:SHOWN])
    links = [
        ("Make a referral", reverse("referrals:create")),
        ("See all referrals sent", reverse("referrals:sent")),
    ]
    if not newest and membership.may("view_case"):
        return Panel(
            "Referrals you sent",
            "referrals/panels/list.html",
            {"empty": "You have sent none yet."},
            [],
            links,
        )
    rows = [
        [
            Link(one.reference, reverse("referrals:detail", args=[one.pk])),
            one.received_at,
            Tag(one.get_state_display(), "warning" if one.state == ReferralState.RETURNED else "neutral"),
            told[-1].text if (told := outcomes(one)) else "Waiting for the front door",
        ]
        for one in newest
    ]
    context = {
        "table": Table("Referrals you sent", ["Referral", "Sent", "State", "Latest feedback"], rows)
        if rows
        else None,
        "empty": "You have sent none yet. Make one when somebody you meet needs help.",
    }
    return Panel("Referrals you sent", "referrals/panels/list.html", context, [], links)


def letterbox(membership: Membership) -> Panel | None:
    """Messages from the public pages that could not be taken in. Nothing is shown where there are none."""
    if not membership.may("triage_referral"):
        return None
    oldest = stuck_letters(membership).first()
    if oldest is None:
        return None
    address = reverse("referrals:letters")
    words = "Messages from the public pages could not be taken in. Somebody must read them."
    return Panel(
        "Messages to read by hand",
        "referrals/panels/list.html",
        {"empty": words},
        [NextAction("Read the messages that are not in the queue", address, oldest.received_at)],
        [("Read them", address)],
    )
