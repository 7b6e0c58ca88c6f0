"""What is missing from the published counts, and which cases can supply it.

A repeat needs a hearing of the same case within the twelve months before. Cases heard in those months supply
it; where they are too few, earlier hearings are planned in months whose referrals the file leaves open.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from dacase.demo.chance import Dice
from dacase.demo.published.meetings import KNOWN_CASE, NEW_CASE, can_hear
from dacase.demo.published.recorded import HeardCase
from dacase.demo.published.table import Counted, PublishedError, Target, Targets, add
from marac.rules import is_repeat

Days = Callable[[date], list[date]]
Recorded = dict[tuple[Counted, date], int]
# A case that is heard again stays open at least so long after it.
OPEN_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class Heard:
    """A case heard on a day. `is_new` brings it through the front door first, to advocacy or past it."""

    case: HeardCase
    on: date
    is_new: bool = False
    to_advocacy: bool = False


@dataclass
class Plan:
    """Hearings by day, and referrals to advocacy that come to no hearing, by month."""

    hearings: list[Heard] = field(default_factory=list)
    advocacy: dict[date, int] = field(default_factory=dict)
    priors: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.hearings and not any(self.advocacy.values())


def missing(targets: Targets, recorded: Recorded) -> tuple[dict[tuple[Counted, date], int], list[str]]:
    """How many each target lacks, and a sentence for each that is exceeded already."""
    lacks, errors = {}, []
    for key, target in targets.items():
        have = recorded.get(key, 0)
        lacks[key] = target.value - have
        if have > target.value:
            errors.append(
                f"{target}: the file says {target.value:,}, and {have:,} are recorded. Records are never taken away."
            )
    return lacks, errors


def make_plan(targets: Targets, recorded: Recorded, pool: list[HeardCase], days: Days, dice: Dice) -> Plan:
    """Plan what is missing. Raises PublishedError, with every line, where the counts cannot be reached.

    Args:
        targets: the lines of the file.
        recorded: what there is, as recorded.counts gives it.
        pool: cases that have been heard, as recorded.
        days: the meeting days of a month.
        dice: choose between months where several would do.
    """
    lacks, errors = missing(targets, recorded)
    if not errors:
        plan, pool = Plan(), list(pool)
        for month in sorted({month for _, month in targets}):
            errors += plan_month(plan, month, targets, lacks, pool, days, dice)
        if not errors:
            plan.hearings.sort(key=lambda heard: heard.on)
            return plan
    raise PublishedError("\n".join(["The counts cannot be reached. Nothing was saved.", *errors]))


def plan_month(
    plan: Plan, month: date, targets: Targets, lacks: dict[tuple[Counted, date], int], pool: list[HeardCase],
    days: Days, dice: Dice,
) -> list[str]:  # fmt: skip
    """Add one month to the plan and to the pool. Returns the sentences of what cannot be."""
    repeats = lacks.get((Counted.REPEATS, month), 0)
    referrals = lacks.get((Counted.REFERRALS, month), repeats)
    advocacy = lacks.get((Counted.ADVOCACY, month), 0)
    if repeats > referrals:
        return [
            (
                f"{targets[Counted.REPEATS, month]}: {repeats:,} are missing, and only {referrals:,} referrals to MARAC"
                " can still be made in that month to hear them."
            )
        ]
    again = choose_repeats(pool, month, repeats, days)
    short = repeats - len(again)
    if short:
        priors = plan_priors(plan, month, short, targets, pool, days, dice)
        if len(priors) < short:
            return [cannot_repeat(targets[Counted.REPEATS, month], short - len(priors))]
        again += choose_repeats(priors, month, short, days)
    for case, on in again:
        hear(plan, pool, case, on)
    late = [day for day in days(month) if can_hear(day, NEW_CASE)] if referrals > repeats else []
    for number in range(referrals - repeats):
        on = late[number % len(late)]
        hear(plan, pool, HeardCase("", month, None, []), on, is_new=True, to_advocacy=number < advocacy)
    plan.advocacy[month] = max(0, advocacy - (referrals - repeats))
    return []


def choose_repeats(
    pool: list[HeardCase], month: date, wanted: int, days: Days
) -> list[tuple[HeardCase, date]]:
    """Up to `wanted` cases that can be heard in `month` as repeats, those whose year runs out first."""
    fitting = [(case, day_for(case, month, days)) for case in pool] if wanted else []
    able = [(case, on) for case, on in fitting if on is not None]
    able.sort(key=lambda pair: (max(day for day in pair[0].heard_on if day < pair[1]), len(pair[0].heard_on)))
    return list(able[:wanted])


def day_for(case: HeardCase, month: date, days: Days) -> date | None:
    """The meeting of `month` at which the case is a repeat; None where there is none, or it was heard then."""
    if any(day.replace(day=1) == month for day in case.heard_on):
        return None
    return next((day for day in days(month) if can_hear(day, KNOWN_CASE) and fits(case, day)), None)


def fits(case: HeardCase, on: date) -> bool:
    """Whether a hearing on that day is a repeat and makes no later one on record a repeat that is not marked."""
    if not is_repeat(on, case.heard_on) or (case.closed_at and case.closed_at.date() < on + OPEN_AFTER):
        return False
    later = [
        marked
        for day, marked in zip(case.heard_on, case.repeats, strict=True)
        if day > on and is_repeat(day, [on])
    ]
    return all(later)


def plan_priors(
    plan: Plan, month: date, wanted: int, targets: Targets, pool: list[HeardCase], days: Days, dice: Dice
) -> list[HeardCase]:
    """New cases first heard in the twelve months before, where the file leaves the referrals of a month open."""
    spots = []
    for back in range(1, 13):
        earlier = add(month, -back)
        if (Counted.REFERRALS, earlier) not in targets:
            spots += [
                day
                for day in days(earlier)
                if can_hear(day, NEW_CASE) and any(is_repeat(held, [day]) for held in days(month))
            ]
    # A while before, where that is possible: few come back within weeks.
    settled = [day for day in spots if day <= month - timedelta(days=45)] or spots
    priors = []
    for _ in range(wanted if settled else 0):
        on = dice.pick(settled)
        case = HeardCase("", on.replace(day=1), None, [])
        hear(plan, pool, case, on, is_new=True)
        priors.append(case)
    plan.priors += len(priors)
    return priors


def hear(
    plan: Plan,
    pool: list[HeardCase],
    case: HeardCase,
    on: date,
    *,
    is_new: bool = False,
    to_advocacy: bool = False,
) -> None:
    """Put a hearing into the plan, and the case into the pool for later months."""
    plan.hearings.append(Heard(case, on, is_new, to_advocacy))
    if is_new:
        pool.append(case)
    case.heard_on.append(on)
    case.repeats.append(not is_new)


def cannot_repeat(target: Target, short: int) -> str:
    """The sentence for repeats that no earlier hearing can make true."""
    return (
        f"{target}: {short:,} of them would need a hearing of the same case within the twelve months before,"
        " and the file leaves no month open for one."
    )
