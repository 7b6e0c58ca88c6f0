"""Referrals: sent by an agency, decided at the front door, routed to services."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from dacase.audit.models import Event
from dacase.demo import shares, words
from dacase.demo.chance import Dice, any_hour, at_work, later_at_work
from dacase.demo.partners import Worker
from dacase.demo.story.case_file import CaseFile, Teller, safe_ways
from dacase.demo.story.household import Someone
from referrals.choices import Aware, Consent, Priority, QuestionCode, ReferralState
from referrals.models import Referral, ReferralContact, ReferralPerson, ReferralQuestion
from referrals.rules.clock import FRONT_DOOR, due_at

REASONS = {
    ReferralState.DECLINED: "Lives outside the area. Please refer to the front door there.",
    ReferralState.NO_FURTHER_ACTION: "Already supported by a service, and nothing new was reported.",
}


@dataclass
class Arrival:
    """A referral on its way through the front door."""

    id: str
    reference: str
    source: str
    sender: Worker
    received_at: datetime
    priority: str
    due_at: datetime
    people: list[Someone]
    decided_at: datetime | None = None
    held_by: Worker | None = None
    state: str = ReferralState.RECEIVED.value
    reason: str = ""
    # What its sender is asked, and when she answered.
    asked: str = ""
    answered_at: datetime | None = None


def arrive(
    teller: Teller, people: list[Someone], received_at: datetime, source: str, *, waits: bool | None = None
) -> Arrival:
    """A referral about `people` from the agency `source`, with what the front door has done by now.

    waits: whether it is left in the queue; the dice decide where it is None.
    """
    dice = teller.dice
    priority = (Priority.HIGH if dice.chance(shares.HIGH_PRIORITY) else Priority.STANDARD).value
    arrival = Arrival(
        dice.key(), dice.reference("R"), source, teller.area.worker(dice, source, "make_referral"), received_at,
        priority, due_at(received_at, clock=FRONT_DOOR, priority=priority), people,
    )  # fmt: skip
    decided_at = decision_time(dice, arrival)
    worker = teller.area.worker(dice, "mash", "triage_referral")
    if waits is None:
        waits = waits_still(teller, received_at)
    if decided_at < teller.now and not waits:
        arrival.decided_at, arrival.held_by, arrival.state = decided_at, worker, ReferralState.ROUTED.value
        return arrival
    teller.waiting["referral"] += 1
    if dice.chance(0.35):
        arrival.held_by, arrival.state = worker, ReferralState.IN_TRIAGE.value
    return arrival


def decision_time(dice: Dice, arrival: Arrival) -> datetime:
    """When the front door decides: mostly before the clock runs out, now and then after."""
    late = 2 if dice.chance(shares.TRIAGED_LATE) else 1
    if arrival.priority == Priority.HIGH:
        return arrival.received_at + late * timedelta(minutes=20 + int(dice.random() * 210))
    return later_at_work(dice, arrival.received_at, within_hours=7.5 * late)


def waits_still(teller: Teller, received_at: datetime) -> bool:
    """Whether one of the last days' referrals is left in the queue, so that there is work to do."""
    age = teller.now - received_at
    return age < timedelta(days=4) and teller.dice.chance(0.65 if age < timedelta(days=2) else 0.2)


def received(dice: Dice, day: datetime, source: str) -> datetime:
    """When a referral comes in about `day`: the police's at any hour, others' in working hours before it ends."""
    if source in {"police", "hospital"}:
        return any_hour(dice, day.date())
    return at_work(dice, day.date() + timedelta(days=1), after=-1)


def end_without_case(dice: Dice, arrival: Arrival, now: datetime) -> None:
    """Let the front door decline the referral, end it, or ask its sender; it has no case then.

    Who was asked lately has not answered yet; who was asked before could not say more.
    """
    arrival.state = dice.weighted(shares.NOT_TAKEN_IN)
    if arrival.state == ReferralState.RETURNED:
        arrival.asked = QuestionCode.IDENTITY.value
        if now - arrival.received_at < timedelta(days=4):
            arrival.decided_at = None
            return
        arrival.answered_at, arrival.state = arrival.decided_at, ReferralState.NO_FURTHER_ACTION.value
    arrival.reason = REASONS[ReferralState(arrival.state)]


