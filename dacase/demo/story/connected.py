"""Connected persons: a grandmother who has the children, a sister, a neighbour who holds a key."""

from datetime import timedelta

from dacase.cases.choices import PartyRole, Sex
from dacase.cases.models import Relationship
from dacase.demo import shares, words
from dacase.demo.chance import Dice
from dacase.demo.story.case_file import CaseFile, write_person
from dacase.demo.story.household import Someone, make

# Who it is: her words, how she stands to the victim-survivor (relationships.csv), and how old she is.
WHO = [("Mother", "parent", "66-84"), ("Sister", "sibling", "25-59"), ("Neighbour", "friend", "30-74")]
YOUNGEST_WITH_A_MOTHER = 45


def write_connected(file: CaseFile, dice: Dice) -> None:
    """For some cases a relative or neighbour; a mother also as the children's grandmother, whom she minds."""
    if not dice.chance(shares.CONNECTED):
        return
    born = file.victim.date_of_birth
    is_young = born is not None and (file.opened_at.date() - born).days < YOUNGEST_WITH_A_MOTHER * 365
    who, kind, ages = dice.pick(WHO if is_young else WHO[1:])
    family = words.family_name(dice) if who == "Neighbour" else file.victim.family_name
    on = file.opened_at.date()
    person = make(
        dice, PartyRole.CONNECTED, Sex.FEMALE.value, family, words.born(dice, ages, on), relationship=who
    )
    write_person(file, person)
    tie(file, dice, person, kind, file.victim)
    for child in file.children if who == "Mother" else []:
        tie(file, dice, person, "grandparent", child)
        tie(file, dice, person, "carer", child)


def tie(file: CaseFile, dice: Dice, person: Someone, kind: str, other: Someone) -> None:
    """One relationship, recorded when the case was opened."""
    file.teller.load.add(
        Relationship, id=dice.key(), case_id=file.id, party_id=person.party_id, kind=kind, other_id=other.party_id,
        recorded_at=file.opened_at + timedelta(hours=1), recorded_by_id=file.opened_by.id,
    )  # fmt: skip
