"""Changing what is known of somebody in a case, without overwriting what a colleague saved meanwhile."""

from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party, Person, SafeContactPlan
from dacase.cases.selectors.people import last_saved
from dacase.cases.services.case import PersonDetails, add_party
from dacase.ui.stale import StaleVersion

PLAN_FIELDS = (
    "safe_to_call", "safe_to_text", "safe_to_leave_message", "safe_to_write", "safe_times", "who_else_sees", "code_word",
)  # fmt: skip


@transaction.atomic
def add_person(
    case: Case, *, details: PersonDetails, role: str, relationship: str = "", actor: Membership
) -> Party:
    """Add somebody to a case as perpetrator, child or connected person (choices.PartyRole).

    A second person of the same name, date of birth and role is the same form sent twice: it gives the party
    that is there. Raises ValidationError for a second victim-survivor: hers is a case of its own.
    """
    check_may(actor, "edit_case")
    case = Case.objects.lock(case.pk)
    if role == PartyRole.VICTIM:
        raise ValidationError({"role": "A case is about one victim-survivor. Open another case for another."})
    same = Party.objects.filter(
        case=case,
        role=role,
        person__family_name=details.family_name,
        person__given_name=details.given_name,
        person__date_of_birth=details.date_of_birth,
    ).first()
    if same is not None:
        return same
    return add_party(case, person=details, role=role, relationship=relationship, actor=actor)


@transaction.atomic
def edit_person(
    party: Party, *, details: PersonDetails, relationship: str, version: int, actor: Membership
) -> Person:
    """Change what is known of a party's person, and the relationship to the victim-survivor.

    Args:
        version: the version of the person that the actor saw. Raises StaleVersion when it is not the newest.
    """
    check_may(actor, "edit_case")
    party = Party.objects.lock(party.pk)
    person = Person.objects.select_for_update().get(pk=party.person_id)
    if person.version != version:
        saved_by, saved_at = last_saved(person)
        current = asdict(details) | {name: getattr(person, name) for name in asdict(details)}
        current["relationship"] = party.relationship
        raise StaleVersion(current=current, version=person.version, saved_by=saved_by, saved_at=saved_at)
    changed = [name for name, value in asdict(details).items() if getattr(person, name) != value]
    if party.relationship != relationship:
        changed.append("relationship")
        party.relationship = relationship
        party.save(update_fields=["relationship"])
    for name, value in asdict(details).items():
        setattr(person, name, value)
    person.version += 1
    person.save()
    record_event(
        "person_changed", actor=actor, subject=party, case_id=party.case_id, data={"fields": sorted(changed)}
    )
    return person


@transaction.atomic
def save_safe_contact_plan(
    party: Party, *, version: int, actor: Membership, **answers: object
) -> SafeContactPlan:
    """Record or change how a party can be contacted without danger.

    Args:
        version: the version that the actor saw; 0 where there was no plan. Raises StaleVersion.
        answers: the fields of PLAN_FIELDS.
    Raises ValidationError when a message may be left although neither calls nor texts are safe.
    """
    check_may(actor, "edit_case")
    if answers.get("safe_to_leave_message") and not (
        answers.get("safe_to_call") or answers.get("safe_to_text")
    ):
        raise ValidationError(
            {"safe_to_leave_message": "Say that calls or texts are safe, or that messages are not"}
        )
    party = Party.objects.lock(party.pk)  # two first plans at once: one waits here
    plan = SafeContactPlan.objects.filter(party=party).select_related("updated_by__user").first()
    if (plan.version if plan else 0) != version:
        if plan is None:
            raise ValidationError("This page is out of date. Open it again.")
        raise StaleVersion(
            current={name: getattr(plan, name) for name in PLAN_FIELDS},
            version=plan.version,
            saved_by=plan.updated_by.user.name if plan.updated_by else "Somebody",
            saved_at=plan.updated_at,
        )
    plan = plan or SafeContactPlan(case_id=party.case_id, party=party, version=0)
    for name in PLAN_FIELDS:
        setattr(plan, name, answers[name])
    plan.version += 1
    plan.updated_at, plan.updated_by = timezone.now(), actor
    plan.save()
    record_event("safe_contact_changed", actor=actor, subject=plan, case_id=party.case_id)
    return plan
