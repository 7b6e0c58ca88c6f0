"""The same figures on the page, in the files and from the command; nobody is named in any."""

import csv
import html
import io
import re
import zipfile

import pytest
from django.core.management import call_command
from python_calamine import CalamineWorkbook

from reporting.exports import FORMULA, NO_MOMENT, as_csv, as_xlsx, plain_text
from reporting.periods import parse_quarter
from reporting.returns import KINDS
from reporting.rules import file_name
from tests.cast import signed_in_client
from tests.jobs.conftest import broker, celery_app, relay, start, wait_for  # noqa: F401 - fixtures
from tests.reporting.asking import rows_of
from tests.reporting.world import NAME

QUARTER = parse_quarter("2026-Q1")


def figures_of_csv(content):
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [(line["measure"], line["breakdown_title"], int(line["value"])) for line in lines]


def figures_of_xlsx(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    titles = {row[0]: row[6] for row in book.get_sheet_by_name("Definitions").to_python()[1:]}
    lines = book.get_sheet_by_name("Figures").to_python()[4:]
    return [(titles[line[0]], line[2], int(line[3])) for line in lines]


def test_page_files_and_command_show_the_same_figures(counted, tmp_path):
    commissioner, made = counted
    browser = signed_in_client(commissioner)
    files = {ending: browser.get(f"/returns/{made.pk}/{ending}/") for ending in ("csv", "xlsx")}
    rows = figures_of_csv(files["csv"].content)
    assert ("referrals_received", "Police", 12) in rows
    assert ("placement_nights", "Total", 10) in rows
    assert figures_of_xlsx(files["xlsx"].content) == rows
    for ending, response in files.items():
        path = tmp_path / f"return.{ending}"
        call_command("make_return", "quarterly", period="2026-Q1", format=ending, output=str(path))
        assert path.read_bytes() == response.content
        assert response["Content-Disposition"] == f'attachment; filename="return-quarterly-2026-Q1.{ending}"'
        assert browser.get(f"/returns/{made.pk}/{ending}/").content == response.content
    assert sorted(figures_of_page(browser.get(f"/returns/{made.pk}/").content.decode())) == sorted(rows)


def figures_of_page(page):
    """The figures in the tables of the page, as in the files."""
    from html.parser import HTMLParser

    class Tables(HTMLParser):
        tables, cell, depth = [], None, 0

        def handle_starttag(self, tag, attrs):
            if tag == "table":
                self.tables.append([])
            elif tag == "tr":
                self.tables[-1].append([])
            elif tag in ("td", "th"):
                self.cell = ""

        def handle_endtag(self, tag):
            if tag in ("td", "th"):
                self.tables[-1][-1].append(self.cell.strip())
                self.cell = None

        def handle_data(self, data):
            if self.cell is not None:
                self.cell += data

    parser = Tables()
    parser.tables = []
    parser.feed(page.partition('<h2 class="govuk-heading-m">Totals</h2>')[2])
    keys = {measure.title: measure.key for measure in KINDS["quarterly"].measures}
    wholes, *parts = parser.tables
    noughts = [text.split("; ") for text in re.findall(r"None for: (.*)\.</p>", html.unescape(page))]
    found = [(keys[line[0]], "Total", int(line[1].replace(",", ""))) for line in wholes[1:]]
    for (head, *lines), none in zip(parts, noughts, strict=True):
        for line in [*lines[:-1], *([label] + ["0"] * (len(head) - 1) for label in none)]:
            found += [
                (keys[title], line[0], int(value.replace(",", "")))
                for title, value in zip(head[1:], line[1:], strict=True)
            ]
    return found


def test_no_part_of_a_file_names_anybody(counted):
    commissioner, made = counted
    content = signed_in_client(commissioner).get(f"/returns/{made.pk}/xlsx/").content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        text = "".join(parts.read(name).decode() for name in parts.namelist())
    names = [*NAME.split(), commissioner.user.name, commissioner.user.email, commissioner.agency.name]
    assert [name for name in names if name in text] == []
    assert "<dc:creator></dc:creator>" in text
    assert "<f>" not in text
    assert "http" not in text.replace("http://schemas.", "").replace("http://purl.org", "").replace(
        "http://www.w3.org", ""
    )


def test_no_page_names_anybody(counted):
    commissioner, made = counted
    browser = signed_in_client(commissioner)
    for url in ("/returns/", f"/returns/{made.pk}/", f"/returns/{made.pk}/csv/", "/"):
        assert not any(part in browser.get(url).content.decode() for part in NAME.split())


def test_a_file_is_the_same_bytes_on_another_day(counted, monkeypatch):
    rows = rows_of(counted[1], counted[0])
    first = as_xlsx("quarterly", QUARTER, rows)
    import time

    monkeypatch.setattr(time, "localtime", lambda *args: time.gmtime(NO_MOMENT.timestamp() + 10**8))
    assert as_xlsx("quarterly", QUARTER, rows) == first


def test_text_stays_text_and_numbers_numbers(counted):
    rows = rows_of(counted[1], counted[0])
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx("quarterly", QUARTER, rows)))
    for line in book.get_sheet_by_name("Figures").to_python()[4:]:
        assert [type(cell) for cell in line] == [str, str, str, float, str]
    assert as_csv("quarterly", QUARTER, rows).startswith(b"\xef\xbb\xbfperiod,measure,")
    assert "Children’s social care" in as_csv("quarterly", QUARTER, rows).decode()


@pytest.mark.parametrize("begin", FORMULA)
def test_what_a_spreadsheet_would_run_is_disarmed(begin):
    assert plain_text(f"{begin}1+1") == f"'{begin}1+1"
    assert plain_text("Plain") == "Plain"


def test_file_names_are_neutral():
    assert file_name("quarterly", "2026-Q2", "xlsx") == "return-quarterly-2026-Q2.xlsx"
