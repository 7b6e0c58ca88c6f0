"""Who a case is about: a victim-survivor, perpetrators and children, all invented."""

from dataclasses import dataclass
from datetime import date

from dacase.cases.choices import PartyRole, Sex
from dacase.demo import shares, words
from dacase.demo.chance import Dice


@dataclass(frozen=True)
class Someone:
    """A person in a role of one case. `is_known` says that the person's row exists already."""

    id: str
    party_id: str
    role: str
    given_name: str
    family_name: str
    date_of_birth: date | None
    sex: str
    relationship: str = ""
    is_known: bool = False

    @property
    def identity(self) -> dict[str, object]:
        return {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "date_of_birth": self.date_of_birth,
            "sex": self.sex,
        }


def household(dice: Dice, on: date, known: Someone | None = None) -> list[Someone]:
    """A household as it is on the day `on`, the victim-survivor first.

    Args:
        dice: decide everything.
        on: the day on which ages hold.
        known: somebody of another case who is the perpetrator of this one.
    """
    sex = Sex.MALE.value if dice.chance(shares.MALE_VICTIM) else Sex.FEMALE.value
    family = words.family_name(dice)
    by_child = known is None and dice.chance(shares.ADULT_CHILD)
    ages = "45-79" if by_child else dice.weighted(shares.VICTIM_AGES)
    victim = make(dice, PartyRole.VICTIM, sex, family, words.born(dice, ages, on))
    people = [victim, perpetrator(dice, victim, on, known=known, by_child=by_child)]
    if dice.chance(shares.SECOND_PERPETRATOR):
        people.append(make(dice, PartyRole.PERPETRATOR, Sex.MALE.value, words.family_name(dice),
                           words.born(dice, "19-58", on), "Relative of the perpetrator"))  # fmt: skip
    if not by_child and ages != "65-84" and dice.chance(shares.WITH_CHILDREN):
        people += children(dice, victim, on)
    return people


def perpetrator(dice: Dice, victim: Someone, on: date, *, known: Someone | None, by_child: bool) -> Someone:
    """The perpetrator and the relationship to the victim-survivor."""
    other = Sex.FEMALE.value if victim.sex == Sex.MALE else Sex.MALE.value
    if by_child:
        sex = Sex.MALE.value if dice.chance(0.8) else Sex.FEMALE.value
        relation = "Son" if sex == Sex.MALE else "Daughter"
        return make(
            dice, PartyRole.PERPETRATOR, sex, victim.family_name, words.born(dice, "18-24", on), relation
        )
    relation = dice.weighted(shares.RELATIONSHIPS)
    if known is not None:
        return Someone(known.id, dice.key(), PartyRole.PERPETRATOR.value, known.given_name, known.family_name,
                       known.date_of_birth, known.sex, "Ex-partner", is_known=True)  # fmt: skip
    if relation == "Husband" and other == Sex.FEMALE:
        relation = "Wife"
    family = victim.family_name if relation in {"Husband", "Wife", "Brother"} else words.family_name(dice)
    return make(dice, PartyRole.PERPETRATOR, other, family, words.born(dice, "19-58", on), relation)


def children(dice: Dice, victim: Someone, on: date) -> list[Someone]:
    """Children of the household, born after the victim-survivor was sixteen."""
    age = int((on - victim.date_of_birth).days / 365.25) if victim.date_of_birth else 0
    oldest = min(17, age - 16)
    found = []
    for _ in range(int(dice.weighted(shares.CHILDREN))):
        sex = Sex.FEMALE.value if dice.chance(0.5) else Sex.MALE.value
        born = words.born(dice, f"0-{max(0, oldest)}", on)
        relation = "Daughter" if sex == Sex.FEMALE else "Son"
        found.append(make(dice, PartyRole.CHILD, sex, victim.family_name, born, relation))
    return found


def make(dice: Dice, role: PartyRole, sex: str, family: str, born: date, relationship: str = "") -> Someone:
    """Somebody new in a role of the case."""
    given = words.given_name(dice, sex)
    return Someone(dice.key(), dice.key(), role.value, given, family, born, sex, relationship)
