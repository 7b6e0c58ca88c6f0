"""Rules of the case that need no row."""

import re
import secrets

# No vowels and no look-alikes: a reference spells no word and is easily read out on the phone.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"


def new_reference(prefix: str) -> str:
    """A random reference such as `C-7K2Q-94XD`: about 38 bits, tells neither volume nor time."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"


def search_key(name: str) -> str:
    """The form in which names are compared for search: upper case, letters and digits only."""
    return "".join(character for character in name.upper() if character.isalnum())


REFERENCE = re.compile(rf"^[A-Z]{{1,3}}-[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}$")


def looks_like_reference(words: str) -> bool:
    """Whether `words` is written like a reference rather than a surname."""
    return bool(REFERENCE.match(words.strip().upper()))
