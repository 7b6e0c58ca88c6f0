"""What the pages of returns show: values for the components, no markup."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from dacase.jobs.models import JobState
from dacase.ui.charts import Chart, bar_chart
from dacase.ui.components import Column, Fact, Link, Metric, Number, Table, Tag, Text
from reporting.models import Return
from reporting.periods import parse_quarter
from reporting.rules import is_counted, title_of, was_unfinished
from reporting.selectors import MeasureFigures, by_measure, figure_rows

STATES = {
    JobState.QUEUED: Tag("Waiting", "new"),
    JobState.RUNNING: Tag("Being counted", "info"),
    JobState.DONE: Tag("Counted", "good"),
    JobState.FAILED: Tag("Not counted", "bad"),
}


@dataclass(frozen=True)
class Breakdown:
    """A table of a breakdown, and in words the parts that are nought in every column and so not in it."""

    table: Table
    noughts: list[str]

    @property
    def is_wide(self) -> bool:
        return len(self.table.columns) > 2


ON_CARDS = ["referrals_received", "dash_assessments", "marac_cases_heard", "placements_started", "turn_aways"]
# Measure, title, and whether its bars stand by size rather than in the order of the code list.
IN_CHARTS = [
    ("referrals_received", "Where referrals came from", True),
    ("dash_assessments", "Assessments by band", False),
]


def returns_table(returns: list[Return]) -> Table:
    """One row a return, each with a link to it."""
    rows = [
        [
            Link(
                parse_quarter(made.period).title, reverse("reporting:detail", args=[made.pk]), sub=made.period
            ),
            state_of(made),
            made.requested_at,
            made.requested_by.user.name,
        ]
        for made in returns
    ]
    return Table("Returns, the newest first", ["Quarter", "State", "Asked for", "By"], rows)


def state_of(made: Return) -> Tag:
    """The state of a return as a tag; an unfinished quarter is marked as such."""
    if was_unfinished(made):
        return Tag("Counted before the quarter ended", "warning")
    return STATES[JobState(made.job.state)]


def detail_context(made: Return) -> dict[str, Any]:
    """Everything on the page of one return."""
    figures = by_measure(figure_rows(made))
    return {
        "made": made,
        "job": made.job,
        "title": title_of(made),
        "quarter": parse_quarter(made.period),
        "counted": is_counted(made),
        "was_unfinished": was_unfinished(made),
        "cards": [
            Metric(one.measure.title, Number(one.total)) for one in figures if one.measure.key in ON_CARDS
        ],
        "charts": charts_of(figures),
        "wholes": wholes_table(figures),
        "breakdowns": breakdowns(figures),
        "definitions": [
            Fact(one.measure.title, Text(one.measure.definition, f"Counted in {one.measure.unit}."))
            for one in figures
        ],
    }


def charts_of(figures: list[MeasureFigures]) -> list[Chart]:
    """Drawn from the parts that are not nought; none where there is nothing to draw."""
    found = {one.measure.key: one for one in figures}
    charts = []
    for key, title, is_ranked in IN_CHARTS:
        parts = [(label, number) for _, label, number in found[key].parts if number] if key in found else []
        if parts:
            measure = found[key].measure
            if is_ranked:
                parts.sort(key=lambda part: -part[1])
            charts.append(
                bar_chart(title, parts, category=measure.breakdown, value=measure.unit.capitalize())
            )
    return charts


def wholes_table(figures: list[MeasureFigures]) -> Table:
    """The total of every measure."""
    rows = [[one.measure.title, Number(one.total)] for one in figures]
    return Table("Totals", ["Measure", Column("Figure", numeric=True)], rows, stacks=False)


def breakdowns(figures: list[MeasureFigures]) -> list[Breakdown]:
    """One table a breakdown: measures that share one stand beside each other as columns."""
    shared: dict[str, list[MeasureFigures]] = {}
    for one in figures:
        if one.parts:
            shared.setdefault(one.measure.breakdown, []).append(one)
    return [breakdown(title, together) for title, together in shared.items()]


def breakdown(title: str, figures: list[MeasureFigures]) -> Breakdown:
    """One row a code of the breakdown and one for the whole; a column a measure."""
    labels = {code: label for one in figures for code, label, _ in one.parts}
    numbers = [{code: number for code, _, number in one.parts} for one in figures]
    lines = {label: [column.get(code, 0) for column in numbers] for code, label in labels.items()}
    rows = [[label, *map(Number, values)] for label, values in lines.items() if any(values)]
    rows.append(["Total", *(Number(one.total) for one in figures)])
    columns: list[str | Column] = [title, *(Column(one.measure.title, numeric=True) for one in figures)]
    table = Table(f"By {title.lower()}", columns, rows, show_caption=True, stacks=len(columns) > 2)
    return Breakdown(table, [label for label, values in lines.items() if not any(values)])
