"""Cases that somebody must not see: a colleague, a team, an agency; some bars have been lifted."""

from datetime import timedelta

from dacase.cases.models import Exclusion
from dacase.demo.chance import Dice, at_work
from dacase.demo.partners import BARRED
from dacase.demo.story.case_file import CaseFile

EVERY_PERSON, EVERY_TEAM, EVERY_AGENCY = 140, 610, 830
LIFTED = 0.2


def bar_some(dice: Dice, file: CaseFile, number: int) -> None:
    """Bar somebody from case `number` of the world where its turn has come. Nobody who works on it is barred."""
    colleague = file.teller.area["advocacy"].people[BARRED]
    if number % EVERY_PERSON == 5:
        bar(dice, file, colleague.person_group_id, "Knows the family; asked not to be involved")
    team = colleague.team_group_id
    if number % EVERY_TEAM == 9 and team and (file.worker is None or file.worker.team_group_id != team):
        bar(dice, file, team, "A member of the team is related to a party")
    if number % EVERY_AGENCY == 12:
        bar(dice, file, file.teller.area["housing"].group_id, "A party works for the agency")


def bar(dice: Dice, file: CaseFile, group_id: int, reason: str) -> None:
    """One exclusion, set in working hours soon after the case was opened; now and then lifted since."""
    now = file.teller.now
    set_at = min(at_work(dice, file.opened_at.date(), after=1), now - timedelta(minutes=30))
    lifted_at = at_work(dice, set_at.date() + timedelta(days=60))
    is_lifted = dice.chance(LIFTED) and lifted_at < now
    key = dice.key()
    file.teller.load.add(
        Exclusion, id=key, case_id=file.id, group_id=group_id, reason=reason, set_by_id=file.opened_by.id,
        set_at=set_at, lifted_at=lifted_at if is_lifted else None,
    )  # fmt: skip
    file.event("exclusion_set", at=set_at, by=file.opened_by, label="cases.exclusion", subject=key)
