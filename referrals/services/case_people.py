"""From the people that a referral names to the parties, places and safe contact plan of a case."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.core.exceptions import ValidationError

from dacase.agencies.models import Membership
from dacase.cases.choices import LocationKind, PartyRole
from dacase.cases.models import Case, Location, Party, Person, SafeContactPlan
from dacase.cases.services.case import PersonDetails, add_location, add_party
from dacase.cases.services.person import PLAN_FIELDS, save_safe_contact_plan
from referrals.casework.services.story import begin_story
from referrals.models import Referral, ReferralPerson


def known_people(
    people: Sequence[ReferralPerson], known: Mapping[UUID, UUID], actor: Membership
) -> dict[UUID, Person]:
    """The persons that `known` (referral person -> person) names, by referral person.

    Raises ValidationError for a person outside what the actor may open, and for one person taken twice.
    """
    wanted = {one.pk: known[one.pk] for one in people if one.pk in known}
    found = {person.pk: person for person in Person.objects.visible_to(actor).filter(pk__in=wanted.values())}
    if set(wanted.values()) - set(found):
        raise ValidationError("One of the people selected is not known here. Look again")
    if len(set(wanted.values())) < len(wanted):
        raise ValidationError("Two people of this referral cannot be the same person. Check your answers")
    return {key: found[value] for key, value in wanted.items()}


def person_of(named: ReferralPerson, persons: Mapping[UUID, Person]) -> Person | PersonDetails:
    """The known person, or the details with which a new one is made."""
    return persons.get(named.pk) or PersonDetails(
        family_name=named.family_name,
        given_name=named.given_name,
        date_of_birth=named.date_of_birth,
        sex=named.sex,
        also_known_as=named.also_known_as,
        nhs_number=named.nhs_number,
        pnc_id=named.pnc_id,
    )


def check_same_group(case: Case, people: Sequence[ReferralPerson], persons: Mapping[UUID, Person]) -> None:
    """Raise ValidationError unless `case` is about the referral's victim-survivor and its perpetrators."""
    parties = {(party.role, party.person_id) for party in Party.objects.filter(case=case)}
    for one in people:
        person = persons.get(one.pk)
        inside = person is not None and (one.role, person.pk) in parties
        if one.role == PartyRole.VICTIM and not inside:
            raise ValidationError("This case is about another victim-survivor. Open a new case")
        if one.role == PartyRole.PERPETRATOR and not inside:
            raise ValidationError("This case is about another perpetrator. Open a new case")


def fill_case(case: Case, referral: Referral, persons: Mapping[UUID, Person], *, actor: Membership) -> None:
    """Add to `case` whoever and whatever of the referral it does not have yet."""
    victim = Party.objects.select_related("person").get(case=case, role=PartyRole.VICTIM)
    for one in referral.people.all():
        if one.role != PartyRole.VICTIM:
            person = person_of(one, persons)
            add_party(case, person=person, role=one.role, relationship=one.relationship, actor=actor)
    begin_story(case, referral.what_happened, actor=actor)
    _add_places(victim, referral, actor)
    _add_plan(victim, referral, actor)


def _add_places(victim: Party, referral: Referral, actor: Membership) -> None:
    contact = referral.contact
    here = set(Location.objects.filter(party=victim).values_list("kind", "value"))
    for kind, value in (
        (LocationKind.PHONE, contact.phone),
        (LocationKind.EMAIL, contact.email),
        (LocationKind.ADDRESS, contact.address),
    ):
        if value and (kind, value) not in here:
            add_location(victim, kind=kind, value=value, actor=actor)


def _add_plan(victim: Party, referral: Referral, actor: Membership) -> None:
    """The referral's answers become the first plan. One that is there stays: a newer referral may know less."""
    if not SafeContactPlan.objects.filter(party=victim).exists():
        answers = {name: getattr(referral.contact, name) for name in PLAN_FIELDS}
        save_safe_contact_plan(victim, version=0, actor=actor, **answers)
