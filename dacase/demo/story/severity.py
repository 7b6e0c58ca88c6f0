"""How severe the abuse of an invented case is at intake, at review and at exit."""

from datetime import datetime, timedelta

from dacase.audit.models import Event
from dacase.demo.chance import Dice, at_work
from dacase.demo.partners import Worker
from dacase.demo.story.case_file import CaseFile
from referrals.casework.choices import Severity, SeverityChange, Stage
from referrals.casework.models import SeverityGrid, SeverityLine
from referrals.casework.rules.severity import types

ASKED_ABOUT = 400
# How severe it is when support begins; each later grid moves a grade up or down, or stays.
AT_FIRST: dict[str, float] = {
    "none": 20,
    "standard": 24,
    "moderate": 26,
    "high": 18,
    "not_known": 6,
    "not_asked": 6,
}
GRADES = [Severity.NONE.value, Severity.STANDARD.value, Severity.MODERATE.value, Severity.HIGH.value]
MOVES: dict[str, float] = {"-1": 48, "0": 40, "1": 12}


def write_severity(file: CaseFile) -> None:
    """A grid at intake, every ten weeks or so after it, and at the end of support, of a case that is not old."""
    teller, worker = file.teller, file.worker
    if teller.is_brief or worker is None or (teller.now - file.opened_at).days > ASKED_ABOUT:
        return
    # Dice of their own: whatever is added here leaves the rest of the story as it was.
    dice = Dice(f"severity {file.id}")
    last = min(file.closed_at or teller.now, teller.now)
    at, stage, before = at_work(dice, file.opened_at.date(), after=3), Stage.INTAKE, dict[str, str]()
    while at < last:
        before = write_grid(file, worker, dice, at=at, stage=stage, before=before)
        at, stage = at_work(dice, (at + timedelta(weeks=10)).date()), Stage.REVIEW
    if before and file.closed_at is not None and dice.chance(0.8):
        write_grid(file, worker, dice, at=file.closed_at, stage=Stage.EXIT, before=before)


def write_grid(
    file: CaseFile, worker: Worker, dice: Dice, *, at: datetime, stage: Stage, before: dict[str, str]
) -> dict[str, str]:
    """One grid, which goes on from the severities of the one `before` it. Returns its own, by type."""
    key, load, severities = dice.key(), file.teller.load, dict[str, str]()
    load.add(
        SeverityGrid, id=key, submission=dice.key(), case_id=file.id, stage=stage.value, assessed_on=at.date(),
        agency_id=worker.agency_id, assessed_by_id=worker.id, recorded_at=at,
    )  # fmt: skip
    for code in types(at.date()):
        severities[code], change = go_on(dice, before.get(code))
        often = dice.pick([change, change, SeverityChange.SAME.value]) if change != NO_CHANGE else change
        load.add(
            SeverityLine, id=dice.key(), grid_id=key, abuse_type=code, severity=severities[code],
            severity_change=change, frequency_change=often,
        )  # fmt: skip
    load.add(
        Event, id=dice.key(), at=at, verb="severity_recorded", actor_id=worker.id, agency_id=worker.agency_id,
        case_id=file.id, subject_type="casework.severitygrid", subject_id=key, data={"stage": stage.value},
    )  # fmt: skip
    return severities


NO_CHANGE = SeverityChange.NOT_APPLICABLE.value


def go_on(dice: Dice, before: str | None) -> tuple[str, str]:
    """The next severity of a type, and how it has changed. What was never graded is mostly graded now."""
    if before not in GRADES:
        severity = dice.weighted(AT_FIRST)
        changes = [SeverityChange.WORSE.value, SeverityChange.SAME.value, SeverityChange.REDUCED.value]
        return severity, dice.pick(changes) if severity in GRADES[1:] else NO_CHANGE
    step = int(dice.weighted(MOVES))
    place = min(max(GRADES.index(before) + step, 0), len(GRADES) - 1)
    moved = place - GRADES.index(before)
    change = {-1: SeverityChange.REDUCED, 0: SeverityChange.SAME, 1: SeverityChange.WORSE}[moved].value
    return GRADES[place], NO_CHANGE if place == 0 and moved == 0 else change
