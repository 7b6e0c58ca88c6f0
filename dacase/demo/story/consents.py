"""What invented people have said about consent, and what goes on where it was not safe to ask."""

from dataclasses import dataclass
from datetime import date, datetime

from dacase.cases.choices import LawfulBasis
from dacase.demo import case_words
from dacase.demo.story.casework import Desk
from referrals.casework.choices import ConsentAnswer, ConsentWay
from referrals.casework.models import ConsentRecord
from referrals.casework.rules.consent import purposes, review_due_on

# A service that no law asks to act goes on by its legitimate interests.
BASES = {"childrens": LawfulBasis.PUBLIC_TASK.value, "adults": LawfulBasis.PUBLIC_TASK.value}


@dataclass(frozen=True)
class Unasked:
    """That it was not safe to ask about MARAC, and that the agency goes on. `is_due`: the review has come."""

    is_due: bool


def write_consents(desk: Desk, unasked: Unasked | None) -> None:
    """Consent to support; about MARAC, what was `unasked`, or that consent was given where the case went there."""
    at = desk.later(desk.reached, within_hours=1)
    if at is None:
        return
    record(desk, "support", at=at)
    if unasked is not None:
        go_on_without(desk, at=at, is_due=unasked.is_due)
    elif desk.file.was_sent_to_marac:
        record(desk, "marac", at=at)


def record(desk: Desk, purpose: str, *, at: datetime) -> None:
    """That consent to `purpose` was asked for and given."""
    way = ConsentWay.PHONE if desk.file.is_safe_to_call else ConsentWay.IN_PERSON
    add(desk, purpose, ConsentAnswer.GIVEN, at=at, way=way.value, is_informed=True)


def go_on_without(desk: Desk, *, at: datetime, is_due: bool) -> None:
    """That it was not safe to ask about MARAC, on which basis the agency goes on, and who decided."""
    people = desk.file.teller.area[desk.support.key].people.values()
    managers = [one for one in people if one.role == "idva_manager"]
    add(
        desk, "marac", ConsentAnswer.NOT_SAFE, at=at, review_on=desk.now.date() if is_due else None,
        reason=desk.dice.pick(case_words.NOT_SAFE), is_informed=False, why_not_informed=case_words.NOT_INFORMED,
        goes_on=True, lawful_basis=BASES.get(desk.support.key, LawfulBasis.LEGITIMATE_INTERESTS.value),
        necessity=case_words.NECESSITY, proportionality=case_words.PROPORTIONALITY,
        decided_by_id=(managers or [desk.worker])[0].id,
    )  # fmt: skip


def add(
    desk: Desk, code: str, answer: ConsentAnswer, *, at: datetime, review_on: date | None = None,
    goes_on: bool = False, **values: str | bool,
) -> None:  # fmt: skip
    """One record of what the victim-survivor said to a purpose, with its review by the purpose's clock."""
    key, day = desk.dice.key(), at.date()
    purpose = purposes(day)[code]
    due = review_due_on(purpose, answer, goes_on=goes_on, on=day, until=None)
    desk.load.add(
        ConsentRecord, id=key, submission=desk.dice.key(), case_id=desk.file.id, party_id=desk.file.victim.party_id,
        purpose=code, service_id=desk.worker.agency_id if purpose.is_by_service else None, answer=answer.value,
        answered_on=day, goes_on=goes_on, review_on=review_on or due, agency_id=desk.worker.agency_id,
        recorded_by_id=desk.worker.id, recorded_at=at, **values,
    )  # fmt: skip
    desk.event(
        "consent_recorded",
        "casework.consentrecord",
        key,
        at=at,
        kind=code,
        answer=answer.value,
        goes_on=goes_on,
    )
