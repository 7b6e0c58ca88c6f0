"""People who may be the ones that a referral names: who is known, and whom to ask."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import LocationKind, PartyRole
from dacase.cases.rules.location import match_key
from dacase.cases.rules.match import Identity
from dacase.cases.selectors.match import Match, agencies_to_ask, find_matches
from referrals.models import ReferralContact, ReferralPerson

__all__ = ["Match", "identity_of_named", "matches_for", "whom_to_ask"]


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
