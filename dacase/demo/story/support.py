"""Support of a case: an episode for each service that accepted, the first tries, and how it ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dacase.demo.chance import later_at_work
from dacase.demo.partners import Worker
from referrals.casework.choices import Direction, WasSafe, WithWhom
from referrals.casework.models import ContactAttempt, Episode, ExitOutcome
from referrals.casework.rules.closure import items
from referrals.casework.rules.episode import first_contact_due_at

if TYPE_CHECKING:
    from dacase.demo.story.case_file import CaseFile

KINDS = {
    "advocacy": "idva",
    "childrens": "social_care",
    "adults": "social_care",
    "refuge": "refuge_support",
    "housing": "outreach",
}
REASONS = {
    "needs_met": 0.56,
    "disengaged": 0.17,
    "unable_to_contact": 0.08,
    "declined_at_start": 0.07,
    "transferred": 0.06,
    "imprisoned": 0.02,
    "not_eligible": 0.04,
}
WITHOUT_OUTCOMES = {"unable_to_contact", "declined_at_start", "imprisoned", "not_eligible"}
TRIED_LATE, REACHED_AT_ONCE, WAITS_LATE = 0.08, 0.62, 0.12


@dataclass
class Support:
    """An episode that is being told."""

    id: str
    key: str
    worker: Worker
    began: datetime
    route: str
    priority: str
    # When the victim-survivor was first spoken to, once the rows are written.
    reached: datetime | None = None


def write_support(file: "CaseFile") -> None:
    """The rows of every episode, once it is known how the case goes on."""
    for support in file.support.values():
        write_episode(file, support)


def write_episode(file: "CaseFile", support: Support) -> None:
    """One episode with its first contacts, its next one, or how it ended."""
    teller, dice = file.teller, file.teller.dice
    due = first_contact_due_at(support.began, priority=support.priority, band="")
    hours = 30 if dice.chance(TRIED_LATE) else 4
    tried = later_at_work(dice, support.began, within_hours=hours)
    reached = tried if dice.chance(REACHED_AT_ONCE) else later_at_work(dice, tried, within_hours=16)
    reason = dice.weighted(REASONS) if file.closed_at else ""
    if reason == "unable_to_contact":
        reached = teller.now
    support.reached = past(file, reached)
    teller.load.add(
        Episode, id=support.id, case_id=file.id, agency_id=support.worker.agency_id, party_id=file.victim.party_id,
        kind=KINDS[support.key], priority=support.priority, route_id=support.route, worker_id=support.worker.id,
        opened_at=support.began, allocated_at=support.began, first_contact_due_at=due,
        first_tried_at=past(file, tried), contacted_at=support.reached,
        next_contact_at=None if file.closed_at else next_contact(file, support, tried, due),
        closed_at=file.closed_at, closing_reason=reason,
        closed_by_id=support.worker.id if file.closed_at else None,
    )  # fmt: skip
    if teller.is_brief and (teller.now - support.began).days > 120:
        return
    write_tries(file, support, tried, reached)
    if file.closed_at and reason not in WITHOUT_OUTCOMES and not teller.is_brief:
        write_outcomes(file, support)


def past(file: "CaseFile", at: datetime) -> datetime | None:
    """`at`, where that moment has come."""
    return at if at < file.teller.now else None


def next_contact(file: "CaseFile", support: Support, tried: datetime, due: datetime) -> datetime:
    """When the worker must make contact next: by the clock before the first try, else when she said."""
    dice, now = file.teller.dice, file.teller.now
    if tried >= now:
        return due
    if dice.chance(WAITS_LATE):
        return later_at_work(dice, max(tried, now - timedelta(days=4)), within_hours=8)
    return later_at_work(dice, now + timedelta(days=dice.random() * 12), within_hours=8)


def write_tries(file: "CaseFile", support: Support, tried: datetime, reached: datetime) -> None:
    """The first try, and the one that reached her where that was another."""
    for at in dict.fromkeys([tried, reached]):
        if at >= file.teller.now:
            continue
        spoke = at == reached
        file.teller.load.add(
            ContactAttempt, case_id=file.id, agency_id=support.worker.agency_id, episode_id=support.id,
            party_id=file.victim.party_id, made_by_id=support.worker.id, made_at=at,
            direction=Direction.OUTGOING.value, method="phone" if file.is_safe_to_call else "text",
            outcome="spoke" if spoke else "no_answer",
            with_whom=WithWhom.PERSON.value if spoke else WithWhom.NOBODY.value,
            was_safe=WasSafe.YES.value if spoke else WasSafe.NOT_KNOWN.value,
            next_try_at=None if spoke else at + timedelta(hours=20), plan_version=1,
        )  # fmt: skip


def write_outcomes(file: "CaseFile", support: Support) -> None:
    """What has changed, item by item."""
    dice = file.teller.dice
    for item in items(file.teller.now.date()).values():
        answers = [code for code, _ in item.answers]
        weights = {code: 1 / (place + 1) for place, code in enumerate(answers)}
        file.teller.load.add(
            ExitOutcome, case_id=file.id, agency_id=support.worker.agency_id, episode_id=support.id,
            item=item.code, answer=dice.weighted(weights), rated_by_id=support.worker.id,
        )  # fmt: skip
