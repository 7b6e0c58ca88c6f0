"""Charts drawn on the server as SVG, each with its figures in a table.

A chart is decoration for a table: colour is never its only sign, and everything it shows is in the
figures below it. Drawing takes about 0.1 s, so the result is cached under a hash of what it shows.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

from dacase.ui.chart_specs import bars, lines
from dacase.ui.components import Column, Number, Table

WIDE, NARROW = 560, 330
KEPT = 24 * 3600
DRAWING = "2"  # raise when the drawing changes, or cached charts keep the old one
SVG = "http://www.w3.org/2000/svg"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Chart:
    """A drawn chart: its title, two widths of SVG, a sentence about it and its figures."""

    title: str
    svg: SafeString
    svg_narrow: SafeString
    caption: str
    table: Table


def bar_chart(
    title: str, rows: Sequence[Row], *, category: str, value: str, series: str = "", caption: str = ""
) -> Chart:
    """Bars from left to right, in the order given; stacked where there is a series.

    rows: (category, number), or (category, series, number) with `series` given. category, value and
    series name the columns of the figures. caption: a sentence; made from the figures unless given.
    """
    return _chart(bars, title, rows, (category, value, series), caption)


def line_chart(
    title: str, rows: Sequence[Row], *, category: str, value: str, series: str = "", caption: str = ""
) -> Chart:
    """Lines over categories in the order given, such as months; a name at the end of each. Arguments as bar_chart."""
    return _chart(lines, title, rows, (category, value, series), caption)


def _chart(spec: Any, title: str, rows: Sequence[Row], names: tuple[str, str, str], caption: str) -> Chart:
    data = [(str(row[0]), str(row[1]) if len(row) == 3 else "", row[-1]) for row in rows]
    caption = caption or _sentence(data)
    label = f"{title}. {caption}"
    wide, narrow = (_drawn(spec(data, names, width), label) for width in (WIDE, NARROW))
    return Chart(title, wide, narrow, caption, _figures(title, data, names))


def _figures(title: str, data: list[tuple[str, str, Any]], names: tuple[str, str, str]) -> Table:
    category, value, series = names
    if not series:
        return Table(
            title,
            [category, Column(value, numeric=True)],
            [[label, Number(number)] for label, _, number in data],
        )
    heads = list(dict.fromkeys(name for _, name, _ in data))
    cells = {(label, name): number for label, name, number in data}
    rows = [
        [label, *(Number(cells.get((label, head), "")) for head in heads)]
        for label in dict.fromkeys(label for label, _, _ in data)
    ]
    return Table(f"{title}: {value}", [category, *(Column(head, numeric=True) for head in heads)], rows)


def _sentence(data: list[tuple[str, str, Any]]) -> str:
    known = [row for row in data if row[2] is not None]
    if not known:
        return "There are no figures for this yet."
    most, least = max(known, key=lambda row: row[2]), min(known, key=lambda row: row[2])
    if most[2] == least[2]:
        return f"All figures are {most[2]:,}."
    return f"Highest: {_point(most)}. Lowest: {_point(least)}."


def _point(row: tuple[str, str, Any]) -> str:
    label, series, number = row
    return f"{label}{f', {series}' if series else ''}, {number:,}"


def _drawn(spec: dict[str, Any], label: str) -> SafeString:
    text = json.dumps([DRAWING, spec, label], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    key = f"dacase.ui.chart.{digest}"
    svg = cache.get(key)
    if svg is None:
        svg = _draw(spec, label, digest[:10])
        cache.set(key, svg, KEPT)
    return mark_safe(svg)  # noqa: S308 - made of parsed and rewritten XML


def _draw(spec: dict[str, Any], label: str, prefix: str) -> str:
    import vl_convert  # heavy: 0.6 s and 40 MB, and only pages with charts need it

    root = ET.fromstring(vl_convert.vegalite_to_svg(spec, vl_version="5.20"))  # noqa: S314 - our own drawing
    ET.register_namespace("", SVG)
    root.attrib.update({"role": "img", "aria-label": label, "focusable": "false"})
    root.attrib.pop("aria-roledescription", None)
    for element in root.iter():
        # Several drawings share a page, so their clip paths need names of their own.
        for name, text in list(element.attrib.items()):
            if name == "id":
                element.set(name, f"c{prefix}-{text}")
            elif text.startswith("url(#"):
                element.set(name, text.replace("url(#", f"url(#c{prefix}-"))
            elif name == "style" or (element is not root and name.startswith(("aria-", "role"))):
                del element.attrib[name]
    return ET.tostring(root, encoding="unicode")
