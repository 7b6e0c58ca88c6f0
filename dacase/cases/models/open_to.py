"""The two questions that every `visible_to` asks of a case, as SQL of their own.

Built of querysets they say the same. But a page asks them of twenty tables, and Django takes longer to put
the two subqueries together than PostgreSQL to answer them (docs/bench.md).
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, F, Func
from django.utils import timezone

from dacase.agencies.models import Membership

# No exclusion in force bars the person, her team or her agency from the case.
NOT_BARRED = (
    "{column} <> ALL (ARRAY(SELECT barring.case_id FROM cases_exclusion barring"
    " WHERE barring.lifted_at IS NULL AND barring.group_id IN %s))"
)
# A guardian permission that her agency holds, and that runs now.
HELD = (
    "{row}.group_id = %s AND {row}.permission_id IN %s AND {row}.valid_from <= %s"
    " AND ({row}.valid_until IS NULL OR {row}.valid_until > %s)"
)


class Condition(Func):
    """A condition on one column, in SQL of our own: `{column}` is the column and `{row}` its table there.

    `arguments` follow in the order of the placeholders; a list stands for `IN %s` and is given as a tuple.
    """

    output_field = BooleanField()
    sql = ""

    def __init__(self, column: str | F, *arguments: Any) -> None:
        super().__init__(F(column) if isinstance(column, str) else column)
        self.arguments = arguments

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # type: ignore[override]
        column, _ = compiler.compile(self.source_expressions[0])  # a column has no parameters
        return self.sql.format(column=column, row=column.rpartition(".")[0]), list(self.arguments)


class NotBarred(Condition):
    """Whether no exclusion in force bars the membership from the case, if there is one."""

    sql = f"({{column}} IS NULL OR {NOT_BARRED})"

    @classmethod
    def to(cls, membership: Membership, column: str) -> "NotBarred":
        return cls(column, tuple(membership.bar_group_ids()))


class OpenTo(Condition):
    """Whether the agency holds a current grant on the case that the column names, and nothing bars the membership."""

    sql = (
        "(EXISTS (SELECT 1 FROM cases_grant held WHERE held.content_object_id = {column} AND "  # noqa: S608 - ours
        + HELD.replace("{row}", "held")
        + f") AND {NOT_BARRED})"
    )

    @classmethod
    def to(cls, membership: Membership, column: str, permissions: Iterable[int]) -> "OpenTo":
        return cls(column, *held_by(membership, permissions), tuple(membership.bar_group_ids()))


class OpensCase(OpenTo):
    """The same, asked of the row of a grant itself. `column` holds its case."""

    sql = f"({HELD} AND {NOT_BARRED})"


def held_by(membership: Membership, permissions: Iterable[int]) -> tuple[Any, ...]:
    """What the placeholders of HELD stand for."""
    now = timezone.now()
    return membership.agency.group_id, tuple(permissions), now, now
