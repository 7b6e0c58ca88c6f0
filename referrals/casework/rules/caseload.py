"""How much work a worker carries: data/caseload_weights.csv, caseload_guide.csv (both unverified, to be agreed)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from referrals.casework.rules.tables import in_force


@dataclass(frozen=True)
class Guide:
    """What is thought bearable for one full-time worker, from `low` to `high`."""

    low: int
    high: int

    def meaning_of(self, number: float) -> str:
        """`neutral` up to the guide's lower end, `info` within it, `warning` above it."""
        if number > self.high:
            return "warning"
        return "info" if number >= self.low else "neutral"


def weight_of(counts: Mapping[str, int], on: date) -> float:
    """The weighted caseload of `counts`, open episodes by band ("" where the risk is not assessed)."""
    weights = {row["band"]: float(row["weight"]) for row in in_force("caseload_weights", on.isoformat())}
    return sum(number * weights[band] for band, number in counts.items())


def guide(name: str, on: date) -> Guide:
    """The line "year" or "open" of caseload_guide.csv in force on a day. Raises KeyError without one."""
    for row in in_force("caseload_guide", on.isoformat(), guide=name):
        return Guide(int(row["low"]), int(row["high"]))
    raise KeyError(name)
