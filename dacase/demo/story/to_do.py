"""Work that waits on the day the demo is looked at, where chance has left too little."""

from dacase.cases.choices import Band, Scope
from dacase.demo.chance import at_work
from dacase.demo.story import marac
from dacase.demo.story.case_file import CaseFile, write_grant
from dacase.demo.story.tell import Setting
from marac.choices import Criterion

CANDIDATES = 4


def refer_lately(setting: Setting) -> None:
    """Refer cases of the last weeks to MARAC until a few candidates wait for the next agenda."""
    teller = setting.teller
    open_cases = [
        file
        for file in setting.lately
        if file.closed_at is None and file.worker and file.risk and not file.was_sent_to_marac
    ]
    # The highest band first; within a band the newest case.
    order = [Band.HIGH, Band.MEDIUM, Band.STANDARD]
    waiting = sorted(reversed(open_cases), key=lambda file: order.index(Band(file.band)))
    for file in waiting[: max(0, CANDIDATES - setting.meetings.candidates)]:
        assert file.worker is not None
        at = at_work(teller.dice, teller.now.date(), after=-1 - int(teller.dice.random() * 2))
        marac.refer(file, setting.meetings, at=at, by=file.worker, criterion=criterion_of(file))
        write_grant(file, "marac", Scope.CASE.value, file.grants["marac", Scope.CASE.value])


def criterion_of(file: CaseFile) -> Criterion:
    if file.band != Band.HIGH:
        return Criterion.POTENTIAL_ESCALATION
    return Criterion.PROFESSIONAL_JUDGEMENT if file.risk["judgement"] else Criterion.VISIBLE_HIGH_RISK
