"""Opening a case and putting people and places into it."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import LawfulBasis, LocationKind, PartyRole, Purpose, Scope, Sex
from dacase.cases.models import Case, Grant, Headline, Location, Party, Person
from dacase.cases.models.grant import permission_id


@dataclass(frozen=True)
class PersonDetails:
    """Identity as it is known now; `family_name` is the only part that is always there."""

    family_name: str
    given_name: str = ""
    also_known_as: str = ""
    date_of_birth: date | None = None
    sex: str = Sex.NOT_ASKED
    nhs_number: str = ""
    pnc_id: str = ""
    also_born_on: list[date] = field(default_factory=list)


@transaction.atomic
def open_case(*, victim: PersonDetails | Person, purpose: str = Purpose.SUPPORT, actor: Membership) -> Case:
    """Open a case about `victim`, with a grant of the whole file to the actor's agency.

    Args:
        victim: the victim-survivor's details, or the person when she is already known.
        purpose: of the grant, a value of choices.Purpose.
    Raises NotAllowed unless the role may edit cases.
    """
    check_may(actor, "edit_case")
    case = Case.objects.create(opened_at=timezone.now())
    Grant.objects.create(
        content_object=case,
        group_id=actor.agency.group_id,
        permission_id=permission_id("cases", Scope.CASE),
        purpose=purpose,
        lawful_basis=LawfulBasis.PUBLIC_TASK,
        reason="Opened the case",
        granted_by=actor,
    )
    record_event("case_opened", actor=actor, subject=case, case_id=case.pk)
    party = add_party(case, person=victim, role=PartyRole.VICTIM, actor=actor)
    Headline.objects.create(case=case, victim=party.person)
    return case


@transaction.atomic
def add_party(
    case: Case, *, person: PersonDetails | Person, role: str, relationship: str = "", actor: Membership
) -> Party:
    """Put a person into a case in a role (choices.PartyRole). Joining twice in one role gives the same party."""
    check_may(actor, "edit_case")
    if isinstance(person, PersonDetails):
        person = Person.objects.create(**vars(person))
    party, created = Party.objects.get_or_create(
        case=case, person=person, role=role, defaults={"relationship": relationship}
    )
    if created:
        record_event("party_added", actor=actor, subject=party, case_id=case.pk, data={"role": role})
    return party


@transaction.atomic
def add_location(party: Party, *, kind: str, value: str, actor: Membership) -> Location:
    """Record where a party can be found or reached (choices.LocationKind). The value enters no log.

    What is current already is given back: the same form sent twice makes one.
    """
    check_may(actor, "edit_case")
    party = Party.objects.lock(party.pk)
    entry = {"party": party, "kind": LocationKind(kind), "value": value}
    same = Location.objects.filter(until_on__isnull=True, **entry).first()
    if same is not None:
        return same
    location = Location.objects.create(case_id=party.case_id, **entry)
    record_event("location_added", actor=actor, subject=location, case_id=party.case_id, data={"kind": kind})
    return location


def set_headline(case_id: UUID, **changes: object) -> None:
    """Keep what lists show of a case: `band`, `band_set_on`, `worker`. Called by the services that change them."""
    headline = Headline.objects.select_for_update().get(case_id=case_id)
    for name, value in changes.items():
        setattr(headline, name, value)
    headline.save(update_fields=list(changes))
