"""Several querysets by one statement: a page of many panels makes one trip to the database."""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, QuerySet

# What JSON has no type for, by the field's type, back into what the database driver gives.
FROM_JSON: dict[str, Callable[[Any], Any]] = {
    "UUIDField": UUID,
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "DecimalField": lambda value: Decimal(str(value)),
    # The driver hands JSON on as text, and the field reads it.
    "JSONField": json.dumps,
}


Name = TypeVar("Name", bound=Hashable)


def together(asked: Mapping[Name, QuerySet[Any]], *, using: str = DEFAULT_DB_ALIAS) -> dict[Name, list[Any]]:
    """The rows of each queryset, by the names of `asked`, read in one statement and so at one moment.

    Each queryset keeps its filters, order, limit, `select_related` and annotations, and row security
    binds each as if it were asked alone. `prefetch_related` still asks for itself.
    """
    compilers = {}
    statements: dict[tuple[str, tuple[Any, ...]], int] = {}  # what two parts of a page ask is read once
    for name, queryset in asked.items():
        compiler = queryset.query.get_compiler(using=using)
        try:
            sql, params = compiler.as_sql(with_col_aliases=True)
        except EmptyResultSet:
            continue
        compilers[name] = compiler, statements.setdefault((sql, tuple(params)), len(statements))
    found: dict[Name, list[Any]] = {name: [] for name in asked}
    if statements:
        answers = _answers(statements, using)
        for name, (compiler, place) in compilers.items():
            found[name] = _made_of(asked[name], compiler, answers[place])
    return found


def _answers(statements: Iterable[tuple[str, tuple[Any, ...]]], using: str) -> list[list[dict[str, Any]]]:
    """The rows of each statement, by one statement of all."""
    parts = [f"(SELECT coalesce(json_agg(q), '[]') FROM ({sql}) q)" for sql, _ in statements]  # noqa: S608
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", [value for _, params in statements for value in params])
        return list(cursor.fetchone())


def _made_of(queryset: QuerySet[Any], compiler: Any, rows: list[dict[str, Any]]) -> list[Any]:
    """What the queryset makes of `rows`, as if it had asked for them itself."""
    readers = [_reader(expression.output_field) for expression, _, _ in compiler.select]
    ready = [tuple(read(value) for read, value in zip(readers, row.values(), strict=True)) for row in rows]
    compiler.execute_sql = lambda *args, **kwargs: [ready]
    fresh = queryset._chain()  # type: ignore[attr-defined]
    fresh.query.get_compiler = lambda *args, **kwargs: compiler
    return list(fresh)


def _reader(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    """Reads one column of the answer."""
    kind = field.get_internal_type()
    if kind in ("ForeignKey", "OneToOneField"):
        return _reader(field.target_field)  # type: ignore[attr-defined]
    if kind == "ArrayField":
        inner = _reader(field.base_field)  # type: ignore[attr-defined]
        return lambda value: None if value is None else [inner(one) for one in value]
    convert = FROM_JSON.get(kind)
    return (lambda value: None if value is None else convert(value)) if convert else (lambda value: value)
