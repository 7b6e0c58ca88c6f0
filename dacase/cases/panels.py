"""What each room adds to the case page and to the home page. The lists are in settings, one line a panel.

A panel is a function: of a case and a membership for CASE_PANELS, of a membership for HOME_PANELS. It
returns None where it has nothing to say to this reader, so that no room imports another to be shown. What
it reads it declares with `asks`: a page of many panels makes one trip to the database.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from dacase.cases.selectors.together import together


@dataclass(frozen=True)
class NextAction:
    """What this person should do now. The page shows the most urgent first.

    Args:
        text: an instruction, as “Accept the referral”. Names nobody.
        url: where to do it.
        due_at: when it must be done; none sorts last.
    """

    text: str
    url: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class Panel:
    """A section of the case or home page: heading, template with its context, and what to do next."""

    title: str
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    next_actions: list[NextAction] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # (text, url): what may be done here


Rows = dict[str, list[Any]]
# A panel of the case page is called with a case and a membership, one of the home page with a membership;
# one that was declared with `asks` gets its rows as well.
DrawsPanel = Callable[..., Panel | None]


def asks(what: Callable[..., Mapping[str, QuerySet[Any]] | None]) -> Callable[[DrawsPanel], DrawsPanel]:
    """Declare what a panel reads, so that the page reads for all of its panels in one statement.

    Args:
        what: of the panel's own arguments, the querysets by name; None where this reader gets no such panel.
    The panel is called with one more argument: the rows by the same names.
    """

    def declare(panel: DrawsPanel) -> DrawsPanel:
        panel.asks = what  # type: ignore[attr-defined]
        return panel

    return declare


def case_panels(
    case: Case, membership: Membership, also: Mapping[str, QuerySet[Any]] | None = None
) -> tuple[list[Panel], Rows]:
    """The panels of the case page for this reader, in the order of settings.CASE_PANELS, and the rows of `also`."""
    return _drawn(map(import_string, settings.CASE_PANELS), (case, membership), also or {})


def home_panels(membership: Membership) -> list[Panel]:
    """The panels of the home page for this reader, in the order of settings.HOME_PANELS."""
    panels, _ = _drawn(map(import_string, settings.HOME_PANELS), (membership,), {})
    return panels


def draw(panel: DrawsPanel, *subject: Any) -> Panel | None:
    """One panel by itself: of a case and a membership, or of a membership."""
    panels, _ = _drawn([panel], subject, {})
    return panels[0] if panels else None


def _drawn(
    functions: Iterable[DrawsPanel], subject: tuple[Any, ...], also: Mapping[str, QuerySet[Any]]
) -> tuple[list[Panel], Rows]:
    """Draw the panels; everything that they and the page declared is read in one statement."""
    functions = list(functions)
    wanted = [_wanted(function, subject) for function in functions]
    asked = {(None, name): queryset for name, queryset in also.items()} | {
        (place, name): queryset
        for place, querysets in enumerate(wanted)
        for name, queryset in (querysets or {}).items()
    }
    found = together(asked)
    panels = []
    for place, (function, querysets) in enumerate(zip(functions, wanted, strict=True)):
        if querysets is None:
            continue
        rows = {name: found[place, name] for name in querysets}
        panel = function(*subject, rows) if hasattr(function, "asks") else function(*subject)
        if panel is not None:
            panels.append(panel)
    return panels, {name: found[None, name] for name in also}


def _wanted(function: DrawsPanel, subject: tuple[Any, ...]) -> Mapping[str, QuerySet[Any]] | None:
    """What the panel asks for; None where this reader does not get it."""
    what = getattr(function, "asks", None)
    return what(*subject) if what is not None else {}


def next_actions(panels: list[Panel]) -> list[NextAction]:
    """Every panel's next actions, the soonest due first."""
    actions = [action for panel in panels for action in panel.next_actions]
    return sorted(actions, key=lambda action: action.due_at.timestamp() if action.due_at else float("inf"))
