"""What is known of the people of an invented case: needs, a child's facts, immigration, equality answers, ties."""

from datetime import date, timedelta

from dacase.cases.choices import PartyRole
from dacase.cases.models import (
    ChildFacts,
    EqualityAnswers,
    ImmigrationStatus,
    PartyNeeds,
)
from dacase.cases.rules.people import concession_ends_on
from dacase.demo.chance import Dice
from dacase.demo.story.case_file import CaseFile
from dacase.demo.story.connected import tie, write_connected
from dacase.demo.story.household import Someone

LANGUAGES = {
    "english": 82,
    "polish": 3,
    "urdu": 3,
    "bengali": 2,
    "romanian": 2,
    "somali": 2,
    "bsl": 1,
    "not_asked": 5,
}
ETHNICITIES = {
    "white_british": 52, "white_other": 11, "asian_pakistani": 5, "asian_indian": 4, "black_african": 7,
    "black_caribbean": 4, "mixed_caribbean": 2, "other_arab": 2, "not_asked": 7, "not_known": 3, "prefer_not_to_say": 3,
}  # fmt: skip
SAFEGUARDING = {
    "none_known": 40,
    "early_help": 16,
    "child_in_need": 18,
    "child_protection": 12,
    "not_known": 6,
    "not_asked": 8,
}
# The first age, in years, at which a child is somewhere.
EDUCATION = [(16, "further"), (11, "secondary"), (4, "primary"), (2, "nursery"), (0, "not_yet")]
CONCESSION_FROM = date(2024, 2, 16)
DISABILITIES = {"no": 62, "little": 12, "lot": 6, "not_limiting": 5, "not_asked": 10, "prefer_not_to_say": 5}
# How the demo's words for a relationship stand in relationships.csv: perpetrator to victim-survivor.
TIES = {
    "Husband": "spouse", "Wife": "spouse", "Partner": "partner", "Ex-partner": "ex_partner", "Son": "child",
    "Daughter": "child", "Brother": "sibling",
}  # fmt: skip


def write_facts(file: CaseFile) -> None:
    """Answers for a case that is not old, each question asked of most people and not of all."""
    teller = file.teller
    if teller.is_brief or (teller.now - file.opened_at).days > 400:
        return
    at = file.opened_at + timedelta(hours=1)
    # Dice of their own: whatever is added here leaves the rest of the story as it was.
    dice = Dice(f"facts {file.id}")
    kept = {"case_id": file.id, "updated_at": at, "updated_by_id": file.opened_by.id}
    for person in file.people:
        if person.role == PartyRole.VICTIM:
            about_victim(file, person, kept, dice)
        elif person.role == PartyRole.CHILD:
            about_child(file, person, kept, dice)
        kind = TIES.get(person.relationship)
        if kind is not None and person.role != PartyRole.VICTIM:
            tie(file, dice, person, kind, file.victim)
    write_connected(file, dice)


def about_victim(file: CaseFile, victim: Someone, kept: dict[str, object], dice: Dice) -> None:
    """Language, pregnancy and pets; for a few, leave to stay that runs out soon; her own equality answers."""
    load = file.teller.load
    language = dice.weighted(LANGUAGES)
    foreign = language not in ("english", "not_asked")
    load.add(
        PartyNeeds, id=dice.key(), party_id=victim.party_id, language=language,
        interpreter="yes" if foreign and dice.chance(0.6) else "no",
        pregnant="yes" if victim.sex == "female" and dice.chance(0.07) else "no",
        pets=dice.pick(["yes", "no", "no", "not_asked"]), caring=dice.pick(["no", "no", "not_asked"]), **kept,
    )  # fmt: skip
    if foreign and dice.chance(0.3):
        given_on = file.teller.now.date() - timedelta(days=dice.randint(20, 80))
        # Nobody was given one before the concession began.
        granted = given_on if given_on >= CONCESSION_FROM and dice.chance(0.5) else None
        load.add(
            ImmigrationStatus, id=dice.key(), party_id=victim.party_id, status="partner_visa", no_recourse="yes",
            concession_granted_on=granted, concession_ends_on=concession_ends_on(granted) if granted else None, **kept,
        )  # fmt: skip
    if not victim.is_known:
        load.add(
            EqualityAnswers, id=dice.key(), person_id=victim.id, ethnicity=dice.weighted(ETHNICITIES),
            gender_identity=dice.pick(["same", "same", "same", "not_asked"]),
            orientation=dice.pick(["straight", "straight", "straight", "gay_or_lesbian", "not_asked", "prefer_not_to_say"]),
            disability=dice.weighted(DISABILITIES),
            religion=dice.pick(["none", "christian", "muslim", "not_asked", "prefer_not_to_say"]),
            updated_at=kept["updated_at"], updated_by_id=kept["updated_by_id"],
        )  # fmt: skip


def about_child(file: CaseFile, child: Someone, kept: dict[str, object], dice: Dice) -> None:
    """Safeguarding and education."""
    file.teller.load.add(
        ChildFacts, id=dice.key(), party_id=child.party_id, safeguarding=dice.weighted(SAFEGUARDING),
        education=education_of(child, file, dice), lives_with_victim=dice.pick(["yes", "yes", "yes", "no"]), **kept,
    )  # fmt: skip


def education_of(child: Someone, file: CaseFile, dice: Dice) -> str:
    """Where a child of that age is, asked of most."""
    if child.date_of_birth is None or dice.chance(0.06):
        return "not_asked"
    age = (file.opened_at.date() - child.date_of_birth).days / 365.25
    return next(place for first, place in EDUCATION if age >= first or first == 0)
