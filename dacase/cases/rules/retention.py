"""How long what is written down is kept: data/retention_classes.csv and, model by model, data/retention.csv.

Nothing destroys a record by itself. The day that these rules give is when a person looks at it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dacase.cases.rules import is_verified
from dacase.cases.rules.people import rows


@dataclass(frozen=True)
class RetentionClass:
    """How long: `number` of `unit` (years or days) from what `counts_from` names (none: for good)."""

    name: str
    number: int
    unit: str
    counts_from: str
    meaning: str
    is_verified: bool

    def ends(self, start: date) -> date:
        """The day until which it is kept, from the day that `counts_from` names."""
        if self.unit == "days":
            return start + timedelta(days=self.number)
        try:
            return start.replace(year=start.year + self.number)
        except ValueError:  # 29 February
            return start.replace(year=start.year + self.number, month=3, day=1)


def retention_classes(on: date) -> dict[str, RetentionClass]:
    """The classes in force on a day, by name. Empty before the first `from_date`."""
    begun = [row for row in rows("retention_classes") if date.fromisoformat(row["from_date"]) <= on]
    newest: dict[str, dict[str, str]] = {}
    for row in sorted(begun, key=lambda row: row["from_date"]):
        newest[row["retention_class"]] = row
    return {
        name: RetentionClass(
            name,
            int(row["number"]),
            row["unit"],
            row["counts_from"],
            row["meaning"],
            is_verified(row),
        )
        for name, row in newest.items()
    }


def class_of(model: str) -> str:
    """The class of a model, by its label in lower case. Its history has the same. KeyError for no such model."""
    return {row["model"]: row["retention_class"] for row in rows("retention")}[model]


def case_kept_until(closed_on: date, *, classes: Iterable[str] = (), births: Iterable[date] = ()) -> date:
    """Until which day a closed case is kept: the longest of what its parts ask for.

    Args:
        classes: the classes of the reasons for which support in it ended; with none, that of the case itself.
        births: the children's dates of birth, as far as they are known.
    """
    known = retention_classes(closed_on)
    names = set(classes) or {class_of("cases.case")}
    days = [known[name].ends(closed_on) for name in names]
    if births:
        days.append(known["child"].ends(max(births)))
    return max(days)
