"""Work that waits on the day the demo is looked at, where chance has left too little."""

from dacase.cases.choices import Band, Scope
from dacase.demo.chance import at_work
from dacase.demo.story import marac
from dacase.demo.story.case_file import write, write_grant
from dacase.demo.story.front_door import arrive, leave_with_sender, write_referral
from dacase.demo.story.household import household
from dacase.demo.story.incidents import write_escalation
from dacase.demo.story.routes import route
from dacase.demo.story.tell import Setting, open_file
from marac.choices import Criterion

QUEUE, INBOX, CANDIDATES = 8, 8, 5


def leave_work(setting: Setting) -> None:
    """See that something waits at the front door, at the services and for the next agenda."""
    fill_queue(setting)
    fill_inbox(setting)
    refer_lately(setting)


def fill_queue(setting: Setting) -> None:
    """Referrals of the last three working days that the front door has not decided, some of them too late.

    The first is about people who are known already.
    """
    teller, dice = setting.teller, setting.teller.dice
    for number in range(QUEUE - teller.waiting["referral"]):
        received_at = at_work(dice, teller.now.date(), after=-1 - number % 3)
        known = setting.lately[-1].people if setting.lately and number == 0 else None
        people = known or household(dice, received_at.date())
        source = dice.weighted(setting.sources)
        arrival = arrive(teller, people, received_at, source, waits=True)
        if number in (1, 4):
            leave_with_sender(arrival)
        write_referral(teller, arrival, None)


def fill_inbox(setting: Setting) -> None:
    """New cases that no service has accepted yet."""
    teller, dice = setting.teller, setting.teller.dice
    for number in range(INBOX - teller.waiting["route"]):
        received_at = at_work(dice, teller.now.date(), after=-5 + number % 3)
        people, source = household(dice, received_at.date()), dice.weighted(setting.sources)
        arrival = arrive(teller, people, received_at, source, waits=False)
        if arrival.decided_at and arrival.held_by:
            file = open_file(teller, arrival, arrival.decided_at, arrival.held_by)
            route(file, arrival, "advocacy", at=arrival.decided_at, waits=True)
            write_referral(teller, arrival, file)
            write(file)


def refer_lately(setting: Setting) -> None:
    """Refer cases of the last weeks to MARAC until a few candidates wait for the next agenda."""
    teller = setting.teller
    open_cases = [
        (file, file.worker)
        for file in reversed(setting.lately)
        if file.closed_at is None and file.worker and file.risk and not file.was_sent_to_marac
    ]
    # The highest band first; within a band the newest case.
    order = [Band.HIGH, Band.MEDIUM, Band.STANDARD]
    open_cases.sort(key=lambda pair: order.index(Band(pair[0].band)))
    for file, worker in open_cases[: max(0, CANDIDATES - teller.waiting["candidate"])]:
        at = at_work(teller.dice, teller.now.date(), after=-1 - int(teller.dice.random() * 2))
        criterion = (
            marac.criterion_by_risk(file) if file.band == Band.HIGH else Criterion.POTENTIAL_ESCALATION
        )
        if criterion == Criterion.POTENTIAL_ESCALATION:
            write_escalation(file, worker, at=at)
        marac.refer(file, setting.meetings, at=at, by=worker, criterion=criterion)
        write_grant(file, "marac", Scope.CASE.value, file.grants["marac", Scope.CASE.value])
