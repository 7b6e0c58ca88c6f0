"""Recording what was said when consent was asked for. Nothing is ever changed: each act is a new record."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.choices import SUPPORTED, LawfulBasis
from dacase.cases.models import Case, Party
from dacase.ui.stale import StaleVersion
from referrals.casework.choices import ConsentAnswer, ConsentWay
from referrals.casework.models import ConsentRecord
from referrals.casework.rules.consent import ASKED, NOT_ASKED, Purpose, purposes, review_due_on
from referrals.casework.selectors.consent import deciders

GONE = "This purpose is not asked for any more"


@dataclass(frozen=True)
class Said:
    """What one person said to one purpose, and what follows.

    Args:
        answer: a value of choices.ConsentAnswer; WITHDRAWN only by withdraw_consent.
        answered_on: the day of the conversation, or on which it was decided not to ask.
        way: a value of choices.ConsentWay where somebody was asked.
        reason: why nobody asked; else what was said, where it helps.
        with_whom: the agencies by name, for a purpose that names them.
        goes_on: the agency goes on without consent. Then lawful_basis (cases.choices.LawfulBasis, not
            consent), necessity, proportionality and decided_by are needed.
        review_on: when it is looked at again; by data/consent_purposes.csv unless told.
        until_on: the last day for which it was given, or decided.
    """

    answer: str
    answered_on: date
    is_informed: bool
    way: str = ""
    reason: str = ""
    with_whom: str = ""
    why_not_informed: str = ""
    goes_on: bool = False
    lawful_basis: str = ""
    necessity: str = ""
    proportionality: str = ""
    decided_by: Membership | None = None
    review_on: date | None = None
    until_on: date | None = None


@transaction.atomic
def record_consent(
    party_id: UUID, *, purpose: str, said: Said, submission: UUID, actor: Membership
) -> ConsentRecord:
    """Record for the first time what a person said to a purpose. The same `submission` gives the same record.

    Raises NotAllowed, Party.DoesNotExist; ValidationError by field, also where something is recorded already:
    that is changed on its own page, where it can be read.
    """
    party = _lock(party_id, actor)
    party = party.double_of or party
    made = _made(submission, actor)
    if made is not None:
        return made
    found = purposes(timezone.localdate()).get(purpose)
    if found is None:
        raise ValidationError({"purpose": GONE})
    if party.role not in SUPPORTED:
        raise ValidationError({"party": "Select the victim-survivor or a child"})
    service = actor.agency if found.is_by_service else None
    said_before = ConsentRecord.objects.filter(purpose=purpose, service=service)
    if said_before.filter(party__in=Party.with_doubles.one_with(party)).exists():
        raise ValidationError(
            {"purpose": "Something is recorded for this already. Change it on its own line"}
        )
    return _add(party, found, service, 1, said, submission=submission, actor=actor)


@transaction.atomic
def change_consent(
    record_id: UUID, *, said: Said, version: int, submission: UUID, actor: Membership
) -> ConsentRecord:
    """Record that somebody now says, or that it was decided, otherwise. What stood before stays to be read.

    Raises NotAllowed, ConsentRecord.DoesNotExist, StaleVersion; ValidationError by field.
    """
    before = _standing(record_id, actor)
    return _made(submission, actor) or _follow(before, said, version, submission=submission, actor=actor)


@transaction.atomic
def withdraw_consent(
    record_id: UUID, *, said: Said, version: int, submission: UUID, actor: Membership
) -> ConsentRecord:
    """Record that consent which was given is withdrawn, from the day `said.answered_on` on.

    Whoever holds the file may record it: nobody is sent from one agency to another to be heard.
    Raises as change_consent; ValidationError too where no consent stands.
    """
    before = _standing(record_id, actor)
    made = _made(submission, actor)
    if made is not None:
        return made
    _check_fresh(before, version)
    if before.answer != ConsentAnswer.GIVEN:
        raise ValidationError("No consent is recorded here that could be withdrawn")
    if said.answered_on < before.answered_on:
        raise ValidationError({"answered_on": "The day must not be before the day on which it was given"})
    withdrawn = replace(said, answer=ConsentAnswer.WITHDRAWN, with_whom=before.with_whom)
    return _follow(before, withdrawn, version, submission=submission, actor=actor, is_withdrawal=True)


def _lock(party_id: UUID, actor: Membership) -> Party:
    """The party, a double too, its case locked: whoever records at the same time waits here."""
    check_may(actor, "record_consent")
    seen = Party.with_doubles.visible_to(actor)
    Case.objects.visible_to(actor).lock_of(seen, party_id)
    party = seen.get(pk=party_id)
    party.check_is_in_case()
    return party


def _standing(record_id: UUID, actor: Membership) -> ConsentRecord:
    """The newest record of the same person, purpose and service, of whatever age `record_id` is."""
    check_may(actor, "record_consent")
    asked = ConsentRecord.objects.visible_to(actor).get(pk=record_id)
    party = _lock(asked.party_id, actor)
    return _newest(party, asked.purpose, asked.service) or asked


def _newest(party: Party, purpose: str, service: Agency | None) -> ConsentRecord | None:
    same = ConsentRecord.objects.filter(party=party, purpose=purpose, service=service)
    return same.select_related("service", "recorded_by__user").order_by("-version").first()


def _made(submission: UUID, actor: Membership) -> ConsentRecord | None:
    return ConsentRecord.objects.filter(agency_id=actor.agency_id, submission=submission).first()


def _check_fresh(newest: ConsentRecord, version: int) -> None:
    if newest.version != version:
        raise StaleVersion(
            current={name: getattr(newest, name) for name in SHOWN},
            version=newest.version,
            saved_by=newest.recorded_by.user.name,
            saved_at=newest.recorded_at,
        )


SHOWN = ("answer", "answered_on", "way", "reason", "with_whom", "goes_on", "review_on", "until_on")


def _follow(
    before: ConsentRecord,
    said: Said,
    version: int,
    *,
    submission: UUID,
    actor: Membership,
    is_withdrawal: bool = False,
) -> ConsentRecord:
    _check_fresh(before, version)
    if said.answer == ConsentAnswer.WITHDRAWN and not is_withdrawal:
        raise ValidationError({"answer": "Use the page for withdrawing consent"})
    found = purposes(timezone.localdate()).get(before.purpose)
    if found is None:
        raise ValidationError(GONE)
    return _add(
        before.party, found, before.service, before.version + 1, said, submission=submission, actor=actor
    )


def _add(
    party: Party,
    purpose: Purpose,
    service: Agency | None,
    version: int,
    said: Said,
    *,
    submission: UUID,
    actor: Membership,
) -> ConsentRecord:
    said = _cleaned(said)
    _check(said, purpose, actor)
    review_on = said.review_on or review_due_on(
        purpose, said.answer, goes_on=said.goes_on, on=said.answered_on, until=said.until_on
    )
    facts = {name: getattr(said, name) for name in said.__dataclass_fields__}
    record = ConsentRecord.objects.create(
        **facts | {"review_on": review_on},
        submission=submission,
        case_id=party.case_id,
        party=party,
        purpose=purpose.code,
        service=service,
        version=version,
        agency=actor.agency,
        recorded_by=actor,
    )
    verb = "consent_withdrawn" if said.answer == ConsentAnswer.WITHDRAWN else "consent_recorded"
    data = {"kind": purpose.code, "answer": str(said.answer), "goes_on": said.goes_on}
    record_event(verb, actor=actor, subject=record, case_id=party.case_id, data=data)
    return record


def _cleaned(said: Said) -> Said:
    """Without what does not belong to the answer: a way where nobody was asked, a basis where nothing goes on."""
    words: dict[str, Any] = {
        name: value.strip() for name, value in vars(said).items() if isinstance(value, str)
    }
    said = replace(said, **words)
    if said.answer not in ASKED:
        said = replace(said, way="")
    if said.is_informed:
        said = replace(said, why_not_informed="")
    if not said.goes_on:
        said = replace(said, lawful_basis="", necessity="", proportionality="", decided_by=None)
    return said


def _check(said: Said, purpose: Purpose, actor: Membership) -> None:
    """Raise ValidationError with a message for every field that is wrong."""
    wrong = _wrong_answer(said, purpose) | _wrong_days(said)
    if said.goes_on:
        wrong |= _wrong_basis(said, actor)
    if wrong:
        raise ValidationError(wrong)


def _wrong_answer(said: Said, purpose: Purpose) -> dict[str, Any]:
    wrong = {}
    if said.answer not in ConsentAnswer.values:
        wrong["answer"] = "Select what was answered"
    if said.answer in ASKED and said.way not in ConsentWay.values:
        wrong["way"] = "Select how the answer was given"
    if said.answer in NOT_ASKED and not said.reason:
        wrong["reason"] = "Say why nobody asked"
    if purpose.names_agencies and not said.with_whom:
        wrong["with_whom"] = "Name the agencies"
    if not said.is_informed and not said.why_not_informed:
        wrong["why_not_informed"] = "Say why this person has not been told"
    if said.goes_on and said.answer == ConsentAnswer.GIVEN:
        wrong["goes_on"] = "Consent was given, so nothing goes on without it. Select “No”"
    return wrong


def _wrong_days(said: Said) -> dict[str, Any]:
    wrong = {}
    if said.answered_on > timezone.localdate():
        wrong["answered_on"] = "The day must be today or in the past"
    if said.until_on and said.until_on < said.answered_on:
        wrong["until_on"] = "The last day must not be before the day of the answer"
    if said.review_on and said.review_on < said.answered_on:
        wrong["review_on"] = "The review must not be before the day of the answer"
    elif said.review_on and said.until_on and said.review_on > said.until_on:
        wrong["review_on"] = "The review must not be after the last day"
    return wrong


def _wrong_basis(said: Said, actor: Membership) -> dict[str, Any]:
    wrong = {}
    if said.lawful_basis not in LawfulBasis.values or said.lawful_basis == LawfulBasis.CONSENT:
        wrong["lawful_basis"] = "Select the lawful basis. Consent cannot be it"
    if not said.necessity:
        wrong["necessity"] = "Say in your own words why it is necessary"
    if not said.proportionality:
        wrong["proportionality"] = "Say in your own words why it is no more than is needed"
    if said.decided_by is None or not deciders(actor).filter(pk=said.decided_by.pk).exists():
        wrong["decided_by"] = "Select who decided it"
    return wrong
