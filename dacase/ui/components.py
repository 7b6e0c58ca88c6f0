"""What views hand to the components of templates/components/: plain values, no markup."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar

# --- cells of a table, also good for the values of a summary list ---


@dataclass(frozen=True)
class Text:
    """Words, with smaller words below them."""

    text: Any
    sub: Any = ""
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Lines:
    """Text as somebody typed it, with its line breaks."""

    text: str
    kind: ClassVar[str] = "lines"


@dataclass(frozen=True)
class Link:
    """A link, with smaller words below it. `hidden` completes the words for screen readers."""

    text: str
    href: str
    sub: Any = ""
    hidden: str = ""
    kind: ClassVar[str] = "link"


@dataclass(frozen=True)
class Tag:
    """A tag. meaning: neutral, new, info, good, warning or bad."""

    text: str
    meaning: str = "neutral"
    kind: ClassVar[str] = "tag"


@dataclass(frozen=True)
class Band:
    """A risk band: high, medium, standard or empty."""

    band: str
    visible_high: bool = False
    kind: ClassVar[str] = "band"


@dataclass(frozen=True)
class Clock:
    """Something due at a moment or on a day; `done` stops it."""

    due: datetime | date | None
    done: datetime | date | None = None
    kind: ClassVar[str] = "clock"


@dataclass(frozen=True)
class Number:
    """A number, with commas between thousands. Its column is numeric."""

    number: Any
    kind: ClassVar[str] = "number"

    def __str__(self) -> str:
        return f"{self.number:,}" if isinstance(self.number, int | float) else str(self.number or "")


class Many(tuple[Any, ...]):
    """Several of the above in one cell: Many([Tag(...), Band(...)])."""

    __slots__ = ()
    kind: ClassVar[str] = "many"


# --- tables ---


@dataclass(frozen=True)
class Column:
    """A column. sort: its key in sorting(). numeric: right-aligned. hidden: the label is for screen readers."""

    label: str
    sort: str = ""
    numeric: bool = False
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """A table that stacks on a phone. columns: labels or Columns. rows: lists of cells, the first names the row.

    caption: what the table shows. sort: the current key of sorting(). show_caption: also on the screen.
    stacks: False for a table that is narrow enough for a phone as it is, such as words and one number.
    """

    caption: str
    columns: Sequence[str | Column]
    rows: Sequence[Sequence[Any]]
    sort: str = ""
    show_caption: bool = False
    stacks: bool = True

    @property
    def heads(self) -> list[Column]:
        return [Column(column) if isinstance(column, str) else column for column in self.columns]

    @property
    def lines(self) -> list[list[tuple[Column, Any]]]:
        return [list(zip(self.heads, row, strict=True)) for row in self.rows]


# --- blocks of a page ---


@dataclass(frozen=True)
class Fact:
    """A row of a summary list. `value` is words or a cell; `action` is the word of its link."""

    key: str
    value: Any
    href: str = ""
    action: str = "Change"


@dataclass(frozen=True)
class Event:
    """A row of a timeline. `text` may have line breaks; `tag` and `link` are optional."""

    title: str
    at: datetime | date
    by: str = ""
    text: str = ""
    tag: Tag | None = None
    link: Link | None = None


@dataclass(frozen=True)
class Metric:
    """A figure on a card. meaning: neutral, info, good, warning or bad."""

    label: str
    value: Any
    href: str = ""
    note: str = ""
    meaning: str = "neutral"


@dataclass(frozen=True)
class NextAction:
    """What this person should do now. `post` makes the button a POST; `due` starts a clock."""

    title: str
    href: str
    button: str = "Continue"
    text: str = ""
    due: datetime | date | None = None
    post: bool = False


@dataclass(frozen=True)
class SafeContact:
    """How to contact somebody safely. `ways` empty: there is no plan, and nobody may be contacted.

    ways: such as “Text message, mornings”. avoid: what must not be done. others: who else may see
    or hear. code_word: whether one is agreed (the word itself is not for a banner). reviewed: the
    day the plan was last checked. out_of_date: the plan has run out and must be renewed first.
    """

    ways: Sequence[str] = ()
    times: str = ""
    avoid: Sequence[str] = ()
    others: str = ""
    code_word: bool = False
    reviewed: date | None = None
    out_of_date: bool = False
    href: str = ""


@dataclass(frozen=True)
class Tab:
    """An item of a sub-navigation."""

    text: str
    href: str
    active: bool = False


@dataclass(frozen=True)
class Tile:
    """A card of a board, such as a unit. meaning: good, info, warning, bad or quiet."""

    title: str
    state: str
    meaning: str = "quiet"
    lines: Sequence[str] = ()
    link: Link | None = None
    button: "PostButton | None" = None


@dataclass(frozen=True)
class PostButton:
    """A button that posts `values` to `href`. `hidden` completes its words for screen readers."""

    text: str
    href: str
    hidden: str = ""
    values: dict[str, str] = field(default_factory=dict)
