"""Known places in what somebody typed."""

import pytest

from dacase.cases.rules import places as rules

PLACES = [
    "12 Nowhere Lane, Inventville, ZZ1 1ZZ",
    "07700 900123",
    "St Made-Up’s School",
    "vera@example.org",
    "4",
]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("He waits at 12 Nowhere Lane, Inventville, ZZ1 1ZZ.", "He waits at [place removed]."),
        ("He waits at 12 nowhere LANE most days", "He waits at [place removed] most days"),
        ("call 07700-900 123 or (07700) 900123", "call [place removed] or ([place removed]"),
        ("the child goes to St Made Up's school", "the child goes to [place removed]"),
        ("write to vera@example.org", "write to [place removed]"),
        ("4 incidents in 12 months", "4 incidents in 12 months"),
        ("the house in Nowhere Lane", "the house in [place removed]"),
        ("she went back to zz11zz", "she went back to [place removed]"),
        ("12 Nowhere Lanes is another place", "12 Nowhere Lanes is another place"),
        ("", ""),
    ],
)
def test_known_places_are_taken_out_of_free_text(text: str, left: str) -> None:
    assert rules.without_places(text, PLACES) == left


def test_without_known_places_text_stays() -> None:
    assert rules.without_places("12 Nowhere Lane", []) == "12 Nowhere Lane"


@pytest.mark.parametrize(
    ("text", "names_one"),
    [
        ("Meet at the house in nowhere lane", True),
        ("Ring (07700) 900-123", True),
        ("Collect from St Made Up’s School", True),
        ("Go to AB1 2CD instead", True),
        ("Go to ab12cd instead", True),
        ("Pack 4 bags in Inventville before 12 December", False),
        ("Call 999", False),
        ("", False),
    ],
)
def test_a_text_that_names_a_place_is_found(text: str, names_one: bool) -> None:
    assert rules.names_a_place(text, PLACES) == names_one
