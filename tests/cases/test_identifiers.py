"""Numbers and locations in the form in which they are compared."""

import pytest

from dacase.cases.rules.identifiers import doubts, is_nhs_number, is_pnc_id, normal_nhs_number, normal_pnc_id
from dacase.cases.rules.location import match_key, normal_form


@pytest.mark.parametrize(
    ("typed", "normal", "is_right"),
    [
        ("943 476 5919", "9434765919", True),  # the NHS Data Dictionary's own example
        ("943-476-5919", "9434765919", True),
        ("9434765918", "9434765918", False),
        ("1234567890", "1234567890", False),
        ("94347659", "94347659", False),
        (" not known ", "not known", False),
        ("", "", False),
    ],
)
def test_nhs_numbers(typed, normal, is_right):
    assert normal_nhs_number(typed) == normal
    assert is_nhs_number(normal) is is_right


@pytest.mark.parametrize(
    ("typed", "normal", "is_right"),
    [
        ("2015/0123456A", "2015/0123456A", None),
        ("15/123456a", "2015/0123456A", None),
        ("99/1N", "1999/0000001N", None),
        ("2001/0000001A", "2001/0000001A", None),
        ("no idea", "NOIDEA", False),
        ("", "", False),
    ],
)
def test_pnc_ids(typed, normal, is_right):
    assert normal_pnc_id(typed, this_year=2026) == normal
    if is_right is not None:
        assert is_pnc_id(normal) is is_right


def test_the_check_letter_of_a_pnc_id():
    """20/0000007 is 200000007, of which 23 leaves 2: the third letter of the list."""
    right = [letter for letter in "ZABCDEFGHJKLMNPQRTUVWXY" if is_pnc_id(f"2020/0000007{letter}")]
    assert right == ["ZABCDEFGHJKLMNPQRTUVWXY"[200000007 % 23]]


def test_what_cannot_be_right_is_doubted_and_nothing_else():
    assert doubts(nhs_number="9434765919", pnc_id="") == []
    assert len(doubts(nhs_number="1", pnc_id="1")) == 2


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("phone", "07700 900123", "+44 (0)7700 900 123", True),
        ("phone", "07700 900123", "0044 7700 900123", True),
        ("phone", "07700 900123", "07700 900124", False),
        ("email", "Vera@Example.org ", "vera@example.org", True),
        ("address", "Flat 2, 10 Invented Row, Northmoor, ZZ1 1ZZ", "flat 2 10 invented row zz11zz", True),
        ("address", "10 Invented Row, ZZ1 1ZZ", "12 Invented Row, ZZ1 1ZZ", False),
        ("address", "1 Invented Row, Northmoor", "1, Invented Row Northmoor", True),
        ("address", "Rose Cottage, ZZ1 1ZZ", "Lily Cottage, ZZ1 1ZZ", False),
    ],
)
def test_same_places(kind, one, other, same):
    assert (match_key(kind, one) == match_key(kind, other)) is same


def test_a_key_tells_nothing_and_schools_have_none(settings):
    key = match_key("phone", "07700 900123")
    assert key.startswith("phone:")
    assert "900123" not in key
    assert match_key("school", "Invented Primary") == match_key("phone", "none") == ""
    assert normal_form("email", "A@Example.org") == "a@example.org"
    settings.CONTEXT_KEY = "another"
    assert match_key("phone", "07700 900123") != key