def leave_with_sender(arrival: Arrival) -> None:
    """A referral that came without a safe way to make contact: its sender is asked, its clock runs."""
    arrival.asked, arrival.state = QuestionCode.SAFE_CONTACT.value, ReferralState.RETURNED.value


def write_referral(teller: Teller, arrival: Arrival, file: CaseFile | None) -> None:
    """The referral's rows, and what the logs say of it."""
    load, dice, area = teller.load, teller.dice, teller.area
    aware = dice.weighted({Aware.YES.value: 0.86, Aware.NO.value: 0.08, Aware.NOT_SAFE_TO_ASK.value: 0.06})
    asked = {Consent.GIVEN.value: 0.8, Consent.REFUSED.value: 0.08, Consent.NOT_ASKED.value: 0.12}
    load.add(
        Referral, id=arrival.id, reference=arrival.reference, sender_agency_id=area[arrival.source].id,
        sender_id=arrival.sender.id, source=area[arrival.source].kind, receiver_agency_id=area["mash"].id,
        received_at=arrival.received_at, priority=arrival.priority, due_at=arrival.due_at, state=arrival.state,
        held_by_id=arrival.held_by.id if arrival.held_by else None, what_happened=dice.pick(words.HAPPENED),
        victim_aware=aware, not_aware_reason="Could not be reached alone yet" if aware == Aware.NO else "",
        consent=dice.weighted(asked) if aware == Aware.YES else Consent.NOT_SAFE_TO_ASK.value,
        decided_at=arrival.decided_at, decision_reason=arrival.reason, case_id=file.id if file else None,
    )  # fmt: skip
    for person in arrival.people:
        load.add(ReferralPerson, referral_id=arrival.id, role=person.role, relationship=person.relationship,
                 **person.identity)  # fmt: skip
    phone, place = words.phone(dice), words.address(dice, area.place) if dice.chance(0.6) else ""
    ways = safe_ways(dice)
    if arrival.asked == QuestionCode.SAFE_CONTACT:
        ways |= dict.fromkeys((name for name in ways if name.startswith("safe_to_")), False)
    load.add(ReferralContact, referral_id=arrival.id, phone=phone, address=place, **ways)
    if arrival.asked:
        write_question(teller, arrival)
    log(
        teller, "referral_made", arrival, at=arrival.received_at, by=arrival.sender, priority=arrival.priority
    )
    if arrival.decided_at and arrival.held_by:
        if file is not None:
            file.event("referral_put_into_case", at=arrival.decided_at, by=arrival.held_by,
                       label="referrals.referral", subject=arrival.id)  # fmt: skip
        else:
            log(teller, f"referral_{arrival.state}", arrival, at=arrival.decided_at, by=arrival.held_by)


def write_question(teller: Teller, arrival: Arrival) -> None:
    """What the sender is asked: by the front door, or by itself where no safe way was given."""
    by_itself = arrival.asked == QuestionCode.SAFE_CONTACT
    teller.load.add(
        ReferralQuestion, id=uuid5(UUID(arrival.id), arrival.asked), referral_id=arrival.id, code=arrival.asked, asked_at=arrival.received_at,
        asked_by_id=None if by_itself or arrival.held_by is None else arrival.held_by.id,
        answer="More is not known." if arrival.answered_at else "", answered_at=arrival.answered_at,
        answered_by_id=arrival.sender.id if arrival.answered_at else None,
    )  # fmt: skip


def log(teller: Teller, verb: str, arrival: Arrival, *, at: datetime, by: Worker, **data: str) -> None:
    """An event of a referral that is in no case yet: its agency's own."""
    teller.load.add(
        Event, at=at, verb=verb, actor_id=by.id, agency_id=by.agency_id, subject_type="referrals.referral",
        subject_id=arrival.id, data=data,
    )  # fmt: skip
