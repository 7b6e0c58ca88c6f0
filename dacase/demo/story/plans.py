"""Safety and support plans of invented cases, with actions that are to do, overdue, done and not possible."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dacase.demo import case_words
from dacase.demo.chance import dashed, working_day
from dacase.demo.story.casework import Desk
from referrals.casework.choices import ActionOwner, ActionState
from referrals.casework.models import Plan, PlanAction
from referrals.casework.rules.sign_off import ActionAsRead, PlanAsRead

REVIEW = timedelta(weeks=6)


@dataclass(frozen=True)
class Step:
    """An action as it ended, when it was agreed and when it was settled."""

    said: ActionAsRead
    at: datetime
    settled_at: datetime | None


@dataclass(frozen=True)
class Written:
    """A plan that was written."""

    key: str
    at: datetime
    wishes: str
    review_on: date
    steps: list[Step]

    def as_of(self, moment: datetime) -> PlanAsRead:
        """The plan as somebody read it at a moment."""
        actions = [
            one.said
            if one.settled_at and one.settled_at <= moment
            else replace(one.said, became="", is_dropped=False)
            for one in self.steps
            if one.at <= moment
        ]
        return PlanAsRead(self.wishes, self.review_on, tuple(actions))


def write_plan(desk: Desk) -> Written | None:
    """A plan with two to four actions: one overdue, one settled, and others still to do; None where it is too early.

    What she does herself was agreed some days later, and so after a manager may have signed the plan.
    """
    at = desk.later(desk.reached, within_hours=12)
    if at is None:
        return None
    key, dice = desk.dice.key(), desk.dice
    wishes, review_on = dice.pick(case_words.PLAN_WISHES), working_day(at.date() + REVIEW)
    desk.load.add(
        Plan, id=key, submission=dice.key(), case_id=desk.file.id, agency_id=desk.worker.agency_id,
        wishes=wishes, review_on=review_on, written_by_id=desk.worker.id, written_at=at,
    )  # fmt: skip
    desk.event("plan_written", "casework.plan", key, at=at)
    today = desk.now.date()
    late, settled = dice.sample(case_words.WORKER_ACTIONS, 2)
    steps = [
        write_action(desk, key, late, at=at, due_on=working_day(today, after=-2)),
        write_action(desk, key, settled, at=at, due_on=working_day(today, after=3), settle=True),
    ]
    if dice.chance(0.7):
        other = dice.pick(case_words.OTHER_ACTIONS)
        steps.append(write_action(desk, key, other, at=at, due_on=working_day(today, after=5)))
    later = desk.later(at + timedelta(days=3), within_hours=8)
    if later is not None and dice.chance(0.5):
        hers = dice.pick(case_words.VICTIM_ACTIONS)
        steps.append(write_action(desk, key, hers, at=later, due_on=working_day(today, after=8)))
    return Written(key, at, wishes, review_on, steps)


def write_action(
    desk: Desk, plan: str, words: tuple[str, ...], *, at: datetime, due_on: date, settle: bool = False
) -> Step:
    """One action of the plan, agreed at `at`. An owner of its own in `words` is another agency."""
    dice, key = desk.dice, desk.dice.key()
    heading, need, text, *other = words
    owner, who = ActionOwner.WORKER, desk.worker.name
    if other:
        owner, who = ActionOwner.OTHER, other[0]
    elif words in case_words.VICTIM_ACTIONS:
        owner, who = ActionOwner.VICTIM, ActionOwner.VICTIM.label
    settled_at = desk.later(at, within_hours=16) if settle else None
    state, reason = ActionState.TO_DO, ""
    if settled_at is not None:
        state = ActionState.DONE if dice.chance(0.75) else ActionState.NOT_POSSIBLE
    if state == ActionState.NOT_POSSIBLE:
        reason = dice.pick(case_words.NOT_POSSIBLE)
    due_on = max(due_on, at.date())
    desk.load.add(
        PlanAction, id=key, submission=dice.key(), plan_id=plan, heading=heading, need=need, text=text,
        owner=owner.value, worker_id=desk.worker.id if owner == ActionOwner.WORKER else None,
        other_agency=other[0] if other else "", due_on=due_on, state=state.value, reason=reason,
        settled_at=settled_at, settled_by_id=desk.worker.id if settled_at else None,
        written_by_id=desk.worker.id, written_at=at,
    )  # fmt: skip
    desk.event("plan_action_added", "casework.planaction", key, at=at)
    if settled_at is not None:
        desk.event("plan_action_settled", "casework.planaction", key, at=settled_at)
    became = "" if state == ActionState.TO_DO else ": ".join(filter(None, [state.label, reason]))
    said = ActionAsRead(
        dashed(key), heading, need, text, who, due_on, became, state == ActionState.NOT_POSSIBLE
    )
    return Step(said, at, settled_at)
