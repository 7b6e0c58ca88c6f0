"""People who may be the same as somebody: among the files that the reader may open, and whom else to ask."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_read
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Location, Party, Person
from dacase.cases.rules.match import Identity, Likeness, likeness, swapped
from dacase.cases.rules.names import MOST_ASKED, SHORT, SPELLING, forms_of, other_name_keys, words_of

MOST_CANDIDATES = 60
MOST_SHOWN = 5


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


def find_matches(membership: Membership, named: Sequence[Identity]) -> list[list[Match]]:
    """For each of `named`, in their order, the best matches among the persons of cases the membership may open.

    Two queries whatever the number of people. Best first, at most five each; nobody unlike. That a place is the
    same is a reason only where it stands in such a case, and its value is never read.
    """
    found = _candidates(named)
    parties = _parties_of(membership, {person_id for rows in found.values() for person_id in rows})
    return [_best(one, found.get(nth, {}), parties) for nth, one in enumerate(named)]


def matches_of(membership: Membership, person: Person) -> list[Match]:
    """Who else may be `person`, whom the reader sees."""
    (found,) = find_matches(membership, [identity_of(person, _places_of(membership, person))])
    return [match for match in found if match.person.pk != person.pk]


def agencies_to_ask(
    membership: Membership, named: Sequence[Identity], *, about: UUID | None = None
) -> list[list[Agency]]:
    """For each of `named` the agencies with a file, closed to the reader, on somebody who is certainly the same.

    Only for a role that may be told (roles.csv, `ask_other_agency`); nothing for anybody else. What the
    database leaves out is told in walls/matching.sql. Each time is logged, whatever the answer.

    Args:
        about: what the reader was looking at, for the log.
    """
    if not named or not membership.may("ask_other_agency"):
        return [[] for _ in named]
    record_read("cases:whom_to_ask", actor=membership, object_id=about)
    told: dict[int, set[UUID]] = defaultdict(set)
    for nth, agency_id in _ask("SELECT * FROM app_whom_to_ask(%s)", [_as_json(named)]):
        told[nth].add(agency_id)
    agencies = Agency.objects.in_bulk({key for keys in told.values() for key in keys})
    return [
        sorted((agencies[key] for key in told[nth]), key=lambda agency: agency.name)
        for nth in range(len(named))
    ]


def identity_of(person: Person, places: Iterable[str] = ()) -> Identity:
    """What is compared of a person."""
    return Identity(
        person.family_name,
        person.given_name,
        person.date_of_birth,
        person.also_known_as,
        person.nhs_number,
        person.pnc_id,
        frozenset(places),
        tuple(person.also_born_on),
    )


def _candidates(named: Sequence[Identity]) -> dict[int, dict[UUID, frozenset[str]]]:
    """Nth -> person -> the named places that this person has, of the likeliest persons the reader may see."""
    found: dict[int, dict[UUID, frozenset[str]]] = defaultdict(dict)
    if any(_is_asked(one) for one in named):
        rows = _ask("SELECT * FROM app_match_people(%s, %s)", [_as_json(named), MOST_CANDIDATES])
        for nth, person_id, places in rows:
            found[nth][person_id] = frozenset(places)
    return found


def _ask(query: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _is_asked(one: Identity) -> bool:
    return bool(one.family or one.births or one.nhs_number or one.pnc_id or one.places)


def _as_json(named: Iterable[Identity]) -> str:
    """The named as walls/matching.sql reads them."""
    return json.dumps(
        [
            {
                "family": one.family,
                "families": _families(one),
                "spellings": _spellings(one),
                "given": one.given,
                "givens": _givens(one),
                "births": [day.isoformat() for day in _births(one)],
                "nhs": one.nhs_number,
                "pnc": one.pnc_id,
                "places": sorted(one.places),
            }
            for one in named
        ]
    )


def _families(one: Identity) -> list[str]:
    """What is looked up by its likeness: the family name, and the other names as far as they may be one."""
    keys = dict.fromkeys([one.family, *other_name_keys(one.also_known_as)])
    return [key for key in keys if key][: MOST_ASKED + 1]


def _spellings(one: Identity) -> list[str]:
    """What is looked up as it stands: other spellings of the family name, and the parts of a double one."""
    return sorted({*forms_of([one.family], SPELLING), *one.family_parts} - {one.family})


def _givens(one: Identity) -> list[str]:
    """The given name, its words, and every form of each."""
    words = words_of(one.given_name)
    return sorted({one.given, *words, *forms_of(words, SHORT, SPELLING)} - {""})


def _births(one: Identity) -> list[date]:
    turned = swapped(one.date_of_birth) if one.date_of_birth else None
    return sorted(one.births | ({turned} if turned else set()))


def _best(
    one: Identity, candidates: dict[UUID, frozenset[str]], parties: dict[UUID, list[Party]]
) -> list[Match]:
    scored = []
    for person_id, places in candidates.items():
        here = parties.get(person_id)
        if here:
            person = here[0].person
            degree = likeness(one, identity_of(person, places))
            if degree.is_worth_showing:
                scored.append(Match(person, degree, here))
    return sorted(scored, key=lambda match: (-match.likeness.points, match.person.pk))[:MOST_SHOWN]


def _parties_of(membership: Membership, person_ids: set[UUID]) -> dict[UUID, list[Party]]:
    grouped: dict[UUID, list[Party]] = defaultdict(list)
    if person_ids:
        parties = Party.objects.visible_to(membership).filter(person_id__in=person_ids)
        for party in parties.select_related("person", "case").order_by("-case__opened_at", "id"):
            grouped[party.person_id].append(party)
    return grouped


def _places_of(membership: Membership, person: Person) -> list[str]:
    """The match keys of where the person can be reached in the cases that the reader may open."""
    keys = Location.objects.visible_to(membership).filter(party__person=person).exclude(match_key="")
    return list(keys.values_list("match_key", flat=True).distinct().order_by("match_key"))
