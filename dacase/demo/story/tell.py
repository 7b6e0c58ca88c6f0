"""A case's story from its first referral on. Each chapter ends where the story's now is reached."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dacase.cases.choices import Band, Purpose, Scope
from dacase.demo import shares
from dacase.demo.chance import at_work, later_at_work
from dacase.demo.partners import Worker
from dacase.demo.story import marac, refuge
from dacase.demo.story.case_file import CaseFile, Teller, write
from dacase.demo.story.facts import write_facts
from dacase.demo.story.front_door import Arrival, arrive, end_without_case, received, write_referral
from dacase.demo.story.household import Someone, household
from dacase.demo.story.incidents import write_escalation, write_incidents
from dacase.demo.story.meetings import Meetings
from dacase.demo.story.other_tools import write_other_tools
from dacase.demo.story.refuge import Houses
from dacase.demo.story.risk import assess
from dacase.demo.story.routes import route
from dacase.demo.story.severity import write_severity
from dacase.demo.story.supervision import write_supervisions
from marac.choices import Criterion
from referrals.choices import ReferralState
from referrals.rules.clock import FRONT_DOOR, due_at

LATELY = 60
REVIEW = timedelta(weeks=8)
# How long the front door takes over a referral that a service has sent back.
AGAIN_HOURS = 6


@dataclass
class Setting:
    """Where the stories of one area happen."""

    teller: Teller
    meetings: Meetings
    houses: Houses
    sources: dict[str, float]
    # Of the last cases: somebody of one may turn up in another.
    lately: list[CaseFile] = field(default_factory=list)
    # Of the open cases whose risk was judged high, the last ones.
    judged: list[CaseFile] = field(default_factory=list)


def tell(setting: Setting, day: datetime) -> CaseFile | None:
    """One story that begins on `day`. Returns its case, or None where the referral made none (yet)."""
    teller, dice = setting.teller, setting.teller.dice
    source = dice.weighted(setting.sources)
    received_at = received(dice, day, source)
    arrival = arrive(teller, people_of(setting, received_at), received_at, source)
    if arrival.decided_at is None or arrival.held_by is None:
        write_referral(teller, arrival, None)
        return None
    if dice.chance(sum(shares.NOT_TAKEN_IN.values())):
        end_without_case(dice, arrival, teller.now)
        write_referral(teller, arrival, None)
        return None
    file = open_file(teller, arrival, arrival.decided_at, arrival.held_by)
    support(setting, file, arrival)
    write_referral(teller, arrival, file)
    come_back(setting, file)
    is_new = teller.now - file.opened_at < timedelta(days=30)
    if not (is_waiting(arrival) or (file.worker is None and is_new)):
        file.close_in_time(dice.days(shares.BULK_CLOSES_AFTER if teller.is_brief else shares.CLOSES_AFTER))
    if teller.is_brief and file.worker is None:
        # Of two lists in a benchmark every row is to cost the same, whichever cases are on them.
        file.worker = teller.area.worker(dice, "advocacy", "accept_referral")
    write(file)
    write_facts(file)
    write_incidents(file)
    write_severity(file)
    write_other_tools(file)
    write_supervisions(file)
    setting.lately = [*setting.lately[-LATELY:], file]
    if file.judged and file.closed_at is None:
        setting.judged = [*setting.judged[-LATELY:], file]
    return file


def is_waiting(arrival: Arrival) -> bool:
    """Whether the front door has still to decide."""
    return arrival.state in {ReferralState.RECEIVED, ReferralState.IN_TRIAGE}


def open_file(teller: Teller, arrival: Arrival, at: datetime, by: Worker) -> CaseFile:
    """The file of the case that `by` opens from a referral; the front door sees it."""
    file = CaseFile(teller, arrival.people, at, by, arrival.source)
    file.event("case_opened", at=at, by=by)
    file.grant("mash", Purpose.REFERRAL.value, at=at, by=by, reason="Opened the case")
    return file


def people_of(setting: Setting, at: datetime) -> list[Someone]:
    """A new household; now and then its perpetrator is known as the victim-survivor of another case."""
    dice, known = setting.teller.dice, None
    if setting.lately and dice.chance(shares.KNOWN_ELSEWHERE):
        known = dice.pick(setting.lately).victim
    return household(dice, at.date(), known)


def support(setting: Setting, file: CaseFile, arrival: Arrival) -> None:
    """The referral is routed, and whoever accepts it works with the victim-survivor."""
    dice, at = setting.teller.dice, file.opened_at + timedelta(minutes=10)
    answer = route(file, arrival, "advocacy", at=at)
    if file.children and dice.chance(0.7):
        route(file, arrival, "childrens", at=at, sent_back=False)
    elif dice.chance(0.05) and "adults" in setting.teller.area:
        route(file, arrival, "adults", at=at, sent_back=False)
    elif answer.was_sent_back:
        route_again(setting, file, arrival, answer.at)
    share_lightly(file, at)
    if answer.worker is not None:
        work(setting, file, answer.worker, answer.at)


def route_again(setting: Setting, file: CaseFile, arrival: Arrival, at: datetime) -> None:
    """The only service has sent the referral back: it waits at the front door, and is routed elsewhere."""
    again = later_at_work(setting.teller.dice, at, within_hours=AGAIN_HOURS)
    if again < setting.teller.now:
        arrival.decided_at = again
        route(file, arrival, "childrens", at=again, sent_back=False)
        return
    arrival.state, arrival.held_by, arrival.decided_at = ReferralState.RECEIVED.value, None, None
    arrival.due_at = due_at(at, clock=FRONT_DOOR, priority=arrival.priority)


def share_lightly(file: CaseFile, at: datetime) -> None:
    """Who is told that the case is open, and who has seen the file for a time."""
    teller = file.teller
    dice = teller.dice
    if file.source == "police" and dice.chance(0.5):
        file.grant("police", Purpose.SAFEGUARDING.value, at=at, by=file.opened_by, scope=Scope.SUMMARY.value,
                   reason="To know that support has begun")  # fmt: skip
    for key, share in (("gp", 0.06), ("substance", 0.04), ("mental", 0.05)):
        if dice.chance(share):
            file.grant(key, Purpose.SUPPORT.value, at=at, by=file.opened_by, scope=Scope.SUMMARY.value)
    if dice.chance(0.12):
        file.grant("housing", Purpose.ACCOMMODATION.value, at=at, by=file.opened_by,
                   reason="To advise on housing", until=at + timedelta(days=dice.pick([28, 56, 84])))  # fmt: skip


def work(setting: Setting, file: CaseFile, worker: Worker, at: datetime) -> None:
    """Assessments, MARAC, refuge: what the worker does from the day she accepted the referral."""
    teller, dice = setting.teller, setting.teller.dice
    assessed = at_work(dice, at.date(), after=1 + int(dice.random() * 4))
    file.read("cases:detail", at=at + timedelta(minutes=3), by=worker)
    if assessed >= teller.now:
        return
    age = (teller.now - assessed).days
    band = assess(file, at=assessed, by=worker, with_answers=not teller.is_brief or age < 120)
    if not teller.is_brief:
        file.read("cases:detail", at=assessed - timedelta(minutes=12), by=worker)
    if dice.chance(shares.ASKS_FOR_REFUGE):
        refuge.ask(file, setting.houses, assessed.date() + timedelta(days=dice.days(6)))
    to_marac(setting, file, worker, assessed, band)
    review(setting, file, worker, assessed)


def to_marac(setting: Setting, file: CaseFile, worker: Worker, assessed: datetime, band: str) -> None:
    """Most cases of the high band are referred to MARAC, and some come back within the year."""
    teller, dice = setting.teller, setting.teller.dice
    escalates = band != Band.HIGH and dice.chance(0.012)
    if not escalates and not (band == Band.HIGH and dice.chance(shares.MARAC_WHEN_HIGH)):
        return
    criterion = Criterion.POTENTIAL_ESCALATION if escalates else marac.criterion_by_risk(file)
    at = at_work(dice, assessed.date(), after=1 + int(dice.random() * 2))
    if escalates and at < teller.now:
        write_escalation(file, worker, at=at)
    while at < teller.now:
        heard_on = marac.refer(file, setting.meetings, at=at, by=worker, criterion=criterion)
        if heard_on is None or not dice.chance(shares.RETURNS_TO_MARAC):
            return
        at, criterion = at_work(dice, heard_on + timedelta(days=dice.randint(25, 300))), Criterion.REPEAT


def review(setting: Setting, file: CaseFile, worker: Worker, assessed: datetime) -> None:
    """Assess again about every eight weeks while there is work; the band mostly falls."""
    teller, dice = setting.teller, setting.teller.dice
    lower = {Band.HIGH: "medium", Band.MEDIUM: "standard", Band.STANDARD: "standard"}
    again = assessed
    while dice.chance(0.45 if file.band != Band.HIGH else 0.65):
        again = at_work(dice, (again + REVIEW).date())
        if again >= teller.now:
            return
        band = lower[Band(file.band)] if dice.chance(0.6) else file.band
        assess(file, at=again, by=worker, band=band, with_answers=not teller.is_brief)


def come_back(setting: Setting, file: CaseFile) -> None:
    """Some are referred again while the case is open: the referral joins it and goes to the same worker."""
    teller, dice = setting.teller, setting.teller.dice
    if file.worker is None or not dice.chance(shares.REFERRED_AGAIN):
        return
    source = dice.weighted(setting.sources)
    day = file.opened_at + timedelta(days=dice.randint(14, 120))
    if day >= teller.now - timedelta(days=1):
        return
    known = [*file.people]
    arrival = arrive(teller, known, received(dice, day, source), source)
    if arrival.decided_at is not None:
        key = next(key for key, one in file.support.items() if one.worker == file.worker)
        route(file, arrival, key, at=arrival.decided_at, by=file.worker, sent_back=False)
    write_referral(teller, arrival, file if arrival.decided_at else None)
