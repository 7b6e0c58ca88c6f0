"""Rules of the case that need no row."""

import csv
import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"
# The source of a line of a policy table that is our own default: a partnership sets its own (docs/rules.md).
NOT_VERIFIED = "not verified"


def is_verified(line: Mapping[str, str]) -> bool:
    """Whether a line of a policy table comes from a source that is named. Else it is our own default."""
    return line["source"] != NOT_VERIFIED


# No vowels and no look-alikes: a reference spells no word and is easily read out on the phone.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


def new_reference(prefix: str) -> str:
    """A random reference such as `C-7K2Q-94XD`: about 38 bits, tells neither volume nor time."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


# What Unicode does not take apart into a letter and its mark.
LETTERS = str.maketrans({"Ł": "L", "Ø": "O", "Đ": "D", "Æ": "AE", "Œ": "OE", "Ħ": "H"})


def search_key(name: str) -> str:
    """The form in which names are compared: upper case, letters and digits only, without accents."""
    plain = unicodedata.normalize("NFKD", name.upper().translate(LETTERS))
    return "".join(character for character in plain if character.isalnum())


REFERENCE = re.compile(rf"^[A-Z]{{1,3}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}$")


def looks_like_reference(words: str) -> bool:
    """Whether `words` is written like a reference rather than a surname."""
    return bool(REFERENCE.match(words.strip().upper()))


@cache
def policy(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`, read once per process."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def contact_method(method: str) -> dict[str, str]:
    """The line of contact_methods.csv for a value of choices.ContactMethod. Raises KeyError for another."""
    for row in policy("contact_methods"):
        if row["method"] == method:
            return row
    raise KeyError(method)


def plan_review_due_on(checked_on: date) -> date:
    """The last day on which a safe-contact plan that was checked on `checked_on` may still be followed.

    The days are those of plan_review.csv in force when it was checked. Raises ValueError before the first line.
    """
    in_force = [row for row in policy("plan_review") if row["from_date"] <= checked_on.isoformat()]
    if not in_force:
        raise ValueError(checked_on)
    newest = max(in_force, key=lambda row: row["from_date"])
    return checked_on + timedelta(days=int(newest["days"]))


def is_current_plan(checked_on: date, *, on: date) -> bool:
    """Whether a safe-contact plan that was checked on `checked_on` may be followed on the day `on`."""
    return on <= plan_review_due_on(checked_on)
