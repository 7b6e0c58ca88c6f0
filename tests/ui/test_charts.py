"""Charts: whole and harmless SVG, with every figure in the table."""

import re
from xml.etree import ElementTree as ET

import pytest

from dacase.ui import charts
from dacase.ui.charts import bar_chart, line_chart

ROWS = [("Moved to refuge", 42), ("Order granted", 63), ("Stayed at home", 118)]
SERIES = [
    (month, area, number)
    for number, (month, area) in enumerate((m, a) for m in ("Apr", "May") for a in ("East", "North"))
]


def one_of_each():
    return [
        bar_chart("Outcomes", ROWS, category="Outcome", value="Cases"),
        bar_chart("By area", SERIES, category="Month", value="Cases", series="Area"),
        line_chart("Over time", SERIES, category="Month", value="Cases", series="Area"),
    ]


def test_a_drawing_is_whole_and_holds_nothing_that_the_policy_blocks():
    for chart in one_of_each():
        for svg in (chart.svg, chart.svg_narrow):
            root = ET.fromstring(svg)  # noqa: S314 - our own drawing
            assert root.get("role") == "img"
            assert root.get("aria-label") == f"{chart.title}. {chart.caption}"
            names = {element.tag.split("}")[-1] for element in root.iter()}
            assert names <= {
                "svg",
                "g",
                "path",
                "text",
                "tspan",
                "line",
                "rect",
                "defs",
                "clipPath",
                "symbol",
                "use",
            }
            assert " style=" not in svg
            assert "href" not in svg


def test_two_drawings_share_no_id():
    every = [svg for chart in one_of_each() for svg in (chart.svg, chart.svg_narrow)]
    ids = [found for svg in every for found in re.findall(r'\bid="([^"]+)"', svg)]
    assert len(ids) == len(set(ids))


def test_the_table_has_every_figure():
    plain, stacked, _ = one_of_each()
    assert [[str(cell) for cell in row] for row in plain.table.rows] == [
        [label, str(number)] for label, number in ROWS
    ]
    assert [head.label for head in stacked.table.heads] == ["Month", "East", "North"]
    assert [[str(cell) for cell in row] for row in stacked.table.rows] == [
        ["Apr", "0", "1"],
        ["May", "2", "3"],
    ]


def test_the_caption_says_the_main_thing():
    assert (
        bar_chart("O", ROWS, category="O", value="C").caption
        == "Highest: Stayed at home, 118. Lowest: Moved to refuge, 42."
    )
    assert bar_chart("O", [], category="O", value="C").caption == "There are no figures for this yet."
    assert bar_chart("O", [("a", 5), ("b", 5)], category="O", value="C").caption == "All figures are 5."
    assert (
        bar_chart("O", [("a", 1200), ("b", None)], category="O", value="C").caption
        == "All figures are 1,200."
    )


def test_labels_cannot_break_out_of_the_drawing():
    chart = bar_chart(
        '"><script>', [("</text><script>alert(1)</script>", 3), ("a & b", 1)], category="C", value="V"
    )
    assert "<script" not in chart.svg
    ET.fromstring(chart.svg)  # noqa: S314 - our own drawing


def test_a_chart_is_drawn_once_for_the_same_figures(monkeypatch):
    calls = []
    real = charts._draw
    monkeypatch.setattr(charts, "_draw", lambda *given: calls.append(given) or real(*given))
    bar_chart("Outcomes", ROWS, category="Outcome", value="Cases")
    bar_chart("Outcomes", ROWS, category="Outcome", value="Cases")
    assert len(calls) == 2  # wide and narrow
    bar_chart("Outcomes", [*ROWS, ("Other", 1)], category="Outcome", value="Cases")
    assert len(calls) == 4


@pytest.mark.parametrize("number", [1, 6, 12])
def test_many_series_still_draw(number):
    rows = [(month, f"Agency {place}", place) for place in range(number) for month in ("Apr", "May", "Jun")]
    assert "<svg" in line_chart("Many", rows, category="Month", value="Cases", series="Agency").svg
    assert "<svg" in bar_chart("Many", rows, category="Month", value="Cases", series="Agency").svg
