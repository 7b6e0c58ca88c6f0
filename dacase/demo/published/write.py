"""Makes what the plan says: whole cases, complete and consistent."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dacase.cases.choices import Purpose
from dacase.demo import shares
from dacase.demo.chance import Dice, at_work, count_working_days, working_day
from dacase.demo.loader import Loader
from dacase.demo.partners import Worker
from dacase.demo.published.meetings import NEW_CASE, HeldMeetings
from dacase.demo.published.on_file import case_on_file
from dacase.demo.published.plan import Heard, Plan
from dacase.demo.published.recorded import HeardCase
from dacase.demo.story.case_file import CaseFile, Teller, write
from dacase.demo.story.front_door import Arrival, write_referral
from dacase.demo.story.household import household
from dacase.demo.story.marac import criterion_by_risk, list_hearing
from dacase.demo.story.marac import write_referral as write_marac_referral
from dacase.demo.story.risk import assess
from dacase.demo.story.routes import route
from dacase.demo.story.tell import open_file
from marac.choices import Criterion
from referrals.choices import Priority, ReferralState
from referrals.rules.clock import FRONT_DOOR, due_at

# A case that was heard stays open until it can be no repeat any more.
OPEN_DAYS = 400


@dataclass
class Writer:
    """Writes the cases of a plan; `files` holds those that later hearings may come back to."""

    teller: Teller
    meetings: HeldMeetings
    cursor: Any
    sources: dict[str, float]
    files: dict[int, CaseFile] = field(default_factory=dict)
    new: list[CaseFile] = field(default_factory=list)

    @property
    def dice(self) -> Dice:
        return self.teller.dice

    @property
    def load(self) -> Loader:
        return self.teller.load

    def write(self, plan: Plan) -> int:
        """Everything in the plan, in the order of the days. Returns how many cases are new."""
        for heard in plan.hearings:
            if heard.is_new:
                self.hear_new(heard)
            else:
                self.hear_again(heard)
        for month, number in plan.advocacy.items():
            for _ in range(number):
                self.support_only(month)
        for file in self.new:
            file.close_in_time(OPEN_DAYS if file.heard_on else self.dice.days(70))
            write(file)
        self.meetings.write(self.load)
        return len(self.new)

    def hear_new(self, heard: Heard) -> None:
        """A case that comes through the front door and is heard at a meeting of the same month."""
        first = heard.on.replace(day=1)
        latest = count_working_days(first, heard.on) - NEW_CASE
        start = working_day(first, after=int(self.dice.random() * (latest + 1)))
        file, worker = self.bring(start, "advocacy" if heard.to_advocacy else "childrens")
        assess(file, at=at_work(self.dice, start, after=3), by=worker, band="high")
        self.send(file, heard, worker, start, after=4, criterion=criterion_by_risk(file))
        self.files[id(heard.case)] = file

    def hear_again(self, heard: Heard) -> None:
        """A case that is known, referred again with something new and heard in the same month."""
        file = self.file_of(heard.case)
        first = heard.on.replace(day=1)
        start = working_day(
            first, after=int(self.dice.random() * max(1, count_working_days(first, heard.on) - 1))
        )
        worker = file.worker or file.opened_by
        self.send(file, heard, worker, start, after=0, criterion=Criterion.REPEAT)

    def file_of(self, case: HeardCase) -> CaseFile:
        """The file of a case: told here, or taken from the records."""
        if id(case) not in self.files:
            self.files[id(case)] = case_on_file(self.teller, self.cursor, case)
        return self.files[id(case)]

    def support_only(self, month: date) -> None:
        """A referral that is routed to advocacy within the month and comes to no hearing."""
        last = count_working_days(month, (month + timedelta(days=31)).replace(day=1)) - 1
        start = working_day(month, after=int(self.dice.random() * (last + 1)))
        file, worker = self.bring(start, "advocacy")
        assessed = at_work(self.dice, start, after=4)
        if assessed < self.teller.now:
            assess(file, at=assessed, by=worker, band="medium" if self.dice.chance(0.45) else "standard")

    def bring(self, day: date, service: str) -> tuple[CaseFile, Worker]:
        """A referral on `day`, a case opened from it, and somebody at `service` who takes it on."""
        dice, area = self.dice, self.teller.area
        source = dice.weighted(self.sources)
        received_at = at_work(dice, day)
        worker = area.worker(dice, "mash", "triage_referral")
        opened_at = received_at + timedelta(minutes=5 + int(dice.random() * 40))
        arrival = Arrival(
            dice.key(), dice.reference("R"), source, area.worker(dice, source, "make_referral"), received_at,
            Priority.STANDARD.value, due_at(received_at, clock=FRONT_DOOR, priority=Priority.STANDARD),
            household(dice, day), opened_at, worker, ReferralState.ROUTED.value,
        )  # fmt: skip
        file = open_file(self.teller, arrival, opened_at, worker)
        route(file, arrival, service, at=opened_at + timedelta(minutes=5), sent_back=False, waits=False)
        write_referral(self.teller, arrival, file)
        self.new.append(file)
        return file, file.worker or area.worker(dice, service, "accept_referral")

    def send(
        self, file: CaseFile, heard: Heard, by: Worker, start: date, *, after: int, criterion: Criterion
    ) -> None:
        """Refer the case to MARAC `after` working days from `start`; the next day it is on the agenda."""
        key, area = self.dice.key(), self.teller.area
        referred_at, listed_at = (at_work(self.dice, start, after=after + more) for more in (0, 1))
        file.grant("marac", Purpose.MARAC.value, at=referred_at, by=by, reason="Referred to MARAC")
        file.event("case_referred_to_marac", at=referred_at, by=by, label="marac.maracreferral", subject=key)
        write_marac_referral(file, key, at=referred_at, by=by, criterion=criterion, listed_at=listed_at)
        list_hearing(file, self.meetings, heard.on, referral=key, listed_at=listed_at, criterion=criterion,
                     deferred=False, referrer=area.name_of(by))  # fmt: skip


def sources_of(teller: Teller) -> dict[str, float]:
    """Who refers, among agencies with somebody who may."""
    able = set(teller.area.able("make_referral"))
    return {key: share for key, share in shares.SOURCES.items() if key in able}
