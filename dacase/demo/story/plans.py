"""Safety and support plans of invented cases, with actions that are to do, overdue, done and not possible."""

from datetime import date, datetime, timedelta

from dacase.demo import case_words
from dacase.demo.chance import working_day
from dacase.demo.story.casework import Desk
from dacase.demo.story.sign_off import Subject
from referrals.casework.choices import ActionOwner, ActionState
from referrals.casework.models import Plan, PlanAction

REVIEW = timedelta(weeks=6)


def write_plan(desk: Desk) -> Subject | None:
    """A plan with two to four actions: one overdue, one settled, and others still to do; None where it is too early."""
    at = desk.later(desk.reached, within_hours=12)
    if at is None:
        return None
    key, dice = desk.dice.key(), desk.dice
    desk.load.add(
        Plan, id=key, submission=dice.key(), case_id=desk.file.id, agency_id=desk.worker.agency_id,
        wishes=dice.pick(case_words.PLAN_WISHES), review_on=working_day(at.date() + REVIEW),
        written_by_id=desk.worker.id, written_at=at,
    )  # fmt: skip
    desk.event("plan_written", "casework.plan", key, at=at)
    today = desk.now.date()
    late, settled = dice.sample(case_words.WORKER_ACTIONS, 2)
    write_action(desk, key, late, at=at, due_on=working_day(today, after=-2))
    write_action(desk, key, settled, at=at, due_on=working_day(today, after=3), settle=True)
    if dice.chance(0.7):
        write_action(
            desk, key, dice.pick(case_words.OTHER_ACTIONS), at=at, due_on=working_day(today, after=5)
        )
    if dice.chance(0.5):
        write_action(
            desk, key, dice.pick(case_words.VICTIM_ACTIONS), at=at, due_on=working_day(today, after=8)
        )
    return Subject(desk.file, "plan_id", key, at, desk.worker)


def write_action(
    desk: Desk, plan: str, words: tuple[str, ...], *, at: datetime, due_on: date, settle: bool = False
) -> None:
    """One action of the plan, agreed at `at`. An owner of its own in `words` is another agency."""
    dice, key = desk.dice, desk.dice.key()
    heading, need, text, *other = words
    owner = ActionOwner.OTHER if other else ActionOwner.WORKER
    if words in case_words.VICTIM_ACTIONS:
        owner = ActionOwner.VICTIM
    settled_at = desk.later(at, within_hours=16) if settle else None
    state = ActionState.TO_DO
    if settled_at is not None:
        state = ActionState.DONE if dice.chance(0.75) else ActionState.NOT_POSSIBLE
    desk.load.add(
        PlanAction, id=key, submission=dice.key(), plan_id=plan, heading=heading, need=need, text=text,
        owner=owner.value, worker_id=desk.worker.id if owner == ActionOwner.WORKER else None,
        other_agency=other[0] if other else "", due_on=max(due_on, at.date()), state=state.value,
        reason=dice.pick(case_words.NOT_POSSIBLE) if state == ActionState.NOT_POSSIBLE else "",
        settled_at=settled_at, settled_by_id=desk.worker.id if settled_at else None,
        written_by_id=desk.worker.id, written_at=at,
    )  # fmt: skip
    desk.event("plan_action_added", "casework.planaction", key, at=at)
    if settled_at is not None:
        desk.event("plan_action_settled", "casework.planaction", key, at=settled_at)
