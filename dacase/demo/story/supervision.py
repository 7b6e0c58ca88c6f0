"""Supervisions of open support: a manager and its worker talk it through, mostly in time."""

from datetime import date, timedelta

from dacase.audit.models import Event
from dacase.demo import case_words
from dacase.demo.chance import Dice, at_work, working_day
from dacase.demo.partners import Worker
from dacase.demo.story.case_file import CaseFile
from dacase.demo.story.support import Support
from referrals.casework.models import Supervision
from referrals.casework.rules.supervision import next_supervision_on

# The agencies have recorded supervision for so long.
KEPT = timedelta(weeks=26)
LATE, OF_MANY = 0.06, 0.12


def write_supervisions(file: CaseFile) -> None:
    """What was talked through of each support of an open file; in a load of many thousand, of some."""
    if file.closed_at is not None:
        return
    for support in file.support.values():
        # Dice of their own: whatever is added here leaves the rest of the story as it was.
        dice = Dice(f"supervision {support.id}")
        others = supervisors(file, support.key, support.worker)
        if others and (dice.chance(OF_MANY) or not file.teller.is_brief):
            for held_on in days_held(file, support, dice):
                write_supervision(file, support, dice, dice.pick(others), held_on)


def supervisors(file: CaseFile, key: str, worker: Worker) -> list[Worker]:
    """Who in the agency `key` may supervise, and is not the worker herself."""
    return [one for one in file.teller.area[key].may.get("supervise", []) if one != worker]


def days_held(file: CaseFile, support: Support, dice: Dice) -> list[date]:
    """The days of its supervisions, the newest first; the next one is late or soon due in few supports."""
    today, began = file.teller.now.date(), support.began.date()
    step = next_supervision_on(file.band, on=today) - today
    ago = dice.randint(step.days - 4, step.days + 5) if dice.chance(LATE) else dice.randint(2, step.days - 9)
    day, days = today - timedelta(days=ago), []
    while day >= max(began + timedelta(days=7), today - KEPT):
        days.append(working_day(day, after=-1))
        day -= step
    return days


def write_supervision(file: CaseFile, support: Support, dice: Dice, by: Worker, held_on: date) -> None:
    """One supervision, written down on its day."""
    key, at = dice.key(), at_work(dice, held_on)
    discussed, decisions = dice.pick(case_words.SUPERVISIONS)
    file.teller.load.add(
        Supervision, id=key, submission=dice.key(), case_id=file.id, agency_id=by.agency_id,
        episode_id=support.id, worker_id=support.worker.id, supervisor_id=by.id, held_on=held_on,
        discussed=discussed, decisions=decisions, next_due_on=next_supervision_on(file.band, on=held_on),
        made_at=at,
    )  # fmt: skip
    file.teller.load.add(
        Event, id=dice.key(), at=at, verb="supervision_recorded", actor_id=by.id, agency_id=by.agency_id,
        case_id=file.id, subject_type="casework.supervision", subject_id=key, data={},
    )  # fmt: skip
