"""Recording what is known of a party and what a person answered, never over what a colleague saved meanwhile."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import PartyRole
from dacase.cases.models import ChildFacts, EqualityAnswers, ImmigrationStatus, Party, PartyNeeds, Person
from dacase.cases.rules.people import concession_ends_on
from dacase.cases.selectors.people import last_saved
from dacase.ui.stale import StaleVersion

Record = PartyNeeds | ChildFacts | ImmigrationStatus | EqualityAnswers
# Kept by the services and asked on no form.
KEPT = {"id", "case", "party", "person", "version", "updated_at", "updated_by"}


def questions(model: type[Any]) -> list[str]:
    """The names of a record's questions, in the order of its model."""
    return [field.name for field in model._meta.concrete_fields if field.name not in KEPT]


@transaction.atomic
def save_needs(party: Party, *, version: int, actor: Membership, **answers: Any) -> PartyNeeds:
    """Record language, pregnancy, pets and caring of a party.

    Args:
        version: the one that the actor saw, 0 where there was none. Raises StaleVersion.
        answers: the questions of PartyNeeds, each a code of its list.
    """
    check_may(actor, "edit_case")
    if answers.get("pregnant") != "yes":
        answers["due_on"] = None
    party = Party.objects.lock(party.pk)
    return _save(PartyNeeds, {"party": party}, party, version, actor, answers)


@transaction.atomic
def save_child_facts(party: Party, *, version: int, actor: Membership, **answers: Any) -> ChildFacts:
    """Record safeguarding and education of a child. Raises ValidationError for who is no child; as save_needs."""
    check_may(actor, "edit_case")
    party = Party.objects.lock(party.pk)
    if party.role != PartyRole.CHILD:
        raise ValidationError("Only a child has these answers")
    since, review = answers.get("safeguarding_since"), answers.get("safeguarding_review_on")
    if since and review and review < since:
        raise ValidationError({"safeguarding_review_on": "The review must be after the day it began"})
    return _save(ChildFacts, {"party": party}, party, version, actor, answers)


@transaction.atomic
def save_immigration(party: Party, *, version: int, actor: Membership, **answers: Any) -> ImmigrationStatus:
    """Record leave to stay, recourse to public funds and a concession, which ends three months on unless told.

    Raises NotAllowed for a role that does not work with it; ValidationError for an end before its beginning;
    as save_needs.
    """
    check_may(actor, "edit_case")
    check_may(actor, "view_immigration")
    party = Party.objects.lock(party.pk)
    answers["concession_ends_on"] = _end_of(
        answers.get("concession_granted_on"), answers.get("concession_ends_on")
    )
    return _save(ImmigrationStatus, {"party": party}, party, version, actor, answers)


def _end_of(granted: date | None, ends: date | None) -> date | None:
    if granted is None:
        if ends is not None:
            raise ValidationError({"concession_granted_on": "Enter the day on which it was given"})
        return None
    if ends is not None and ends <= granted:
        raise ValidationError({"concession_ends_on": "It must end after the day on which it was given"})
    try:
        return ends or concession_ends_on(granted)
    except ValueError as error:
        raise ValidationError(
            {"concession_granted_on": "The concession has been given since 16 February 2024"}
        ) from error


@transaction.atomic
def save_equality(party: Party, *, version: int, actor: Membership, **answers: Any) -> EqualityAnswers:
    """Record a person's own answers for equality monitoring, by way of a party of a case. As save_needs."""
    check_may(actor, "edit_case")
    party = Party.objects.lock(party.pk)
    person = Person.objects.select_for_update().get(pk=party.person_id)
    if answers.get("disability") not in ("not_limiting", "little", "lot"):
        answers["impairments"] = []
    return _save(EqualityAnswers, {"person": person}, party, version, actor, answers)


def _save(
    model: type[Any],
    owner: dict[str, Any],
    party: Party,
    version: int,
    actor: Membership,
    answers: dict[str, Any],
) -> Any:
    """Write the answers of a record whose owner is locked. An event names the questions, never the answers."""
    record = model.objects.visible_to(actor).filter(**owner).first()
    if (record.version if record else 0) != version:
        raise _stale(model, record)
    if record is None:
        kept = {} if model is EqualityAnswers else {"case_id": party.case_id}
        record = model(**owner, **kept, version=0)
    asked = [name for name in questions(model) if name in answers]
    changed = [name for name in asked if getattr(record, name) != answers[name]]
    for name in asked:
        setattr(record, name, answers[name])
    record.version += 1
    record.updated_at, record.updated_by = timezone.now(), actor
    record.save()
    record_event(
        "facts_changed",
        actor=actor,
        subject=record,
        case_id=party.case_id,
        data={"record": model._meta.model_name, "fields": changed},
    )
    return record


def _stale(model: type[Any], record: Any) -> Exception:
    if record is None:
        return ValidationError("This page is out of date. Open it again.")
    saved_by, saved_at = last_saved(record)
    current = {name: getattr(record, name) for name in questions(model)}
    return StaleVersion(current=current, version=record.version, saved_by=saved_by, saved_at=saved_at)
