"""A whole invented partnership: stories through the years up to a day, seeded and repeatable."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import Permission

from dacase.agencies.demo_cast import seed_second_factors
from dacase.cases.models import Case
from dacase.demo import shares
from dacase.demo.chance import Dice, midnight
from dacase.demo.exclusions import bar_some
from dacase.demo.loader import Loader, loading
from dacase.demo.partners import Area, forty_agencies, northmoor, work_from
from dacase.demo.story.case_file import Teller
from dacase.demo.story.doors import knock
from dacase.demo.story.meetings import Meetings
from dacase.demo.story.open_files import fill_open_files
from dacase.demo.story.refuge import Houses
from dacase.demo.story.tell import Setting, tell
from dacase.demo.story.to_do import leave_work

# From here on rows are loaded without indexes, forty agencies share the cases, and old details are left out.
BULK_CASES = 10_000
SEED = 2026
Say = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """What was made."""

    cases: int
    counts: dict[str, int]


class AlreadyFilledError(Exception):
    """The database holds cases."""


def is_filled(using: str = "owner") -> bool:
    """Whether the database holds any case."""
    return Case.objects.using(using).exists()


def permission_ids(using: str = "owner") -> dict[str, int]:
    """Read guardian's permission ids by codename."""
    found = Permission.objects.using(using).filter(
        codename__in=["view_case", "view_case_summary", "view_hearing"]
    )
    return dict(found.values_list("codename", "pk"))


def make_world(
    *,
    until: date,
    cases: int = shares.CASES,
    seed: int = SEED,
    bench: bool = False,
    say: Say = lambda text: None,
) -> Made:
    """Fill an empty database with an invented partnership whose last moment is the beginning of `until`.

    Args:
        until: the day on which the demo is looked at; everything lies before it.
        seed: another number gives another partnership.
        say: is told how far it is.
        cases: how many cases, about; from BULK_CASES on loaded in bulk.
        bench: forty agencies in three places over eight years instead of Northmoor's fourteen.
    Raises AlreadyFilledError where the database holds cases.
    """
    bulk = cases >= BULK_CASES
    wide = bench or bulk
    dice = Dice(f"{seed}:{until}")
    days = shares.BULK_DAYS if wide else shares.DAYS
    areas = forty_agencies(cases / days * 365) if wide else [northmoor()]
    seed_second_factors()
    work_from(until - timedelta(days=days))
    with loading(dice, bulk=bulk) as load:
        if is_filled():  # the tables are locked now, so that of two fillers the second sees the first
            raise AlreadyFilledError
        settings = [setting_of(dice, area, load, until, days, cases, is_brief=bulk) for area in areas]
        made = tell_all(dice, settings, until, days, cases, say)
        for setting in settings:
            leave_work(setting)
            fill_open_files(setting)
            knock(setting)
            setting.meetings.write(load)
        say("Writing history and walls")
    return Made(made, dict(load.counts))


def setting_of(
    dice: Dice, area: Area, load: Loader, until: date, days: int, cases: int, *, is_brief: bool
) -> Setting:
    """An area with its meetings and houses, ready for its stories."""
    teller = Teller(dice, area, load, midnight(until), permission_ids(), is_brief)
    first = until - timedelta(days=days)
    houses = Houses(area)
    a_year = cases * area.share / days * shares.DAYS
    houses.build(dice, load, first, times=max(1, round(a_year / shares.CASES)))
    able = set(area.able("make_referral"))
    sources = {key: share for key, share in shares.SOURCES.items() if key in able}
    return Setting(teller, Meetings(dice, area, first, until), houses, sources)


def tell_all(dice: Dice, settings: list[Setting], until: date, days: int, cases: int, say: Say) -> int:
    """Tell stories in the order in which they begin until there are `cases`. Returns how many cases were made."""
    shares_of_areas = {str(number): setting.teller.area.share for number, setting in enumerate(settings)}
    stories = round(cases / (1 - sum(shares.NOT_TAKEN_IN.values())))
    begins = sorted(dice.random() for _ in range(stories))
    made = 0
    for number, part in enumerate(begins):
        day = midnight(until - timedelta(days=1) - timedelta(days=int((1 - part) * (days - 1))))
        setting = settings[int(dice.weighted(shares_of_areas))]
        file = tell(setting, day)
        if file is not None:
            made += 1
            bar_some(dice, file, made)
        if (number + 1) % 10_000 == 0:
            say(f"{number + 1:,} of {stories:,} stories told")
    return made
