"""People who may be the ones that a referral names: who is known, and whom to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import LocationKind, PartyRole
from dacase.cases.rules.location import match_key
from dacase.cases.rules.match import Identity, likeness
from dacase.cases.selectors.match import MOST_SHOWN, Match, agencies_to_ask, find_matches
from referrals.models import Referral, ReferralContact, ReferralPerson
from referrals.selectors.triage import waiting_or_lately_decided

__all__ = ["Match", "alike_referrals", "identity_of_named", "matches_for", "whom_to_ask"]

# How many referrals without a case are looked at, at most: the newest.
MOST_LOOKED_AT = 500


def matches_for(
    membership: Membership, people: Sequence[ReferralPerson], contact: ReferralContact | None = None
) -> dict[UUID, list[Match]]:
    """For each of `people` (by id) the best matches among the persons of cases the membership may open.

    Args:
        contact: how the victim-survivor can be reached; the same phone, e-mail or address is a reason.
    """
    named = [identity_of_named(one, contact) for one in people]
    return {one.pk: found for one, found in zip(people, find_matches(membership, named), strict=True)}


def whom_to_ask(
    membership: Membership, people: Sequence[ReferralPerson], *, about: UUID
) -> Mapping[UUID, list[Agency]]:
    """For each of `people` (by id) the agencies to ask about them, where the role may be told (logged)."""
    named = [identity_of_named(one) for one in people]
    told = agencies_to_ask(membership, named, about=about)
    return {one.pk: agencies for one, agencies in zip(people, told, strict=True)}


@dataclass(frozen=True)
class Alike:
    """Another referral that led to no case and may be about the same victim-survivor, and why."""

    referral: Referral
    reasons: Sequence[str]


def alike_referrals(membership: Membership, referral: Referral) -> list[Alike]:
    """Referrals here without a case, waiting or decided lately, about somebody like this one's victim-survivor.

    Whoever is in a case is found among people; before that, two agencies may have sent the same an hour apart.
    The likeliest first, and one query however many there are.
    """
    named = _victim_of(referral)
    others = waiting_or_lately_decided(membership).filter(case__isnull=True).exclude(pk=referral.pk)
    victims = ReferralPerson.objects.filter(role=PartyRole.VICTIM, referral__in=others)
    newest = victims.select_related(
        "referral__contact", "referral__sender_agency", "referral__outside_sender", "referral__held_by__user"
    ).order_by("-referral__received_at", "id")[:MOST_LOOKED_AT]
    scored = [(likeness(named, identity_of_named(one, one.referral.contact)), one.referral) for one in newest]
    found = sorted((pair for pair in scored if pair[0].is_worth_showing), key=lambda pair: -pair[0].points)
    return [Alike(other, degree.reasons) for degree, other in found[:MOST_SHOWN]]


def _victim_of(referral: Referral) -> Identity:
    people = referral.people.all()
    return identity_of_named(next(one for one in people if one.role == PartyRole.VICTIM), referral.contact)


def identity_of_named(one: ReferralPerson, contact: ReferralContact | None = None) -> Identity:
    """What is compared of somebody named in a referral."""
    places = _places(contact) if contact is not None and one.role == PartyRole.VICTIM else frozenset()
    return Identity(
        one.family_name,
        one.given_name,
        one.date_of_birth,
        one.also_known_as,
        one.nhs_number,
        one.pnc_id,
        places,
    )


def _places(contact: ReferralContact) -> frozenset[str]:
    kinds = {
        LocationKind.PHONE: contact.phone,
        LocationKind.EMAIL: contact.email,
        LocationKind.ADDRESS: contact.address,
    }
    return frozenset(key for key in (match_key(kind, value) for kind, value in kinds.items()) if key)
