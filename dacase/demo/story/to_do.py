"""Work that waits on the day the demo is looked at, where chance has left too little."""

from dacase.cases.choices import Band, Scope
from dacase.demo.chance import at_work
from dacase.demo.story import marac
from dacase.demo.story.case_file import write_grant
from dacase.demo.story.tell import Setting
from marac.choices import Criterion

CANDIDATES = 4


def refer_lately(setting: Setting) -> None:
    """Refer cases of the last weeks to MARAC until a few candidates wait for the next agenda."""
    teller = setting.teller
    open_cases = [
        (file, file.worker)
        for file in reversed(setting.lately)
        if file.closed_at is None and file.worker and file.risk and not file.was_sent_to_marac
    ]
    # The highest band first; within a band the newest case.
    order = [Band.HIGH, Band.MEDIUM, Band.STANDARD]
    open_cases.sort(key=lambda pair: order.index(Band(pair[0].band)))
    for file, worker in open_cases[: max(0, CANDIDATES - setting.meetings.candidates)]:
        at = at_work(teller.dice, teller.now.date(), after=-1 - int(teller.dice.random() * 2))
        is_high = file.band == Band.HIGH
        criterion = marac.criterion_by_risk(file) if is_high else Criterion.POTENTIAL_ESCALATION
        marac.refer(file, setting.meetings, at=at, by=worker, criterion=criterion)
        write_grant(file, "marac", Scope.CASE.value, file.grants["marac", Scope.CASE.value])
