"""Places in free text: a case’s known addresses, phone numbers and the like, wherever somebody wrote them down."""

import re
from collections.abc import Iterable, Iterator

from dacase.cases.rules.location import POSTCODE

# Shorter pieces of an address, such as a house number, also stand in harmless sentences.
SHORTEST_PLACE = 6
REMOVED = "[place removed]"


def without_places(text: str, places: Iterable[str]) -> str:
    """`text` with every mention of a known address, phone number, school or the like taken out.

    Free text does not keep to its box. The whole value is looked for, the first line of an address, its street
    and its postcode; phone numbers however they are spaced.
    """
    for pattern in _patterns(places):
        text = pattern.sub(REMOVED, text)
    return text


def names_a_place(text: str, places: Iterable[str]) -> bool:
    """Whether `text` mentions a known place, or any postcode at all: nobody writes one without an address."""
    return bool(POSTCODE.search(text.upper())) or any(pattern.search(text) for pattern in _patterns(places))


def _patterns(places: Iterable[str]) -> Iterator[re.Pattern[str]]:
    """What finds each piece of the places, the longest first."""
    pieces = {piece for value in places for piece in _pieces(value)}
    for letters in sorted(pieces, key=len, reverse=True):
        loose = r"[\W_]*".join(re.escape(letter) for letter in letters)
        yield re.compile(rf"(?<!\w){loose}(?!\w)", re.IGNORECASE)


def _pieces(place: str) -> Iterator[str]:
    """The letters and digits of a place, of its first line and street where they are long enough, of its postcode."""
    first_line = re.split(r"[,\n]", place, maxsplit=1)[0]
    numbered = re.match(r"\s*\d+\w?\s+(\w+\W+\w.*)", first_line)
    for piece in (place, first_line, numbered[1] if numbered else ""):
        letters = re.sub(r"[\W_]+", "", piece)
        if len(letters) >= SHORTEST_PLACE:
            yield letters
    if code := POSTCODE.search(place.upper()):
        yield code[1] + code[2]
