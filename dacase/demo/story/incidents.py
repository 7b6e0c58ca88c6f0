"""What has happened in an invented case, as those who hold its file have recorded it."""

from datetime import date, datetime, timedelta

from dacase.audit.models import Event
from dacase.cases.choices import PartyRole
from dacase.demo import words
from dacase.demo.chance import Dice
from dacase.demo.partners import Worker
from dacase.demo.story.case_file import CaseFile
from referrals.casework.choices import Known, Precision, ReportedBy
from referrals.casework.models import Incident

NUMBERS = {"0": 30, "1": 34, "2": 22, "3": 10, "4": 4}
KINDS = {
    "threats": 22, "controlling": 20, "physical": 18, "emotional": 16, "stalking": 12, "economic": 6, "sexual": 3,
    "honour": 1, "child_to_parent": 1, "other": 1,
}  # fmt: skip
TELLERS: dict[str, float] = {
    ReportedBy.VICTIM: 62,
    ReportedBy.PROFESSIONAL: 24,
    ReportedBy.FAMILY_OR_FRIEND: 9,
    ReportedBy.CHILD: 5,
}
ASKED_ABOUT = 400


def write_incidents(file: CaseFile) -> None:
    """Incidents of a case that is not old, recorded by its worker while the case was open."""
    teller, worker = file.teller, file.worker
    if teller.is_brief or worker is None or (teller.now - file.opened_at).days > ASKED_ABOUT:
        return
    # Dice of their own: whatever is added here leaves the rest of the story as it was.
    dice = Dice(f"incidents {file.id}")
    last = min(file.closed_at or teller.now, teller.now)
    for _ in range(int(dice.weighted(NUMBERS))):
        at = file.opened_at + timedelta(seconds=dice.random() * (last - file.opened_at).total_seconds())
        write_incident(file, worker, dice, at=at, day=at.date() - timedelta(days=dice.days(20)))


def write_escalation(file: CaseFile, worker: Worker, *, at: datetime) -> None:
    """The incidents for which a case is referred to MARAC at `at`: three within the months before."""
    dice = Dice(f"escalation {file.id}")
    for weeks in (2, 9, 21):
        day = at.date() - timedelta(days=weeks * 7 + dice.randint(0, 12))
        write_incident(file, worker, dice, at=at, day=day)


def write_incident(file: CaseFile, worker: Worker, dice: Dice, *, at: datetime, day: date) -> None:
    """One incident of the day `day`, recorded at `at` by `worker`."""
    key, load = dice.key(), file.teller.load
    precision = dice.weighted({Precision.EXACT: 70, Precision.ABOUT: 20, Precision.MONTH: 10})
    police = dice.weighted({Known.YES: 38, Known.NO: 47, Known.NOT_KNOWN: 15})
    suspects = [one.party_id for one in file.people if one.role == PartyRole.PERPETRATOR]
    load.add(
        Incident, id=key, submission=dice.key(), case_id=file.id, precision=Precision(precision).value,
        happened_on=day.replace(day=1) if precision == Precision.MONTH else day,
        kinds=list(dict.fromkeys([dice.weighted(KINDS), dice.weighted(KINDS)])),
        what_happened=dice.pick(words.INCIDENTS),
        perpetrator_id=dice.pick(suspects) if suspects and dice.chance(0.9) else None,
        children_present=(dice.pick([Known.YES, Known.NO, Known.NOT_KNOWN]) if file.children else Known.NO).value,
        reported_by=ReportedBy(dice.weighted(TELLERS)).value, reported_on=at.date(), known_to_id=worker.agency_id,
        police_told=Known(police).value,
        crime_reference=f"NM/{dice.randint(10_000, 99_999)}/{day:%y}" if police == Known.YES else "",
        agency_id=worker.agency_id, recorded_by_id=worker.id, recorded_at=at,
    )  # fmt: skip
    load.add(
        Event, id=dice.key(), at=at, verb="incident_recorded", actor_id=worker.id, agency_id=worker.agency_id,
        case_id=file.id, subject_type="casework.incident", subject_id=key, data={},
    )  # fmt: skip
