"""Judgements and plans that a manager was asked to stand behind: some wait, some came back, others are signed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from dacase.audit.models import Event
from dacase.demo import case_words
from dacase.demo.chance import Dice, at_work, later_at_work, working_day
from dacase.demo.partners import Worker
from dacase.demo.story.case_file import CaseFile
from dacase.demo.story.casework import Desk
from dacase.demo.story.plans import Written
from dacase.demo.story.supervision import supervisors
from referrals.casework.choices import SignOffState
from referrals.casework.models import SignOffRequest

# So many working days ago the youngest of what is asked about was made: there was time to ask and to answer.
OLD_ENOUGH = 3


@dataclass(frozen=True)
class Subject:
    """What its author asks a manager about. `column`: assessment_id or plan_id; `at`: when it was made."""

    file: CaseFile
    column: str
    key: str
    at: datetime
    author: Worker
    plan: Written | None = None

    @property
    def managers(self) -> list[Worker]:
        """Who may answer: nobody where the author does not support, and nobody for her own."""
        keys = [key for key, one in self.file.support.items() if one.worker == self.author]
        return supervisors(self.file, keys[0], self.author) if keys else []


def ask_about_judgements(files: list[CaseFile]) -> None:
    """Of the last judgements one waits, one came back, and the earlier ones are signed off."""
    judged = [Subject(file, "assessment_id", *file.judged) for file in files if file.judged]
    ask(sorted(judged, key=lambda one: one.at, reverse=True))


def ask_about_plans(plans: list[tuple[Desk, Written]]) -> None:
    """Of each worker's newest plans one waits, one came back, and one is signed off."""
    by_author = defaultdict(list)
    for desk, plan in reversed(plans):
        about = Subject(desk.file, "plan_id", plan.key, plan.at, desk.worker, plan)
        by_author[desk.worker.id].append(about)
    for own in by_author.values():
        ask(own, most=3)


def ask(subjects: list[Subject], *, most: int | None = None) -> None:
    """A request about each that is old enough."""
    old = [
        one
        for one in subjects
        if one.managers and one.at.date() < working_day(one.file.teller.now.date(), after=-OLD_ENOUGH)
    ]
    states = [SignOffState.OPEN, SignOffState.SENT_BACK]
    for number, one in enumerate(old[:most]):
        write_request(one, states[number] if number < len(states) else SignOffState.SIGNED_OFF)


def write_request(about: Subject, state: SignOffState) -> None:
    """One request: made lately where it waits or came back, else soon after what it is about."""
    # Dice of their own: whatever is added here leaves the rest of the story as it was.
    dice, today = Dice(f"sign-off {about.key}"), about.file.teller.now.date()
    answered_at = at_work(dice, today, after=-1)
    asked_at = at_work(dice, today, after=-dice.randint(1, 2) if state == SignOffState.OPEN else -2)
    if state == SignOffState.SIGNED_OFF:
        asked_at = later_at_work(dice, about.at, within_hours=6)
        answered_at = later_at_work(dice, asked_at, within_hours=8)
    key, manager = dice.key(), dice.pick(about.managers)
    is_open = state == SignOffState.OPEN
    about.file.teller.load.add(
        SignOffRequest, id=key, submission=dice.key(), case_id=about.file.id, agency_id=about.author.agency_id,
        words=dice.pick(case_words.ASKS), asked_by_id=about.author.id, asked_at=asked_at, state=state.value,
        answer="" if is_open else dice.pick(case_words.ANSWERS[state.value]),
        answered_by_id=None if is_open else manager.id, answered_at=None if is_open else answered_at,
        plan_as_read=about.plan.as_of(answered_at).kept() if about.plan and not is_open else None,
        **{about.column: about.key},
    )  # fmt: skip
    acts = [("sign_off_asked", about.author, asked_at)]
    if not is_open:
        verb = "sign_off_given" if state == SignOffState.SIGNED_OFF else "sign_off_sent_back"
        acts.append((verb, manager, answered_at))
    for verb, by, at in acts:
        about.file.teller.load.add(
            Event, id=dice.key(), at=at, verb=verb, actor_id=by.id, agency_id=by.agency_id,
            case_id=about.file.id, subject_type="casework.signoffrequest", subject_id=key, data={},
        )  # fmt: skip
