"""From the file to the records, in one transaction."""

from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from dacase.agencies.demo_cast import seed_second_factors
from dacase.demo.chance import Dice, midnight
from dacase.demo.loader import Loader, loading
from dacase.demo.partners import Area, northmoor, work_from
from dacase.demo.published.meetings import HeldMeetings
from dacase.demo.published.plan import Plan, make_plan
from dacase.demo.published.recorded import counts, heard_cases
from dacase.demo.published.table import PublishedError, Table, Targets, read_table
from dacase.demo.published.write import Writer, sources_of
from dacase.demo.story.case_file import Teller
from dacase.demo.world import SEED, permission_ids


def fill_to_published(path: Path, *, seed: int | None = None) -> list[str]:
    """Record what is missing from the published counts in the file, all of it or nothing.

    Running it again adds nothing. Returns what to tell the reader, a line each.
    Raises PublishedError for a file with mistakes, for records beyond the counts, and for counts that no
    records can come to.
    """
    today = timezone.localdate()
    table = read_table(path, today)
    if not table.targets:
        return [*notes(table), "The file has no count that is made here. Nothing was changed."]
    dice = Dice(f"{SEED if seed is None else seed}:{sorted(map(str, table.targets.values()))}")
    with transaction.atomic(using="owner"), loading(dice) as load:
        area = northmoor()
        seed_second_factors()
        plan, made = record(load, area, dice, table.targets, today)
    return [*notes(table), *told(table, plan, made)]


def record(load: Loader, area: Area, dice: Dice, targets: Targets, today: date) -> tuple[Plan, int]:
    """Plan and write inside the open load. Returns the plan and how many cases are new."""
    cursor = load.cursor
    meetings = HeldMeetings(dice, area, today, cursor)
    plan = make_plan(targets, counts(cursor), heard_cases(cursor), meetings.days, dice)
    if plan.is_empty:
        return plan, 0
    teller = Teller(dice, area, load, midnight(today), permission_ids())
    made = Writer(teller, meetings, cursor, sources_of(teller)).write(plan)
    work_from(min([heard.on.replace(day=1) for heard in plan.hearings] + list(plan.advocacy)))
    load.flush()
    check(cursor, targets)
    return plan, made


def check(cursor: Any, targets: Targets) -> None:
    """Count again what is now recorded. Raises PublishedError where it is not what was published."""
    recorded = counts(cursor)
    wrong = [
        f"{target}: {recorded.get(key, 0):,} came out instead of {target.value:,}."
        for key, target in targets.items()
        if recorded.get(key, 0) != target.value
    ]
    if wrong:
        raise PublishedError(
            "\n".join(["The records did not come to the counts. Nothing was saved.", *wrong])
        )


def notes(table: Table) -> list[str]:
    """What in the file is not made here."""
    return [f"Left out, because it is not made here: {name}" for name in table.ignored]


def told(table: Table, plan: Plan, made: int) -> list[str]:
    """What was done."""
    if plan.is_empty:
        return ["Everything in the file is recorded already. Nothing was changed."]
    again = sum(1 for heard in plan.hearings if not heard.is_new)
    lines = [
        f"Made {made:,} invented cases: {len(plan.hearings):,} hearings at MARAC, {again:,} of them repeats.",
        f"All {len(table.targets):,} counts of the file are now what the records come to.",
    ]
    if plan.priors:
        lines.insert(
            1, f"{plan.priors:,} cases were first heard in earlier months, so that repeats are true."
        )
    return lines
