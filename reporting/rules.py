"""What may be asked for, and what a return is called."""

from datetime import date
from typing import TYPE_CHECKING

from reporting.periods import PeriodError, Quarter, parse_quarter
from reporting.returns import KINDS

if TYPE_CHECKING:
    from reporting.models import Return


def check_kind(kind: str) -> str:
    """The key of a kind of return. Raises ValueError, in plain words, for an unknown one."""
    if kind not in KINDS:
        raise ValueError(f"There is no return called “{kind[:40]}”. Choose from: {', '.join(KINDS)}.")
    return kind


def check_quarter(text: str, today: date | None = None) -> Quarter:
    """The quarter that is written, where it can be counted. Raises PeriodError, in plain words."""
    quarter = parse_quarter(text)
    if not quarter.has_begun(today):
        raise PeriodError(f"{quarter.title} has not begun yet, so there is nothing to count.")
    return quarter


def is_counted(made: "Return") -> bool:
    """Whether a return has its figures."""
    return made.counted_at is not None


def title_of(made: "Return") -> str:
    """`Quarterly return, April to June 2026`."""
    return f"{KINDS[made.kind].title}, {parse_quarter(made.period)}"


def was_unfinished(made: "Return") -> bool:
    """Whether the period was still running when it was counted."""
    return made.counted_at is not None and made.counted_at < parse_quarter(made.period).ends_at


def file_name(kind: str, period: str, ending: str) -> str:
    """A name that says nothing of whom or what it is about: `return-quarterly-2026-Q2.xlsx`."""
    return f"return-{kind}-{period}.{ending}"
