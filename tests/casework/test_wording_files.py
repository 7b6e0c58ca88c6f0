"""Files of licensed wording: read whole or refused in plain words. Every sentence here is invented."""

import json

import pytest
from django.core.exceptions import ValidationError

from referrals.casework.rules.risk_assessment import topics
from referrals.casework.rules.wording import LONGEST_HELP, LONGEST_QUESTION, errors_of, read_wording
from tests.casework.builders import TOOLS

DARA = TOOLS["dara"]
CODES = list(topics(DARA))


def whole(**changes):
    """A row of every topic, as JSON would hold it."""
    return [
        {"code": code, "question": f"Does the invented moon number {code} sing?", "help": "Invented help"}
        for code in CODES
    ]


def as_csv(rows):
    lines = ["code,question,help", *(f'{row["code"]},"{row["question"]}","{row["help"]}"' for row in rows)]
    return "\n".join(lines).encode()


def errors(rows):
    found = read_wording(json.dumps(rows).encode(), name="file.json", tool=DARA)
    return [(row.number, row.code, error) for row in found for error in row.errors]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (as_csv(whole()), "file.csv"),
        (b"\xef\xbb\xbf" + as_csv(whole()), "FILE.CSV"),
        (json.dumps(whole()).encode(), "file.json"),
    ],
)
def test_a_right_file_is_read_whole(content, name):
    rows = read_wording(content, name=name, tool=DARA)
    assert errors_of(rows) == 0
    assert [row.code for row in rows] == CODES
    assert rows[0].question == "Does the invented moon number A01 sing?"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "file.csv", "lacks code"),
        (b"code,question\n", "file.csv", "no rows"),
        (b"[]", "file.json", "no rows"),
        (b"x" * (1024 * 1024 + 1), "file.csv", "smaller than 1MB"),
        (b"code,question\nA01,caf\xe9", "file.csv", "Save it again in UTF-8"),
        (b"code,question\nA01,a\x00b", "file.csv", "cannot be stored"),
        (b"code,question\nA01,x", "file.exe", "CSV or a JSON"),
        (b"code\nA01", "file.csv", "lacks question"),
        (b"code,question,colour\nA01,x,y", "file.csv", "do not know: colour"),
        (b"code,question,code\nA01,x,y", "file.csv", "same column twice"),
        (b'code,question\nA01,"open', "file.csv", "quotation marks"),
        (b"{not json", "file.json", "not JSON"),
        (b"[" * 100_000, "file.json", "not JSON"),
        (b'{"code": "A01"}', "file.json", "a list of topics"),
        (b'["A01"]', "file.json", "a list of topics"),
        (b'[{"code": "A01"}]', "file.json", "lacks question"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(content, name, words):
    with pytest.raises(ValidationError) as refusal:
        read_wording(content, name=name, tool=DARA)
    assert words in refusal.value.messages[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"code": "Z99"}, "no topic with this code"),
        ({"code": "A02"}, "stands in the file twice"),
        ({"question": "  "}, "Write the question"),
        ({"question": "x" * (LONGEST_QUESTION + 1)}, f"Shorten the question to {LONGEST_QUESTION}"),
        ({"help": "x" * (LONGEST_HELP + 1)}, f"Shorten the help to {LONGEST_HELP}"),
        ({"question": "a\x00b"}, "cannot be stored"),
        ({"question": "\ud800"}, "cannot be stored"),
        ({"question": 7}, "Write question as text"),
        ({"help": ["x"]}, "Write help as text"),
        ({"code": None}, "Write code as text"),
    ],
)
def test_a_wrong_row_is_told_by_its_number(change, words):
    rows = whole()
    rows[0] |= change
    found = errors(rows)
    assert any(words in error for _, _, error in found)
    assert {number for number, _, error in found if words in error} <= {1, 2}


def test_a_topic_without_a_row_is_told_by_its_code():
    assert errors(whole()[1:]) == [(0, "A01", "Decides whom they may see: this topic has no row")]


def test_a_row_with_too_many_cells_and_its_line_are_told():
    content = as_csv(whole()).replace(b'"Does the invented moon number A03 sing?"', b"Does it, and why")
    (wrong,) = [row for row in read_wording(content, name="file.csv", tool=DARA) if row.errors]
    assert (wrong.number, wrong.code) == (4, "A03")
    assert "more cells" in wrong.errors[0]
