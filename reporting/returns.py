"""The kinds of return, and the one function that counts: for the page, for files and for the command."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connections, transaction
from django.utils.connection import ConnectionDoesNotExist

from reporting.measures import BY_KEY, Measure
from reporting.measures.base import FIGURES
from reporting.periods import Period

Progress = Callable[[int, Measure], None]


@dataclass(frozen=True)
class ReturnKind:
    """A return: an ordered set of measures."""

    key: str
    title: str
    keys: tuple[str, ...]

    @property
    def measures(self) -> list[Measure]:
        return [BY_KEY[key] for key in self.keys]


@dataclass(frozen=True)
class FigureRow:
    """One counted value: a measure's key, a breakdown's code (empty for the whole) and the number."""

    measure: str
    breakdown: str
    value: int


KINDS = {
    kind.key: kind
    for kind in [
        ReturnKind(
            "quarterly",
            "Quarterly return",
            (
                "referrals_received",
                "individuals_referred",
                "referrals_accepted",
                "advocacy_referrals",
                "dash_assessments",
                "marac_referrals",
                "marac_cases_heard",
                "marac_repeats",
                "placements_started",
                "placement_nights",
                "turn_aways",
            ),
        )
    ]
}


class FiguresUnavailableError(Exception):
    """Counting was asked of a part of the installation that was not given the login for it."""


def count_return(kind: str, period: Period, progress: Progress | None = None) -> list[FigureRow]:
    """Count every measure of a return over one picture of the records.

    Runs on the figures login in one read-only transaction, so that what is saved meanwhile is in none of
    the figures, and no name can be read by mistake.

    Args:
        kind: a key of KINDS.
        period: the days to count; one that is still running is counted as far as it has come.
        progress: called before each measure with its place (0 for the first) and the measure.
    Raises KeyError for an unknown kind; FiguresUnavailableError where the login is missing.
    """
    rows: list[FigureRow] = []
    try:
        connection = connections[FIGURES]
    except ConnectionDoesNotExist as error:
        raise FiguresUnavailableError(
            "Figures cannot be counted here: DATABASE_FIGURES_URL is not set."
        ) from error
    with transaction.atomic(using=FIGURES), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for place, measure in enumerate(KINDS[kind].measures):
            if progress is not None:
                progress(place, measure)
            rows += [FigureRow(measure.key, code, value) for code, value in measure.values(period)]
    return rows
