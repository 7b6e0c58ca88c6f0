"""Reading a table of published counts: what is taken, what is left out, what is told to be wrong."""

from datetime import date
from pathlib import Path

import pytest

from dacase.demo.published.table import Counted, PublishedError, add, read_table

TODAY = date(2026, 5, 20)
REAL = Path(__file__).parent.parent / "data" / "partner_measures_2019_20.csv"
HEAD = "measure,agency,month,value\n"


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "published.csv"
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return read_table(path, TODAY)


def mistakes(tmp_path, text) -> list[str]:
    with pytest.raises(PublishedError) as caught:
        read(tmp_path, text)
    return str(caught.value).splitlines()


def test_the_real_year_is_read_whole():
    table = read_table(REAL, TODAY)
    assert len(table.targets) == 36
    assert table.targets[Counted.REFERRALS, date(2019, 5, 1)].value == 52
    assert (
        sum(target.value for (measure, _), target in table.targets.items() if measure is Counted.REFERRALS)
        == 363
    )
    assert len(table.ignored) == 11
    assert "Referrals to IRIS programme" in table.ignored


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "Referrals to MARAC,marac,2020-04,3\n",
        "\ufeff" + HEAD + "Referrals to MARAC,marac,2020-04,3\r\n",
        '"Measure","Agency","Month","Value"\n"Referrals to MARAC","marac","2020-04","3"\n',
        "value,month,agency,note,measure\n 3 ,2020-04,,x, referrals  to marac \n",
        HEAD + "\nReferrals to MARAC,marac,2020-04,3\n\n",
    ],
    ids=[
        "plain",
        "with a mark and Windows lines",
        "quoted",
        "other order, spaces, more columns",
        "blank lines",
    ],
)
def test_spellings_of_the_same_table(tmp_path, text):
    (target,) = read(tmp_path, text).targets.values()
    assert (target.measure, target.month, target.value) == (Counted.REFERRALS, date(2020, 4, 1), 3)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("2020-13,3", "Line 2: “2020-13” is not a month. Write it as 2019-04."),
        ("2020-4,3", "is not a month"),
        ("April 2020,3", "is not a month"),
        (",3", "is not a month"),
        ("2020-00,3", "is not a month"),
        ("２０２０-04,3", "is not a month"),
        ("1999-12,3", "is before 2000"),
        ("2026-05,3", "has not ended yet"),
        ("2027-01,3", "has not ended yet"),
        ("2020-04,", "The value is empty."),
        ("2020-04,   ", "The value is empty."),
        ("2020-04", "The value is empty."),
        ("2020-04,1 360", "“1 360” is not a whole number"),
        ('2020-04,"1,360"', "“1,360” is not a whole number"),
        ("2020-04,-1", "is not a whole number"),
        ("2020-04,3.5", "is not a whole number"),
        ("2020-04,<5", "is not a whole number"),
        ("2020-04,n/a", "is not a whole number"),
        ("2020-04,٣", "is not a whole number"),
        ("2020-04,3\0", "is not a whole number"),
        ("2020-04,99999999999", "is not a whole number"),
        ("2020-04,20001", "20,001 in one month is more than can be made here"),
    ],
)
def test_mistakes_name_their_line(tmp_path, cells, words):
    head, line = mistakes(tmp_path, f"{HEAD}Referrals to MARAC,marac,{cells}\n")
    assert head == "The file has mistakes. Nothing was saved."
    assert line.startswith("Line 2: ")
    assert words in line


def test_the_month_that_has_just_ended_is_taken(tmp_path):
    assert read(tmp_path, f"{HEAD}Referrals to MARAC,marac,2026-04,1\n").targets


def test_all_mistakes_are_told_at_once_but_not_thousands(tmp_path):
    lines = mistakes(tmp_path, HEAD + "Repeat MARAC cases,marac,bad,1\n" * 30)
    assert len(lines) == 1 + 20 + 1
    assert lines[-1] == "and 10 more."


def test_a_month_given_twice_is_a_mistake(tmp_path):
    rows = "Repeat MARAC cases,marac,2020-04,1\nrepeat marac cases,police,2020-04,2\n"
    assert mistakes(tmp_path, HEAD + rows)[1] == "Line 3: Repeat MARAC cases in 2020-04 is on line 2 already."


def test_mistakes_of_measures_that_are_not_made_do_not_matter(tmp_path):
    table = read(tmp_path, f"{HEAD}Police recorded DA incidents,police,whenever,<5\n,,,\n")
    assert (table.targets, table.ignored) == ({}, ["Police recorded DA incidents", "(no name)"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "needs the columns measure, agency, month, value"),
        ("measure,month\n", "missing: agency, value"),
        (HEAD.encode() + b"\xff\xfe", "is not a text file in UTF-8"),
        (HEAD + '"open quote\n', "is not a table in CSV"),
    ],
)
def test_what_is_no_such_table(tmp_path, content, words):
    assert words in mistakes(tmp_path, content)[0]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(PublishedError, match=r"none\.csv cannot be read"):
        read_table(tmp_path / "none.csv", TODAY)


def test_months_are_counted_across_years():
    assert add(date(2020, 1, 1), -1) == date(2019, 12, 1)
    assert add(date(2019, 4, 1), -12) == date(2018, 4, 1)
    assert add(date(2019, 12, 1), 2) == date(2020, 2, 1)
