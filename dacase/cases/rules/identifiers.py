"""NHS number and PNC ID: one way to write them, and whether they can be right. Never a reason not to save."""

import re

# MoJ hmpps-person-record: the check letter of a PNC ID is the remainder by 23 of year and serial.
PNC_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"
PNC = re.compile(r"^(\d{4}|\d{2})/?(\d{1,7})([A-Z])$")


def normal_nhs_number(typed: str) -> str:
    """Ten digits without spaces or dashes; what is no such thing stays as typed, without outer spaces."""
    digits = re.sub(r"[\s-]", "", typed)
    return digits if digits.isascii() and digits.isdigit() else typed.strip()


def is_nhs_number(number: str) -> bool:
    """Whether a normal NHS number has the right check digit (NHS Data Dictionary: modulus 11)."""
    if not re.fullmatch(r"[0-9]{10}", number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, range(10, 1, -1), strict=False))
    check = 11 - total % 11
    return check != 10 and int(number[9]) == (0 if check == 11 else check)


def normal_pnc_id(typed: str, *, this_year: int) -> str:
    """`YYYY/NNNNNNNL`. A year of two digits is the latest that is not in the future; a short serial is padded.

    What is no such thing stays as typed, in capitals.
    """
    plain = re.sub(r"\s", "", typed).upper()
    found = PNC.match(plain)
    if not found:
        return plain
    year, serial, letter = found.groups()
    if len(year) == 2:
        century = this_year // 100
        year = f"{century if int(year) <= this_year % 100 else century - 1}{year}"
    return f"{year}/{serial.zfill(7)}{letter}"


def is_pnc_id(number: str) -> bool:
    """Whether a normal PNC ID has the right check letter."""
    found = re.fullmatch(r"[0-9]{2}([0-9]{2})/([0-9]{7})([A-Z])", number)
    return found is not None and found[3] == PNC_LETTERS[int(found[1] + found[2]) % 23]


def doubts(*, nhs_number: str, pnc_id: str) -> list[str]:
    """What to check again of two numbers that are saved as they are."""
    numbers = [
        ("NHS number", nhs_number, is_nhs_number(nhs_number)),
        ("PNC ID", pnc_id, is_pnc_id(pnc_id)),
    ]
    return [
        f"The {words} is saved as typed, but it cannot be right. Check it where it came from."
        for words, number, is_right in numbers
        if number and not is_right
    ]
