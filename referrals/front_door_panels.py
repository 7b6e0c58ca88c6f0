"""What must stand on top of “My work”: a question to answer, and what waits beyond its limit."""

from django.urls import reverse

from dacase.agencies.models import Membership
from dacase.cases.panels import NextAction, Panel
from dacase.ui.components import Clock, Link, Table
from referrals.selectors.escalation import waiting_escalations
from referrals.selectors.question import questions_to
from referrals.selectors.triage import senders_to_tell

# Everything that waits is shown: what stands below a fold of five would be lost.
SHOWN = 50


def questions(membership: Membership) -> Panel | None:
    """What the front door asks about referrals that this user sent. Nothing asked, no panel."""
    if not membership.may("make_referral"):
        return None
    asked = list(questions_to(membership).order_by("referral__due_at", "id")[:SHOWN])
    if not asked:
        return None
    addresses = [reverse("referrals:answer", args=[one.referral_id, one.pk]) for one in asked]
    rows = [
        [
            Clock(one.referral.due_at, one.referral.decided_at),
            Link(one.referral.reference, address),
            one.words,
        ]
        for one, address in zip(asked, addresses, strict=True)
    ]
    actions = [
        NextAction(
            f"Answer the question on referral {one.referral.reference}",
            address,
            None if one.referral.decided_at else one.referral.due_at,
        )
        for one, address in zip(asked, addresses, strict=True)
    ]
    table = Table("Questions about what you sent", ["Clock", "Referral", "Question"], rows)
    return Panel("Questions to you", "referrals/panels/table.html", {"table": table}, actions)


def escalations(membership: Membership) -> Panel | None:
    """What waits beyond its limit and nobody is on yet. Nothing late, no panel."""
    if not membership.may("answer_escalation"):
        return None
    waiting = list(waiting_escalations(membership).order_by("due_at", "-step", "id")[: SHOWN * 2])
    # A referral that came to its second step is shown once, with the later one.
    late = list({(one.referral_id, one.route_id): one for one in reversed(waiting)}.values())[::-1][:SHOWN]
    if not late:
        return None
    addresses = [reverse("referrals:escalation", args=[one.pk]) for one in late]
    rows = [
        [
            Clock(one.due_at),
            Link(one.referral.reference, address),
            "To be decided" if one.route_id is None else "To be accepted",
            one.agency.name,
        ]
        for one, address in zip(late, addresses, strict=True)
    ]
    actions = [
        NextAction(
            f"See to referral {one.referral.reference}: it waits beyond its limit", address, one.due_at
        )
        for one, address in zip(late, addresses, strict=True)
    ]
    table = Table("Beyond their limit", ["Clock", "Referral", "Waits", "At"], rows)
    return Panel("Beyond the limit", "referrals/panels/table.html", {"table": table}, actions)


def senders(membership: Membership) -> Panel | None:
    """Outside senders who are still to be told what was decided: they read nothing here. Nobody, no panel."""
    if not membership.may("triage_referral"):
        return None
    waiting = list(senders_to_tell(membership).order_by("decided_at", "id")[:SHOWN])
    if not waiting:
        return None
    addresses = [reverse("referrals:tell_sender", args=[one.pk]) for one in waiting]
    rows = [
        [one.decided_at, Link(one.reference, address), one.get_state_display()]
        for one, address in zip(waiting, addresses, strict=True)
    ]
    actions = [
        NextAction(f"Tell the sender of referral {one.reference} what was decided", address)
        for one, address in zip(waiting, addresses, strict=True)
    ]
    table = Table("Senders without an account", ["Decided", "Referral", "Decision"], rows)
    return Panel("Senders to tell", "referrals/panels/table.html", {"table": table}, actions)
