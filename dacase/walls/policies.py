"""The kinds of wall. A room lists its tables, each with one of these, in its `walls.py`.

Every wall makes forced row security, a policy that lets the owner work, the application's rights on the
table and its policies; and, where the model keeps history, the same for the history table.
"""

from dataclasses import dataclass, field

from django.db.models import Model

GROUPS = "(SELECT app_groups())"
AGENCY = "(SELECT app_agency())"
USER = "(SELECT app_user())"
# A grant that has begun and not ended.
RUNNING = (
    "valid_from <= statement_timestamp() AND (valid_until IS NULL OR valid_until > statement_timestamp())"
)
BARRED = "(SELECT app_barred_cases())::uuid[]"

WHOLE_FILE = (
    "CASE WHEN {c}.viewers_recheck_at IS NULL OR {c}.viewers_recheck_at > statement_timestamp()"
    " THEN {c}.viewer_groups && " + GROUPS + " ELSE app_holds_grant({c}.id, 'view_case') END"
)
SUMMARY = (
    "CASE WHEN {c}.viewers_recheck_at IS NULL OR {c}.viewers_recheck_at > statement_timestamp()"
    " THEN {c}.summary_groups && " + GROUPS + " ELSE app_holds_grant({c}.id, 'view_case_summary') END"
)


def whole_file(alias: str) -> str:
    """The condition that the case row `alias` is open to the acting agency as a whole file."""
    return WHOLE_FILE.format(c=alias)


def summary(alias: str) -> str:
    """The condition that the acting agency may know that the case row `alias` is open."""
    return SUMMARY.format(c=alias)


# The cases that are open to the reader as a whole file, by key alone. It looks with the owner's eyes and holds
# the case's own wall a second time: where a table asks it, PostgreSQL need not unfold that wall with its
# policies for each table of a page.
OPEN_CASES = (
    "CREATE OR REPLACE VIEW app_open_cases WITH (security_barrier) AS"
    f" SELECT c.id FROM cases_case c WHERE {whole_file('c')} AND NOT (c.id = ANY ({BARRED}))"
)


def in_open_case(column: str) -> str:
    """The condition that `column` names a case whose whole file is open.

    OFFSET 0 keeps it one index probe a row; without it the planner hashes every visible case.
    """
    return f"EXISTS (SELECT 1 FROM app_open_cases c WHERE c.id = {column} OFFSET 0)"


def rarely_in_open_case(column: str) -> str:
    """The same as `in_open_case`, for what few rows are ever asked: planned once a session and not with each
    statement, but ten times as dear a row.
    """
    return f"app_opens_case({column})"


def in_visible(parent: str, column: str) -> str:
    """The condition that `column` names a row of `parent` that its own policies show."""
    return f"EXISTS (SELECT 1 FROM {parent} p WHERE p.id = {column} OFFSET 0)"


@dataclass(frozen=True)
class Policy:
    """One permissive policy for the application: a command, what it shows, what it lets be written."""

    name: str
    using: str
    command: str = "ALL"
    check: str = ""


@dataclass(frozen=True)
class Wall:
    """A table's walls.

    Args:
        model: the model whose table, and history table where it has one, is walled.
        policies: what the application may reach; any of them is enough.
        rights: the application's rights on the table.
        case_column: the column with the case, so that exclusions bar the row whatever else lets it be
            seen. Empty where every policy goes through the case, which is barred itself.
        history: the condition for a history row; by default that its row is itself visible.
        history_case_column: like `case_column`, where `history` does not go through the case.
        append_only: the database refuses UPDATE, DELETE and TRUNCATE to everybody.
    """

    model: type[Model]
    policies: list[Policy]
    rights: str = "SELECT, INSERT, UPDATE"
    case_column: str = ""
    history: str = ""
    history_case_column: str = ""
    append_only: bool = False

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def history_model(self) -> type[Model] | None:
        manager = getattr(self.model, "history", None)
        return manager.model if manager is not None else None


def case_child(model: type[Model], column: str = "case_id", rights: str = "SELECT, INSERT, UPDATE") -> Wall:
    """A table whose rows belong to a case and are seen with its whole file."""
    condition = in_open_case(column)
    return Wall(model, [Policy("in_open_case", condition)], rights, history=condition)


def child_of(
    model: type[Model], parent: type[Model], column: str, rights: str = "SELECT, INSERT, UPDATE"
) -> Wall:
    """A table whose rows are seen with a row of `parent`."""
    condition = in_visible(parent._meta.db_table, column)
    return Wall(model, [Policy("with_its_parent", condition)], rights, history=condition)


def own_agency(model: type[Model], *, case_column: str = "", rights: str = "SELECT, INSERT, UPDATE") -> Wall:
    """A table whose rows belong to one agency and are seen by no other."""
    condition = f"agency_id = {AGENCY}"
    own = Policy("own_agency", condition)
    return Wall(model, [own], rights, case_column, history=condition, history_case_column=case_column)


@dataclass(frozen=True)
class Walls:
    """What a room declares: walled tables, tables that hold no case data, triggers, and figures' columns.

    Args:
        walled: one Wall a table that carries case data.
        open_tables: table -> the application's rights, for tables without case data.
        triggers: (name, table, "BEFORE INSERT OR UPDATE", function) of our own upkeep.
        figures: table -> columns that the login of returns may read; no name, location or free text.
    """

    walled: list[Wall] = field(default_factory=list)
    open_tables: dict[str, str] = field(default_factory=dict)
    triggers: list[tuple[str, str, str, str]] = field(default_factory=list)
    figures: dict[str, list[str]] = field(default_factory=dict)
