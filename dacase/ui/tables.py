"""Lists that page by key: fast at any depth, and every row once although rows come and go."""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.db.models import F, Func, Model, Q, QuerySet, TextField, Value
from django.db.models.lookups import GreaterThan, LessThan

from dacase.ui.sealed import seal, unseal

PURPOSE = "page"


@dataclass(frozen=True)
class KeysetPage:
    """One page of a list. `next_cursor` goes into the address as `after`; None on the last page."""

    items: list[Any]
    next_cursor: str | None
    is_first: bool

    @property
    def has_next(self) -> bool:
        return self.next_cursor is not None

    @property
    def has_previous(self) -> bool:
        return not self.is_first

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Any:
        return iter(self.items)


def keyset_page(
    queryset: QuerySet[Any],
    *,
    order: Sequence[str] = ("-opened_at", "-id"),
    after: str | None,
    size: int = 50,
) -> KeysetPage:
    """The `size` rows of `queryset` that follow the cursor `after`, in `order`.

    order: columns that are never null, each with “-” for descending; the last one must be unique.
    Where all have the same direction PostgreSQL answers from an index on them. A cursor that was
    changed, is older than a day or belongs to another order gives the first page.
    """
    keys = unseal(after, purpose=PURPOSE)
    fits = isinstance(keys, list) and len(keys) == len(order) + 1 and keys[0] == list(order)
    rows = queryset.order_by(*order)
    if fits:
        rows = rows.filter(_beyond(order, keys[1:]))
    found = list(rows[: size + 1])
    more = len(found) > size
    items = found[:size]
    cursor = seal([list(order), *_keys_of(items[-1], order)], purpose=PURPOSE) if more else None
    return KeysetPage(items=items, next_cursor=cursor, is_first=not fits)


class _Together(Func):
    """Columns, or values, compared as one: `(a, b) < (x, y)`."""

    template = "(%(expressions)s)"
    output_field = TextField()


def _beyond(order: Sequence[str], keys: Sequence[Any]) -> Any:
    names = [name.lstrip("-") for name in order]
    falling = [name.startswith("-") for name in order]
    if len(set(falling)) == 1:
        compare = LessThan if falling[0] else GreaterThan
        return compare(_Together(*map(F, names)), _Together(*map(Value, keys)))
    steps = []
    for place, name in enumerate(names):
        same = Q(**dict(zip(names[:place], keys[:place], strict=True)))
        steps.append(same & Q(**{f"{name}__{'lt' if falling[place] else 'gt'}": keys[place]}))
    # The first column bounds the whole search, which lets the database use an index on it.
    bound = Q(**{f"{names[0]}__{'lte' if falling[0] else 'gte'}": keys[0]})
    return bound & reduce(operator.or_, steps)


def _keys_of(item: Any, order: Sequence[str]) -> list[Any]:
    return [_value(item, name.lstrip("-")) for name in order]


def _value(item: Any, name: str) -> Any:
    if isinstance(item, Mapping):
        return item[name]
    for part in name.split("__"):
        item = getattr(item, part)
    return item.pk if isinstance(item, Model) else item


@dataclass(frozen=True)
class CappedCount:
    """A count that stops at a cap. As text: “42”, or “1,000+”."""

    number: int
    is_capped: bool

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.is_capped else ''}"

    def __bool__(self) -> bool:
        return self.number > 0


def capped_count(queryset: QuerySet[Any], cap: int = 1000) -> CappedCount:
    """How many rows `queryset` has, counting at most `cap` of them."""
    rows = queryset.order_by()
    if not rows.query.distinct:
        rows = rows.values(counted=Value(1))  # a column of the row would keep PostgreSQL from its index alone
    number = rows[: cap + 1].count()
    return CappedCount(min(number, cap), number > cap)


@dataclass(frozen=True)
class Sorting:
    """The order a reader chose: `current` is the column's key, with “-” for descending."""

    current: str
    order: tuple[str, ...]


def sorting(chosen: str | None, columns: Mapping[str, Sequence[str]], *, default: str) -> Sorting:
    """The order for `?sort=`: `columns` maps keys to columns ascending, the last one unique.

    “-key” reverses all of them. What is not in `columns` gives `default`.
    """
    current = chosen if chosen and chosen.removeprefix("-") in columns else default
    names = columns[current.removeprefix("-")]
    return Sorting(current, tuple(_turn(name) if current.startswith("-") else name for name in names))


def _turn(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"
