import csv
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from dacase.cases.rules import policy, search_key
from dacase.cases.rules.match import Identity, likeness, points, swapped
from dacase.cases.rules.names import SHORT, SPELLING, forms_of, is_one_name, name_keys, other_name_keys

NAMED = Identity("O’Placeholder", "Verity", date(1990, 3, 4))


@pytest.mark.parametrize(
    ("other", "points", "reasons"),
    [
        (
            Identity("O'PLACEHOLDER", "verity", date(1990, 3, 4)),
            100,
            ["Same family name", "Same given name", "Same date of birth"],
        ),
        (Identity("OPlaceholder", "Verity"), 55, ["Same family name", "Same given name"]),
        (
            Identity("Oplaceholdre", "Veritie", date(1990, 4, 3)),
            67,
            ["Similar family name", "Similar given name", "Same date of birth with day and month exchanged"],
        ),
        (
            Identity("Newname", "Verity", date(1990, 3, 4), "O’Placeholder, Vee"),
            95,
            ["Family name is another name of this person", "Same given name", "Same date of birth"],
        ),
        (
            Identity("OPlaceholder", "", date(1990, 3, 5)),
            50,
            ["Same family name", "Date of birth differs in one part"],
        ),
        (Identity("Elsewhere", "Otto", date(1990, 3, 4)), 45, ["Same date of birth"]),
        (Identity("Elsewhere", "Otto", date(1971, 8, 20)), 0, []),
        (Identity("", "Verity"), 25, ["The only name given is a name of this person"]),
    ],
)
def test_points_and_reasons(other, points, reasons):
    found = likeness(NAMED, other)
    assert (found.points, found.reasons) == (points, reasons)
    assert found.is_worth_showing is (points >= 50)
    assert likeness(other, NAMED).points == points


def test_a_nickname_in_the_other_names_counts():
    found = likeness(Identity("Sample", "Vee"), Identity("Sample", "Verity", None, "Vee"))
    assert found.reasons == ["Same family name", "Given name is another name of this person"]


def read_pairs():
    """tests/data/match_pairs.csv: two invented people, and the keys of the reasons for which they are like."""
    with (Path(__file__).parent.parent / "data" / "match_pairs.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        return list(csv.DictReader(file))


def side(row, which):
    born = row[f"{which}_born"]
    places = frozenset(filter(None, row[f"{which}_places"].split()))
    names = [row[f"{which}_{part}"] for part in ("family", "given")]
    return Identity(
        *names, date.fromisoformat(born) if born else None, row[f"{which}_other_names"],
        row[f"{which}_nhs"], row[f"{which}_pnc"], places,
        tuple(date.fromisoformat(day) for day in row[f"{which}_also_born"].split()),
    )  # fmt: skip


@pytest.mark.parametrize("row", read_pairs(), ids=lambda row: row["what"])
def test_every_invented_pair(row):
    one, other, keys = side(row, "one"), side(row, "other"), row["reasons"].split()
    expected = sum(points()[key][0] for key in keys), [points()[key][1] for key in keys]
    for found in (likeness(one, other), likeness(other, one)):
        assert (found.points, found.reasons) == expected
    assert likeness(one, other).is_worth_showing is (row["shown"] == "yes")


def test_every_line_of_points_is_reached_by_some_pair_and_worth_something():
    assert {key for row in read_pairs() for key in row["reasons"].split()} == set(points())
    assert all(worth > 0 and words for worth, words in points().values())


@pytest.mark.parametrize(
    ("born", "turned"),
    [(date(1990, 3, 4), date(1990, 4, 3)), (date(1990, 5, 5), None), (date(1990, 1, 31), None)],
)
def test_swapped_day_and_month(born, turned):
    assert swapped(born) == turned


def test_every_line_of_same_names_is_two_names_or_more_and_each_finds_the_others():
    """dacase/cases/data/same_names.csv."""
    lines = policy("same_names")
    assert len({(row["kind"], row["names"].split()[0]) for row in lines}) == len(lines)
    for row in lines:
        keys = [search_key(name) for name in row["names"].split()]
        assert row["kind"] in (SHORT, SPELLING)
        assert len(keys) == len(set(keys)) > 1, row
        assert all(len(key) > 1 for key in keys), row
        for one, other in permutations(keys, 2):
            assert is_one_name(one, other, row["kind"])
            assert other in forms_of([one], row["kind"])


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        ("", []),
        (" , ;", []),
        ("Vee", ["VEE"]),
        ("Vee, vee; VEE", ["VEE"]),
        ("O’Sample", ["OSAMPLE"]),
        ("Sample-Madeup", ["SAMPLEMADEUP", "SAMPLE", "MADEUP"]),
        ("Ann de Made", ["ANN", "DE", "MADE", "ANNDEMADE", "DEMADE"]),
    ],
)
def test_other_names_word_by_word_and_by_their_ends(names, keys):
    assert other_name_keys(names) == keys


def test_the_keys_of_a_person_fit_their_columns_whatever_was_typed():
    keys = name_keys("ß" * 100, "ﬃ" * 100, "x " * 250)
    assert (len(keys["family_name_key"]), len(keys["given_name_key"])) == (100, 100)


def test_a_name_in_no_list_has_no_other_form():
    assert not is_one_name("PLACEHOLDER", "SAMPLE", SHORT)
    assert not is_one_name("LIZ", "LIZ", SHORT)
    assert forms_of(["PLACEHOLDER"], SHORT, SPELLING) == []
