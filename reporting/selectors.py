"""Returns that somebody may see, and the figures in them as the page and the files show them."""

from dataclasses import dataclass

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from reporting.measures import BY_KEY, Measure
from reporting.models import Return
from reporting.returns import FigureRow
from reporting.rules import is_counted


@dataclass(frozen=True)
class MeasureFigures:
    """One measure of a return: the whole, and its parts in order as (code, words, number)."""

    measure: Measure
    total: int
    parts: list[tuple[str, str, int]]


def visible_returns(membership: Membership) -> QuerySet[Return]:
    """The returns of the reader's own agency, the newest first, each with its job and who asked for it."""
    return Return.objects.visible_to(membership).select_related("job", "requested_by__user")


def counted_returns(membership: Membership) -> QuerySet[Return]:
    """The visible returns that have their figures."""
    return visible_returns(membership).filter(counted_at__isnull=False)


def figure_rows(made: Return) -> list[FigureRow]:
    """The figures of a counted return, in order. Empty while it is being counted."""
    if not is_counted(made):
        return []
    return [FigureRow(figure.measure, figure.breakdown, figure.value) for figure in made.figures.all()]


def by_measure(rows: list[FigureRow]) -> list[MeasureFigures]:
    """Figures put together by measure, in the order of the return."""
    found: dict[str, MeasureFigures] = {}
    for row in rows:
        measure = BY_KEY[row.measure]
        if not row.breakdown:
            found[row.measure] = MeasureFigures(measure, row.value, [])
        else:
            found[row.measure].parts.append((row.breakdown, measure.label(row.breakdown), row.value))
    return list(found.values())
