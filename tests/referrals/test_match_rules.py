from datetime import date

import pytest

from referrals.rules.match import Identity, likeness, swapped

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
            90,
            ["Family name is another name of this person", "Same given name", "Same date of birth"],
        ),
        (
            Identity("OPlaceholder", "", date(1990, 3, 5)),
            50,
            ["Same family name", "Date of birth differs in one part"],
        ),
        (Identity("Elsewhere", "Otto", date(1990, 3, 4)), 45, ["Same date of birth"]),
        (Identity("Elsewhere", "Otto", date(1971, 8, 20)), 0, []),
        (Identity("", "Verity"), 20, ["Same given name"]),
    ],
)
def test_points_and_reasons(other, points, reasons):
    found = likeness(NAMED, other)
    assert (found.points, found.reasons) == (points, reasons)
    assert found.is_worth_showing is (points >= 50)
    assert likeness(other, NAMED).points == points


def test_a_nickname_in_the_other_names_counts_as_similar():
    found = likeness(Identity("Sample", "Vee"), Identity("Sample", "Verity", None, "Vee"))
    assert found.reasons == ["Same family name", "Similar given name"]


@pytest.mark.parametrize(
    ("born", "turned"),
    [(date(1990, 3, 4), date(1990, 4, 3)), (date(1990, 5, 5), None), (date(1990, 1, 31), None)],
)
def test_swapped_day_and_month(born, turned):
    assert swapped(born) == turned
