"""People who may be the ones that a referral names. Never anybody outside what the reader may open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet, Value, When

from dacase.agencies.models import Membership
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party, Person
from dacase.cases.rules import search_key
from referrals.models import ReferralPerson
from referrals.rules.match import Identity, Likeness, likeness, swapped

MOST_CANDIDATES = 400
MOST_SHOWN = 5
PREFIX = 3


@dataclass(frozen=True)
class Match:
    """A person who may be the named one: how like, and in which cases the reader finds them."""

    person: Person
    likeness: Likeness
    parties: Sequence[Party]

    @property
    def cases_as_victim(self) -> list[Case]:
        """The open cases about this person as victim-survivor."""
        return [party.case for party in self.parties if party.role == PartyRole.VICTIM and party.case.is_open]


def matches_for(membership: Membership, people: Sequence[ReferralPerson]) -> dict[UUID, list[Match]]:
    """For each of `people` (by id) the best matches among the persons of cases the membership may open.

    Two queries whatever the number of people. Best first, at most five each; nobody unlike.
    """
    if not people:
        return {}
    candidates = list(_candidates(membership, people))
    found = {one.pk: _best(one, candidates) for one in people}
    shown = {person.pk for ranked in found.values() for person, _ in ranked}
    parties = _parties_of(membership, shown)
    return {
        key: [Match(person, degree, parties[person.pk]) for person, degree in ranked]
        for key, ranked in found.items()
    }


def _candidates(membership: Membership, people: Iterable[ReferralPerson]) -> QuerySet[Person]:
    """Persons with the same beginning of the family name or a date of birth, the likeliest first.

    Equality and ranges only: under row security these stay index conditions, a trigram would not.
    """
    alike, births, keys = Q(), set(), set()
    for one in people:
        key = search_key(one.family_name)
        if key:
            start = key[:PREFIX]
            alike |= Q(family_name_key__gte=start, family_name_key__lt=start[:-1] + chr(ord(start[-1]) + 1))
            keys.add(key)
        if one.date_of_birth:
            births |= {one.date_of_birth, swapped(one.date_of_birth) or one.date_of_birth}
    if births:
        alike |= Q(date_of_birth__in=births)
    if not alike:
        return Person.objects.none()
    rank = models.Case(
        When(family_name_key__in=keys, date_of_birth__in=births, then=Value(0)),
        When(date_of_birth__in=births, then=Value(1)),
        When(family_name_key__in=keys, then=Value(2)),
        default=Value(3),
    )
    return (
        Person.objects.visible_to(membership)
        .filter(alike)
        .order_by(rank, "-created_at", "id")[:MOST_CANDIDATES]
    )


def _best(one: ReferralPerson, candidates: Iterable[Person]) -> list[tuple[Person, Likeness]]:
    named = Identity(one.family_name, one.given_name, one.date_of_birth)
    scored = [(person, likeness(named, _identity(person))) for person in candidates]
    worth = [pair for pair in scored if pair[1].is_worth_showing]
    return sorted(worth, key=lambda pair: -pair[1].points)[:MOST_SHOWN]


def _identity(person: Person) -> Identity:
    return Identity(person.family_name, person.given_name, person.date_of_birth, person.also_known_as)


def _parties_of(membership: Membership, person_ids: set[UUID]) -> dict[UUID, list[Party]]:
    grouped: dict[UUID, list[Party]] = defaultdict(list)
    if person_ids:
        parties = Party.objects.visible_to(membership).filter(person_id__in=person_ids)
        for party in parties.select_related("case").order_by("-case__opened_at", "id"):
            grouped[party.person_id].append(party)
    return grouped
