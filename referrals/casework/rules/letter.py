"""The letters and e-mails that can be written: data/letter_templates.csv. None says what it is about."""

from dataclasses import dataclass
from functools import cache

from referrals.casework.rules.tables import rows

VICTIM, PROFESSIONAL = "victim", "professional"
# What a text may be filled with: nothing that a person wrote, and nothing of any case.
FILLED = {VICTIM: frozenset({"phone", "worker"}), PROFESSIONAL: frozenset({"link"})}


@dataclass(frozen=True)
class LetterTemplate:
    """A letter. recipient: VICTIM or PROFESSIONAL; title: for who chooses it; body: its paragraphs."""

    code: str
    recipient: str
    title: str
    subject: str
    body: tuple[str, ...]

    def text(self, **values: str) -> str:
        """The letter with its values filled in, its paragraphs apart. KeyError where one is missing."""
        return "\n\n".join(paragraph.format(**values) for paragraph in self.body)


@cache
def letter_templates() -> dict[str, LetterTemplate]:
    """Every template by its code, in the order offered."""
    return {
        row["template"]: LetterTemplate(
            row["template"], row["recipient"], row["title"], row["subject"], tuple(row["body"].split("|"))
        )
        for row in rows("letter_templates")
    }


def first_name(name: str) -> str:
    """What a worker is called in a letter: a whole name, or that of an agency, may tell what it is about."""
    return name.split(" ", maxsplit=1)[0]
