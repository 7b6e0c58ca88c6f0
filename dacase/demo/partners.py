"""The agencies and people that the invented stories are about."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from dacase.agencies.models import Agency, Membership
from dacase.agencies.partnership import load_partnership, make_agency, make_membership, read_rows
from dacase.demo.chance import Dice

# Two more places for the benchmark: with Northmoor's 14 agencies they make 40. In Tinwick, which sees
# few cases, two services are shared with a neighbour and have no agency of their own.
SECOND, SMALL = "Southfen", "Tinwick"
MISSING_IN_SMALL = {"adults", "substance"}
# What one adviser takes on in a year: the middle of the guide of 60 to 80 (SafeLives, reviewing data).
CASES_A_WORKER = 70


@dataclass(frozen=True)
class Worker:
    """A membership, as rows name it."""

    id: str
    user_id: int
    agency_id: str
    role: str
    name: str
    person_group_id: int
    team_group_id: int | None


@dataclass(frozen=True)
class Partner:
    """An agency and its people; `may` lists them by verb of roles.csv."""

    key: str
    id: str
    group_id: int
    name: str
    kind: str
    people: dict[str, Worker] = field(default_factory=dict)
    may: dict[str, list[Worker]] = field(default_factory=dict)


@dataclass(frozen=True)
class Area:
    """A place with its partnership. `share` is its part of all cases."""

    place: str
    partners: dict[str, Partner]
    share: float = 1.0

    def __getitem__(self, key: str) -> Partner:
        return self.partners[key]

    def __contains__(self, key: str) -> bool:
        return key in self.partners

    def worker(self, dice: Dice, key: str, verb: str) -> Worker:
        """Somebody of the agency `key` whose role may do `verb`. Raises KeyError where nobody may."""
        return dice.pick(self.partners[key].may[verb])

    def name_of(self, worker: Worker) -> str:
        """The name of the agency that `worker` works for."""
        return next(partner.name for partner in self.partners.values() if partner.id == worker.agency_id)

    def able(self, verb: str) -> list[str]:
        """The keys of the agencies with somebody who may do `verb`."""
        return [key for key, partner in self.partners.items() if partner.may.get(verb)]


VERBS = [
    "make_referral", "triage_referral", "accept_referral", "assess_risk", "refer_to_marac", "manage_meeting",
    "record_hearing", "complete_action_point", "manage_placement", "view_case", "exclude_from_case",
    "supervise",
]  # fmt: skip
# A worker who is there to be barred: she takes cases on, and never those that she is barred from.
BARRED = "barred_colleague"


def work_from(first: date, using: str = "owner") -> None:
    """Whoever is named in a record worked there then: invented colleagues begin a month before `first`."""
    late = Membership.objects.using(using).filter(
        starts_on__gt=first, user__email__regex=r"@example\.(org|com|net)$"
    )
    late.update(starts_on=first - timedelta(days=31))


def area_of(place: str, memberships: dict[str, Membership], share: float = 1.0) -> Area:
    """The area whose people are `memberships`, by the keys of demo/users.csv."""
    agencies = {row["key"]: row["agency"] for row in read_rows("users")}
    partners: dict[str, Partner] = {}
    for key, membership in memberships.items():
        agency = membership.agency
        partner = partners.setdefault(
            agencies[key],
            Partner(agencies[key], text(agency.pk), agency.group_id, agency.name, agency.kind),
        )
        take_on(partner, key, membership)
    return Area(place, partners, share)


def take_on(partner: Partner, key: str, membership: Membership) -> None:
    """From now on `membership` works for the partner as `key`."""
    user, role = membership.user, membership.role
    worker = Worker(text(membership.pk), user.pk, partner.id, role, user.name, *bars(membership))
    partner.people[key] = worker
    for verb in VERBS:
        if membership.may(verb) and key != BARRED:
            partner.may.setdefault(verb, []).append(worker)


def bars(membership: Membership) -> tuple[int, int | None]:
    """The groups whose exclusions bar the person and her team."""
    return membership.user.group_id, membership.team.group_id if membership.team else None


def text(key: UUID) -> str:
    """A key as the rows of a load write it."""
    return key.hex


def northmoor(using: str = "owner") -> Area:
    """The demo's partnership: 14 agencies and 40 people, made where they are missing."""
    return area_of("Northmoor", load_partnership(using))


def forty_agencies(cases_a_year: float, using: str = "owner") -> list[Area]:
    """Northmoor with 60% of all cases, and two more places, the small one with 3%: 40 agencies together."""
    others = [(SECOND, 0.37, set()), (SMALL, 0.03, MISSING_IN_SMALL)]
    first = northmoor(using)
    areas = [
        Area(first.place, first.partners, 0.60),
        *(area_of(place, like_northmoor(place, missing, using), share) for place, share, missing in others),
    ]
    for area in areas:
        employ(area, round(cases_a_year * area.share / CASES_A_WORKER), using)
    return areas


def employ(area: Area, workers: int, using: str) -> None:
    """Give the area's advocacy service as many people as its cases ask for."""
    partner = area["advocacy"]
    agency = Agency.objects.using(using).get(pk=partner.id)
    for number in range(len(partner.people) + 1, workers + 1):
        row = {
            "name": f"Worker {number} Invented",
            "email": f"{area.place.lower()}.worker.{number}@example.org",
            "team": "IDVA",
            "role": "idva",
        }
        take_on(partner, f"advocacy_{number}", make_membership(row, agency, "!", using))


def like_northmoor(place: str, missing: set[str], using: str) -> dict[str, Membership]:
    """A partnership of the same kinds of agency in another place."""
    agencies = {
        row["key"]: make_agency(elsewhere(row, place), using)
        for row in read_rows("agencies")
        if row["key"] not in missing
    }
    return {
        row["key"]: make_membership(elsewhere(row, place), agencies[row["agency"]], "!", using)
        for row in read_rows("users")
        if row["agency"] in agencies
    }


def elsewhere(row: dict[str, str], place: str) -> dict[str, str]:
    """A row of the demo's agencies or users, moved to `place`. Its people have no password."""
    name = row["name"]
    if "agency" not in row:
        name = name.replace("Northmoor", place) if "Northmoor" in name else f"{place} {name}"
    return {**row, "name": name, "email": f"{place.lower()}.{row['email']}"}
