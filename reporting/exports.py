"""Figures as files. Written from the same rows as the page, and the same bytes for the same return."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from reporting.periods import Quarter
from reporting.returns import KINDS, FigureRow
from reporting.selectors import MeasureFigures, by_measure

COLUMNS = ["period", "measure", "title", "breakdown", "breakdown_title", "value", "unit"]
# A spreadsheet program would run what begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheet programs sort and compare; the moment of counting is on the page, so that the same figures
# are the same bytes whenever and wherever they were counted.
NO_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
SMALL_NUMBERS = "Numbers below 5 may point to a person. Do not publish them as they are."


def as_csv(kind: str, quarter: Quarter, rows: list[FigureRow]) -> bytes:
    """One row a figure, in UTF-8 with a byte order mark, without which Excel misreads names like “Children’s”."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for figures in by_measure(rows):
        for code, label, value in [("", "Total", figures.total), *figures.parts]:
            measure = figures.measure
            cells = [quarter.code, measure.key, measure.title, code, label, value, measure.unit]
            writer.writerow([plain_text(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue().encode("utf-8-sig")


def plain_text(text: str) -> str:
    """Text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def as_xlsx(kind: str, quarter: Quarter, rows: list[FigureRow]) -> bytes:
    """A sheet of figures and a sheet of definitions. No formula, no link, no author."""
    import xlsxwriter

    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        title = f"{KINDS[kind].title}, {quarter.title}"
        book.set_properties({"title": title, "author": "", "created": NO_MOMENT.replace(tzinfo=None)})
        looks = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "whole": book.add_format({"bold": True, "num_format": "#,##0", "top": 1}),
            "whole_text": book.add_format({"bold": True, "top": 1}),
            "part": book.add_format({"num_format": "#,##0"}),
            "long": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        write_figures(book.add_worksheet("Figures"), title, by_measure(rows), looks)
        write_definitions(book.add_worksheet("Definitions"), kind, looks)
    return file.getvalue()


def write_figures(sheet: Any, title: str, figures: list[MeasureFigures], looks: dict[str, Any]) -> None:
    """One row a figure below a line of headings that stays when the sheet is scrolled."""
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 16)
    sheet.set_column(2, 2, 46)
    sheet.set_column(3, 3, 12)
    sheet.write_string(0, 0, title, looks["title"])
    sheet.write_string(1, 0, SMALL_NUMBERS)
    for column, head in enumerate(["Measure", "By", "Value", "Figure", "Unit"]):
        sheet.write_string(3, column, head, looks["head"])
    sheet.freeze_panes(4, 0)
    line = 4
    for one in figures:
        parts = [("Total", one.total), *((label, number) for _, label, number in one.parts)]
        for place, (label, number) in enumerate(parts):
            words = looks["whole_text"] if place == 0 else None
            sheet.write_string(line, 0, one.measure.title, words)
            sheet.write_string(line, 1, one.measure.breakdown if place else "", words)
            sheet.write_string(line, 2, label, words)
            sheet.write_number(line, 3, number, looks["part"] if place else looks["whole"])
            sheet.write_string(line, 4, one.measure.unit, words)
            line += 1
    sheet.autofilter(3, 0, line - 1, 4)


def write_definitions(sheet: Any, kind: str, looks: dict[str, Any]) -> None:
    """What each measure counts, in words."""
    heads = ["Measure", "Definition", "Rows counted", "Broken down by", "Unit", "Source", "Name in files"]
    for column, width in enumerate([32, 70, 44, 16, 14, 30, 22]):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heads[column], looks["head"])
    sheet.freeze_panes(1, 1)
    for line, one in enumerate(KINDS[kind].measures, start=1):
        cells = [one.title, one.definition, one.counted, one.breakdown, one.unit, one.source, one.key]
        for column, cell in enumerate(cells):
            sheet.write_string(line, column, cell, looks["long"])


Writer = Callable[[str, Quarter, list[FigureRow]], bytes]
FORMATS: dict[str, tuple[Writer, str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
