"""What agencies undertook at a hearing: done, open or overdue."""

from datetime import date, datetime, timedelta

from dacase.demo import shares, words
from dacase.demo.chance import at_work, working_day
from dacase.demo.story.case_file import CaseFile
from marac.choices import ActionState
from marac.models import ActionPoint

# Old ones have been chased: after this many days past their due day none is open.
CHASED_DAYS = 60


def undertake(file: CaseFile, hearing: str, heard_on: date, at: datetime, invited: list[str]) -> None:
    """One to four action points, each of an agency with somebody who can report on it."""
    dice = file.teller.dice
    able = [key for key in invited if file.teller.area[key].may.get("complete_action_point")]
    count = int(dice.weighted(shares.ACTION_POINTS))
    for key in ["advocacy", *dice.sample(able, count)][:count]:
        one(file, hearing, heard_on, at, key)


def one(file: CaseFile, hearing: str, heard_on: date, at: datetime, key: str) -> None:
    """An action point of the agency `key`, with how it stands now."""
    teller = file.teller
    dice, today = teller.dice, teller.now.date()
    due_on = working_day(heard_on + timedelta(days=dice.pick([3, 7, 10, 14, 21, 28])))
    done_at = at_work(dice, heard_on + timedelta(days=dice.days((due_on - heard_on).days * 0.7, 0.4)))
    is_open = done_at >= teller.now or (today - due_on < timedelta(days=CHASED_DAYS) and dice.chance(0.25))
    state = (
        ActionState.OPEN if is_open else ActionState.NOT_POSSIBLE if dice.chance(0.06) else ActionState.DONE
    )
    worker = dice.pick(teller.area[key].may["complete_action_point"])
    number = dice.key()
    teller.load.add(
        ActionPoint, id=number, hearing_id=hearing, case_id=file.id, owner_agency_id=teller.area[key].id,
        case_reference=file.reference, heard_on=heard_on, task=dice.pick(words.TASKS), due_on=due_on,
        state=state.value, created_at=at, outcome=outcome_of(file, state),
        completed_at=None if is_open else done_at, completed_by_id=None if is_open else worker.id,
    )  # fmt: skip
    if not is_open:
        file.event(
            f"action_point_{state.value}", at=done_at, by=worker, label="marac.actionpoint", subject=number
        )


def outcome_of(file: CaseFile, state: ActionState) -> str:
    """What the owner reported."""
    if state == ActionState.DONE:
        return str(file.teller.dice.pick(words.DONE))
    return "The victim-survivor no longer wants this." if state == ActionState.NOT_POSSIBLE else ""
