"""What each room adds to the case page and to the home page. The lists are in settings, one line a panel.

A panel is a function: of a case and a membership for CASE_PANELS, of a membership for HOME_PANELS. It
returns None where it has nothing to say to this reader, so that no room imports another to be shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from dacase.agencies.models import Membership
from dacase.cases.models import Case


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


CasePanel = Callable[[Case, Membership], Panel | None]
HomePanel = Callable[[Membership], Panel | None]


def case_panels(case: Case, membership: Membership) -> list[Panel]:
    """The panels of the case page for this reader, in the order of settings.CASE_PANELS."""
    functions: list[CasePanel] = [import_string(path) for path in settings.CASE_PANELS]
    return [panel for function in functions if (panel := function(case, membership)) is not None]


def home_panels(membership: Membership) -> list[Panel]:
    """The panels of the home page for this reader, in the order of settings.HOME_PANELS."""
    functions: list[HomePanel] = [import_string(path) for path in settings.HOME_PANELS]
    return [panel for function in functions if (panel := function(membership)) is not None]


def next_actions(panels: list[Panel]) -> list[NextAction]:
    """Every panel's next actions, the soonest due first."""
    actions = [action for panel in panels for action in panel.next_actions]
    return sorted(actions, key=lambda action: action.due_at.timestamp() if action.due_at else float("inf"))
