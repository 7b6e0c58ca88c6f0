"""A referral's way to a service: routed, opened, accepted by a named person or sent back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dacase.cases.choices import Purpose
from dacase.demo import shares
from dacase.demo.chance import dashed, later_at_work
from dacase.demo.partners import Worker
from dacase.demo.story.case_file import CaseFile
from dacase.demo.story.front_door import Arrival
from referrals.choices import RouteState
from referrals.models import Route
from referrals.rules.clock import SERVICE, due_at

PURPOSES = {
    "advocacy": Purpose.SUPPORT.value,
    "childrens": Purpose.SAFEGUARDING.value,
    "adults": Purpose.SAFEGUARDING.value,
    "housing": Purpose.ACCOMMODATION.value,
    "refuge": Purpose.ACCOMMODATION.value,
}


@dataclass(frozen=True)
class Answered:
    """Who accepted a referral at a service, and when; or that it was sent back; or neither yet."""

    worker: Worker | None
    at: datetime
    was_sent_back: bool


SENT_BACK = "We could not reach anybody on the number given. Please ask the sender."


def route(
    file: CaseFile,
    arrival: Arrival,
    key: str,
    *,
    at: datetime,
    by: Worker | None = None,
    sent_back: bool | None = None,
    waits: bool | None = None,
) -> Answered:
    """Route a referral to the service `key`, which may open the case from then on.

    Args:
        file: the case it belongs to.
        arrival: the referral.
        key: of the agency it goes to.
        at: when the front door routes it.
        by: who accepts it; somebody of the service by default.
        sent_back: whether the service sends it back; the dice decide where it is None.
        waits: whether it still waits for an answer; some of the last days' do where it is None.
    Returns how the service has answered by now.
    """
    teller = file.teller
    dice, area = teller.dice, teller.area
    router = arrival.held_by or area.worker(dice, "mash", "triage_referral")
    due = due_at(at, clock=SERVICE, priority=arrival.priority)
    opened = later_at_work(dice, at, within_hours=5)
    answered = later_at_work(dice, opened, within_hours=9)
    worker = by or area.worker(dice, key, "accept_referral")
    if sent_back is None:
        sent_back = dice.chance(shares.ROUTE_SENT_BACK)
    if waits is None:
        waits = teller.now - at < timedelta(days=7) and dice.chance(0.6)
    waits = waits or answered >= teller.now
    teller.waiting["route"] += waits
    state = RouteState.ACCEPTED
    if waits:
        state = RouteState.OPENED if opened < teller.now and dice.chance(0.5) else RouteState.ROUTED
    elif sent_back:
        state = RouteState.RETURNED if dice.chance(0.5) else RouteState.DECLINED
    accepted = state == RouteState.ACCEPTED
    ended = state in {RouteState.RETURNED, RouteState.DECLINED}
    key_of_route = dice.key()
    teller.load.add(
        Route, id=key_of_route, referral_id=arrival.id, to_agency_id=area[key].id, routed_by_id=router.id,
        routed_at=at, due_at=due, state=state.value, opened_at=None if state == RouteState.ROUTED else opened,
        accepted_by_id=worker.id if accepted else None, accepted_at=answered if accepted else None,
        sent_back_at=answered if ended else None, sent_back_reason=SENT_BACK if ended else "",
    )  # fmt: skip
    agency = dashed(area[key].id)
    file.event("route_made", at=at, by=router, label="referrals.route", subject=key_of_route, agency=agency)
    file.grant(key, PURPOSES[key], at=at, by=router, reason=f"Routed with referral {arrival.reference}",
               until=answered if ended else None)  # fmt: skip
    if ended:
        file.event(
            f"route_{state.value}", at=answered, by=worker, label="referrals.route", subject=key_of_route
        )
    if not accepted:
        return Answered(None, answered, ended)
    file.event("referral_accepted", at=answered, by=worker, label="referrals.route", subject=key_of_route)
    file.begin_support(key, worker, at=answered, route=key_of_route, priority=arrival.priority)
    if file.worker is None or key == "advocacy":
        file.worker = worker
    return Answered(worker, answered, was_sent_back=False)
