"""What every measure has: words that say what it counts, and a count on the login that reads no name."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Choices, QuerySet

from reporting.periods import Period

# The login that may read only the columns declared for figures in each room's walls.py.
FIGURES = "figures"
NOT_RECORDED = "not_recorded"


class Measure:
    """One thing that a return counts. Subclasses say what in words and count it.

    key: its name in files; never changed once returns have used it.
    title, definition: in words, for the page and the sheet of definitions.
    unit: what one of it is, in the plural.
    counted: the rows that are counted and the date that puts one into a period.
    source: where the definition comes from.
    breakdown: the title of its breakdown, or empty; labels: the breakdown's codes in order, in words.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    definition: ClassVar[str]
    unit: ClassVar[str]
    counted: ClassVar[str]
    source: ClassVar[str] = "The partnership’s own return"
    breakdown: ClassVar[str] = ""
    labels: ClassVar[type[Choices] | None] = None

    def count(self, period: Period) -> dict[str, int]:
        """How many in `period`: by breakdown code, or under the empty code where there is no breakdown."""
        raise NotImplementedError

    def values(self, period: Period) -> list[tuple[str, int]]:
        """The total, under the empty code, then every code of the breakdown, noughts included.

        A code that is in the records and not in the list comes last as "not recorded", so that the parts
        always make the whole.
        """
        counts = self.count(period)
        total = [("", sum(counts.values()))]
        if not self.breakdown:
            return total
        codes = self.codes()
        other = sum(number for code, number in counts.items() if code not in codes)
        parts = [(code, counts.get(code, 0)) for code in codes]
        return total + parts + ([(NOT_RECORDED, other)] if other else [])

    def codes(self) -> list[str]:
        """The codes of the breakdown, in order."""
        return [str(code) for code in self.labels.values] if self.labels else []

    def label(self, code: str) -> str:
        """A breakdown code in words; the whole is called Total."""
        if not code:
            return "Total"
        if code == NOT_RECORDED or self.labels is None:
            return "Not recorded"
        return str(self.labels(code).label)


def grouped(rows: QuerySet[Any], column: str, number: Any) -> dict[str, int]:
    """One GROUP BY on the figures login: `number` (an aggregate) of `rows` for each value of `column`."""
    pairs: Iterable[tuple[str, int]] = (
        rows.using(FIGURES).order_by().values(column).annotate(number=number).values_list(column, "number")
    )
    return dict(pairs)
