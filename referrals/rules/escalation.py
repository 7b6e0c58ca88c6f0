"""When somebody else is told that a referral waits beyond its limit: data/escalations.csv."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from referrals.choices import EscalatedTo
from referrals.rules.clock import LONDON
from referrals.rules.tables import rows


@dataclass(frozen=True)
class Step:
    """One line of the table: this much later than the limit, this person is told."""

    clock: str
    priority: str
    number: int
    after: timedelta
    told: EscalatedTo

    def due_before(self, now: datetime) -> datetime:
        """The clocks that ran out by this moment have come to this step at `now`."""
        return now - self.after


def steps(now: datetime) -> list[Step]:
    """The steps in force at `now`: for each clock and priority those of its newest `from_date`, the first first."""
    today = now.astimezone(LONDON).date().isoformat()
    begun = [row for row in rows("escalations") if row["from_date"] <= today]
    newest: dict[tuple[str, str], str] = {}
    for row in begun:
        key = row["clock"], row["priority"]
        newest[key] = max(newest.get(key, ""), row["from_date"])
    found = [
        Step(
            row["clock"],
            row["priority"],
            int(row["step"]),
            timedelta(minutes=int(row["minutes_late"])),
            EscalatedTo(row["told"]),
        )
        for row in begun
        if newest[row["clock"], row["priority"]] == row["from_date"]
    ]
    return sorted(found, key=lambda step: step.number)
