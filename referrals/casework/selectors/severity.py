"""Severity grids of a case, side by side."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from referrals.casework.choices import Stage
from referrals.casework.models import Episode, SeverityGrid, SeverityLine
from referrals.casework.rules.episode import assessing_kinds
from referrals.casework.rules.severity import type_label, types

# More columns than this are no comparison any more; the first one stays, so that the start is always seen.
COLUMNS = 8


@dataclass(frozen=True)
class Comparison:
    """Grids of a case, the oldest first, and for each type of abuse its line in each of them.

    Args:
        rows: the type's words, then its lines in the order of `grids`, None where it was not asked about.
        left_out: how many grids between the first and the rest are not shown.
    """

    grids: list[SeverityGrid]
    rows: list[tuple[str, list[SeverityLine | None]]]
    left_out: int


def grids_of(case: Case, membership: Membership) -> QuerySet[SeverityGrid]:
    """The grids of a case that the membership may open, the oldest first, with their lines."""
    visible = SeverityGrid.objects.visible_to(membership).filter(case=case)
    return (
        visible.select_related("agency", "assessed_by__user")
        .prefetch_related("lines")
        .order_by("assessed_on", "recorded_at", "id")
    )


def comparison(case: Case, membership: Membership, *, on: date) -> Comparison:
    """The grids of a case side by side: the first and the newest. Two queries.

    Args:
        on: today; types that are asked about then stand first, older ones after them.
    """
    every = list(grids_of(case, membership))
    shown = every if len(every) <= COLUMNS else [every[0], *every[1 - COLUMNS :]]
    lines = [{line.abuse_type: line for line in grid.lines.all()} for grid in shown]
    codes = list(dict.fromkeys([*types(on), *(code for of_grid in lines for code in of_grid)]))
    rows = [(type_label(code), [of_grid.get(code) for of_grid in lines]) for code in codes]
    return Comparison(shown, rows, len(every) - len(shown))


def has_exit_grid(episode: Episode, membership: Membership) -> bool:
    """Whether the episode's agency has recorded a grid at exit since the episode began."""
    return _of_its_agency(episode, membership).filter(_ends(episode)).exists()


def asks_for_first_grid(episode: Episode) -> bool:
    """Whether an episode assesses the risk and has come so far that the severity of the abuse can be recorded."""
    was_spoken_with = episode.contacted_at is not None or episode.previous is not None
    return episode.is_open and episode.kind in assessing_kinds() and was_spoken_with


def first_grids(episode: Episode, membership: Membership) -> QuerySet[SeverityGrid]:
    """A grid that says how severe the abuse was when an episode began, if there is one.

    Recorded since then by its agency, or in a step at the end of the support before.
    """
    said = Q(recorded_at__gte=episode.opened_at)
    if episode.previous is not None:
        said |= _ends(episode.previous)
    return _of_its_agency(episode, membership).filter(said)[:1]


def _of_its_agency(episode: Episode, membership: Membership) -> QuerySet[SeverityGrid]:
    grids = SeverityGrid.objects.visible_to(membership)
    return grids.filter(case_id=episode.case_id, agency_id=episode.agency_id)


def _ends(episode: Episode) -> Q:
    """The condition that a grid was recorded at exit, since the episode began."""
    return Q(stage=Stage.EXIT, recorded_at__gte=episode.opened_at)
