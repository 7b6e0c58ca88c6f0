"""What a worker has written into the newest open files: story, consent, plan, tasks and notes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dacase.audit.models import Event
from dacase.demo import case_words
from dacase.demo.chance import Dice, later_at_work, working_day
from dacase.demo.loader import Loader
from dacase.demo.partners import Worker
from dacase.demo.story.case_file import CaseFile
from dacase.demo.story.support import Support
from dacase.demo.story.tell import Setting
from referrals.casework.models import Note, StoryPart, Task


@dataclass(frozen=True, eq=False)
class Desk:
    """One open case on the desk of the worker who supports, from the first talk with the victim-survivor on."""

    file: CaseFile
    support: Support
    reached: datetime
    # Dice of their own: whatever is added here leaves the rest of the story as it was.
    dice: Dice

    @property
    def worker(self) -> Worker:
        return self.support.worker

    @property
    def load(self) -> Loader:
        return self.file.teller.load

    @property
    def now(self) -> datetime:
        return self.file.teller.now

    def later(self, at: datetime, *, within_hours: float) -> datetime | None:
        """A moment at work after `at`; None where it has not come yet."""
        later = later_at_work(self.dice, at, within_hours=within_hours)
        return later if later < self.now else None

    def event(self, verb: str, label: str, key: str, *, at: datetime, **data: str | bool) -> None:
        """Write into the event log what the worker did to the row `key` of the model `label`."""
        self.load.add(
            Event, id=self.dice.key(), at=at, verb=verb, actor_id=self.worker.id, agency_id=self.worker.agency_id,
            case_id=self.file.id, subject_type=label, subject_id=key, data=data,
        )  # fmt: skip


def newest_desks(setting: Setting) -> list[Desk]:
    """The open ones of the last cases whose victim-survivor was reached, the newest last.

    Only these, so that a load of many thousand cases costs no more.
    """
    desks = []
    for file in setting.lately:
        supports = [one for one in file.support.values() if one.worker == file.worker and one.reached]
        if file.closed_at is None and supports and supports[0].reached:
            desks.append(Desk(file, supports[0], supports[0].reached, Dice(f"casework {file.id}")))
    return desks


def write_story(desk: Desk) -> None:
    """What has happened, and what the victim-survivor wants."""
    at = desk.later(desk.reached, within_hours=2)
    for part, texts in (("what_happened", case_words.STORIES), ("wishes", case_words.WISHES)):
        if at is None:
            return
        key = desk.dice.key()
        desk.load.add(
            StoryPart, id=key, case_id=desk.file.id, part=part, text=desk.dice.pick(texts),
            written_by_id=desk.worker.id, written_at=at,
        )  # fmt: skip
        desk.event("story_written", "casework.storypart", key, at=at, kind=part)


def write_notes(desk: Desk) -> None:
    """One note or two, the first of the first talk."""
    at: datetime | None = desk.reached
    for kind in ("conversation", desk.dice.pick(["", *case_words.NOTES])):
        written = desk.later(at, within_hours=3) if at and kind else None
        if at is None or written is None:
            return
        key = desk.dice.key()
        desk.load.add(
            Note, id=key, submission=desk.dice.key(), case_id=desk.file.id, agency_id=desk.worker.agency_id,
            kind=kind, happened_at=at, text=desk.dice.pick(case_words.NOTES[kind]), author_id=desk.worker.id,
            written_at=written,
        )  # fmt: skip
        desk.event("note_written", "casework.note", key, at=written, kind=kind)
        at = desk.later(written, within_hours=30)


def write_tasks(desk: Desk) -> None:
    """One to three open tasks: due today, tomorrow, or late. None has a reminder, so that no mail leaves."""
    today = desk.now.date()
    days = [today, working_day(today + timedelta(days=1)), working_day(today, after=-1)]
    titles = desk.dice.sample(case_words.TASKS, len(days))
    for title, due_on in zip(titles, desk.dice.sample(days, desk.dice.randint(1, 3)), strict=False):
        at = desk.later(desk.reached, within_hours=10)
        if at is None:
            return
        key = desk.dice.key()
        desk.load.add(
            Task, id=key, submission=desk.dice.key(), case_id=desk.file.id, agency_id=desk.worker.agency_id,
            episode_id=desk.support.id, title=title, worker_id=desk.worker.id, due_on=max(due_on, at.date()),
            made_by_id=desk.worker.id, made_at=at,
        )  # fmt: skip
        desk.event("task_added", "casework.task", key, at=at)
