"""The kinds of abuse and the threshold of potential escalation, line by line."""

import re
from datetime import date

import pytest

from referrals.casework.rules.incident import counts_from, escalation_words, is_escalation, kinds, threshold
from referrals.casework.rules.tables import rows

TODAY = date(2026, 11, 28)


def test_every_kind_has_its_words_and_every_paragraph_of_the_act_a_kind():
    assert len(kinds()) == len(rows("abuse_types"))
    for kind in kinds().values():
        assert re.fullmatch(r"[a-z_]{1,20}", kind.code)
        assert kind.label
        assert kind.hint
        assert not kind.hint.endswith(".")
    assert [kind.act for kind in kinds().values() if kind.act] == ["a", "a", "b", "c", "d", "e"]
    assert {"physical", "sexual"} <= set(kinds()), "counted apart, though the Act has them in one paragraph"


def test_every_line_of_the_threshold_can_be_in_force():
    lines = rows("escalation")
    assert [line["from_date"] for line in lines] == sorted({line["from_date"] for line in lines})
    for line in lines:
        day = date.fromisoformat(line["from_date"])
        assert (threshold(day).incidents, threshold(day).months) == (
            int(line["incidents"]),
            int(line["months"]),
        )
        assert threshold(day).incidents >= 1
        assert threshold(day).months >= 1
        assert line["meaning"]
    with pytest.raises(KeyError):
        threshold(date(1990, 1, 1))


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 28), date(2025, 11, 28)),
        (date(2026, 1, 1), date(2025, 1, 1)),
        (date(2025, 3, 1), date(2024, 3, 1)),
        (date(2024, 2, 29), date(2023, 2, 28)),
        (date(2026, 12, 31), date(2025, 12, 31)),
    ],
)
def test_twelve_months_go_back_to_the_same_day_of_the_month(today, first):
    assert counts_from(today) == first


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "No incidents recorded in the last 12 months"),
        (1, "1 incident recorded in the last 12 months"),
        (2, "2 incidents recorded in the last 12 months"),
        (3, "3 incidents recorded in the last 12 months: this meets potential escalation"),
        (4, "4 incidents recorded in the last 12 months: this meets potential escalation"),
    ],
)
def test_three_in_twelve_months_are_potential_escalation_and_no_number_says_that_all_is_well(count, words):
    assert escalation_words(count, on=TODAY) == words
    assert is_escalation(count, on=TODAY) == (count >= 3)
