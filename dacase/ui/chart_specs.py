"""Vega-Lite descriptions of the charts in dacase.ui.charts."""

import textwrap
from typing import Any

# The fonts that draw and measure; the page's style sheet then sets its own.
FONT = "Liberation Sans"
INK, QUIET, GRID = "#0b0c0c", "#484949", "#d9d9d9"
# Distinct to colour-blind readers, and dark enough on white; each series also has its own place,
# shape or dash.
COLOURS = ["#4f2779", "#28a197", "#d4641c", "#12436d", "#a02c6a", "#6b7280"]
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"]
DASHES = [[1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [1, 2]]
BAR, MOST_LABELLED, WIDE_ENOUGH = 34, 4, 400

Data = list[tuple[str, str, Any]]
Names = tuple[str, str, str]


def bars(data: Data, names: Names, width: int) -> dict[str, Any]:
    """Horizontal bars with their numbers; `width` in pixels."""
    _, value, series = names
    # A phone has no room for long names beside the bars, so they break into lines.
    data = [
        ("\n".join(textwrap.wrap(label, 20)) if width < WIDE_ENOUGH else label, *rest)
        for label, *rest in data
    ]
    labels = list(dict.fromkeys(label for label, _, _ in data))
    y = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": _labels(width)}
    x = {
        "field": "number",
        "type": "quantitative",
        "title": value,
        "axis": {"tickMinStep": 1, "format": ",~f", "tickCount": 5},
    }
    order = list(dict.fromkeys(name for _, name, _ in data))
    bar: dict[str, Any] = {"mark": {"type": "bar", "height": BAR * 0.68}, "encoding": {"y": y, "x": x}}
    layers = [bar]
    if series:
        bar["encoding"]["color"] = {
            "field": "series", "type": "nominal", "sort": order, "title": None,
            "scale": {"domain": order, "range": COLOURS[: len(order)]},
            "legend": {"orient": "top", "columns": 3 if width >= WIDE_ENOUGH else 2, "symbolType": "square"},
        }  # fmt: skip
        bar["encoding"]["order"] = {"field": "place"}
        bar["mark"] |= {"stroke": "#fff", "strokeWidth": 1}
    else:
        bar["mark"]["color"] = COLOURS[0]
        words = {"text": {"field": "number", "format": ",~f"}}
        layers.append({
            "mark": {"type": "text", "align": "left", "dx": 6, "fontWeight": 600, "fontSize": 14},
            "encoding": {"y": y, "x": {**x, "stack": None}, **words},
        })  # fmt: skip
    values = [
        {"label": label, "series": name, "number": number, "place": order.index(name)}
        for label, name, number in data
    ]
    return _whole(layers, values, width, BAR * len(labels) + (95 if series else 60))


def lines(data: Data, names: Names, width: int) -> dict[str, Any]:
    """Lines with points; up to four are named at their ends, more by a legend. `width` in pixels."""
    _, value, _ = names
    order = list(dict.fromkeys(name for _, name, _ in data))
    labels = list(dict.fromkeys(label for label, _, _ in data))
    named = 1 < len(order) <= MOST_LABELLED
    shown = _every(labels, 4 if width < WIDE_ENOUGH else 8)
    x = {
        "field": "label", "type": "ordinal", "sort": None, "title": None, "scale": {"type": "point", "padding": 0.3},
        "axis": {"labelAngle": 0, "values": shown, "labelOverlap": "greedy", "grid": False},
    }  # fmt: skip
    y = {
        "field": "number",
        "type": "quantitative",
        "title": value,
        "axis": {"tickMinStep": 1, "format": ",~f", "tickCount": 5},
    }
    scale = {"domain": order}
    colour = {
        "field": "series", "type": "nominal", "title": None, "scale": {**scale, "range": COLOURS[: len(order)]},
        "legend": {"orient": "top", "columns": 3} if len(order) > MOST_LABELLED else None,
    }  # fmt: skip
    both = {"x": x, "y": y, "color": colour}
    dash = {"field": "series", "scale": {**scale, "range": DASHES[: len(order)]}, "legend": None}
    shape = {"field": "series", "scale": {**scale, "range": SHAPES[: len(order)]}, "legend": None}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {**both, "strokeDash": dash}},
        {
            "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
            "encoding": {**both, "shape": shape},
        },
    ]
    if named:
        layers.append({
            "transform": [{"filter": {"field": "label", "equal": labels[-1]}}],
            "mark": {"type": "text", "align": "left", "dx": 9, "fontWeight": 600, "fontSize": 13},
            "encoding": {**both, "text": {"field": "series"}},
        })  # fmt: skip
    values = [{"label": label, "series": name, "number": number} for label, name, number in data]
    return _whole(layers, values, width, 300)


def _every(labels: list[str], most: int) -> list[str]:
    """At most about `most` of the labels, evenly spaced, the last one included."""
    step = -(-len(labels) // most) if labels else 1
    return labels[::-1][::step][::-1]


def _labels(width: int) -> dict[str, Any]:
    return {
        "labelLimit": width * 0.45,
        "labelExpr": "split(datum.label, '\\n')",
        "domain": False,
        "ticks": False,
        "grid": False,
        "labelPadding": 8,
    }


def _whole(layers: list[Any], values: list[Any], width: int, height: int) -> dict[str, Any]:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": values},
        "width": width,
        "height": height,
        # The text keeps its size: the plot gives way, not the letters.
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 4, "top": 6, "bottom": 4, "right": 14},
        "background": None,
        "layer": layers,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": 14, "titleFontSize": 14, "titleFontWeight": 400, "labelColor": INK, "titleColor": QUIET,
                "gridColor": GRID, "domainColor": QUIET, "tickColor": QUIET, "titlePadding": 8,
            },
            "legend": {"labelFontSize": 14, "labelColor": INK, "symbolSize": 130, "columnPadding": 16, "labelLimit": 200},
        },
    }  # fmt: skip
