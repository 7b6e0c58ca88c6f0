"""The file of one case while its story is told; written when the story has ended."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from dacase.audit.models import Event, Read
from dacase.cases.choices import LawfulBasis, LocationKind, PartyRole, Scope
from dacase.cases.models import Case, Grant, Headline, Location, Party, Person, SafeContactPlan
from dacase.cases.rules.location import match_key
from dacase.cases.rules.names import name_keys
from dacase.demo import words
from dacase.demo.chance import LONDON, Dice
from dacase.demo.loader import Loader
from dacase.demo.partners import Area, Worker
from dacase.demo.story.household import Someone
from dacase.demo.story.support import Support, write_support


@dataclass(frozen=True)
class Teller:
    """What every story of one area shares. Nothing happens after `now`.

    `permissions` are guardian's permission ids by codename. `is_brief` leaves out the answers of old risk
    assessments and most of the read log, for loads of many thousand cases.
    """

    dice: Dice
    area: Area
    load: Loader
    now: datetime
    permissions: dict[str, int]
    is_brief: bool = False
    # How much work waits: referrals at the front door, routes at a service, candidates for MARAC.
    waiting: Counter[str] = field(default_factory=Counter)


@dataclass
class Access:
    """A grant to one agency in one scope."""

    began: datetime
    purpose: str
    by: Worker
    reason: str
    until: datetime | None = None


@dataclass
class CaseFile:
    """A case that is being told."""

    teller: Teller
    people: list[Someone]
    opened_at: datetime
    opened_by: Worker
    source: str
    id: str = ""
    reference: str = ""
    closed_at: datetime | None = None
    band: str = ""
    band_set_on: date | None = None
    first_assessed_on: date | None = None
    review_due_on: date | None = None
    is_safe_to_call: bool = True
    risk: dict[str, Any] = field(default_factory=dict)
    # The newest assessment, when it was made and by whom, where its band is a judgement.
    judged: tuple[str, datetime, Worker] | None = None
    worker: Worker | None = None
    last_at: datetime = datetime(2000, 1, 1, tzinfo=LONDON)
    heard_on: list[date] = field(default_factory=list)
    was_sent_to_marac: bool = False
    grants: dict[tuple[str, str], Access] = field(default_factory=dict)
    support: dict[str, Support] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = self.id or self.teller.dice.key()
        self.reference = self.reference or self.teller.dice.reference("C")
        self.happened(self.opened_at)

    @property
    def victim(self) -> Someone:
        return self.people[0]

    @property
    def children(self) -> list[Someone]:
        return [person for person in self.people if person.role == PartyRole.CHILD]

    def happened(self, at: datetime) -> None:
        """Note that the file was worked on, so that it closes later than that."""
        self.last_at = max(self.last_at, at)

    def grant(self, key: str, purpose: str, *, at: datetime, by: Worker, scope: str = Scope.CASE.value,
              reason: str = "", until: datetime | None = None) -> None:  # fmt: skip
        """Let the agency `key` see the case from `at`; a grant that runs already stays as it is."""
        if key in self.teller.area and (key, scope) not in self.grants:
            self.grants[key, scope] = Access(at, purpose, by, reason, until)

    def begin_support(self, key: str, worker: Worker, *, at: datetime, route: str, priority: str) -> None:
        """The service `key` begins to support; where it does so already, `worker` goes on with it."""
        if key in self.support:
            self.support[key].worker = worker
            return
        support = self.support[key] = Support(self.teller.dice.key(), key, worker, at, route, priority)
        self.event("episode_begun", at=at, by=worker, label="casework.episode", subject=support.id)

    def event(self, verb: str, *, at: datetime, by: Worker, label: str = "cases.case", subject: str = "",
              **data: str | list[str]) -> None:  # fmt: skip
        """Write into the event log that `by` did `verb` to the model `label`."""
        self.happened(at)
        self.teller.load.add(
            Event, at=at, verb=verb, actor_id=by.id, agency_id=by.agency_id,
            case_id=self.id, subject_type=label, subject_id=subject or self.id, data=data,
        )  # fmt: skip

    def read(self, page: str, *, at: datetime, by: Worker, object_id: str | None = None) -> None:
        """Write into the read log that `by` opened `page`."""
        if at < self.teller.now:
            self.teller.load.add(
                Read, at=at, user_id=by.user_id, actor_id=by.id, agency_id=by.agency_id,
                page=page, case_id=self.id, object_id=object_id,
            )  # fmt: skip

    def close_in_time(self, days: int) -> None:
        """Close the file `days` after the last work on it, if that day has come."""
        closed = self.last_at + timedelta(days=days)
        closed = closed.replace(hour=9 + closed.minute % 8)
        if closed < self.teller.now:
            self.closed_at = closed


def write(file: CaseFile) -> None:
    """The rows of the case itself: people, parties, locations, safe contact, grants."""
    load = file.teller.load
    load.add(Case, id=file.id, reference=file.reference, opened_at=file.opened_at, closed_at=file.closed_at)
    load.add(
        Headline, case_id=file.id, victim_id=file.victim.id, band=file.band, band_set_on=file.band_set_on,
        worker_id=file.worker.id if file.worker else None,
        review_due_on=None if file.closed_at else file.review_due_on,
    )  # fmt: skip
    for person in file.people:
        write_person(file, person)
    write_contact(file)
    write_support(file)
    for (key, scope), access in file.grants.items():
        write_grant(file, key, scope, access)


def write_person(file: CaseFile, person: Someone) -> None:
    """The person, unless known already, and the party to this case."""
    load, at = file.teller.load, file.opened_at
    if not person.is_known:
        load.add(
            Person, id=person.id, **person.identity, **name_keys(person.family_name, person.given_name, ""),
            is_party=True, made_by_group_id=file.teller.area["mash"].group_id, created_at=at,
        )  # fmt: skip
    load.add(
        Party, id=person.party_id, case_id=file.id, person_id=person.id, role=person.role,
        relationship=person.relationship, created_at=at,
    )  # fmt: skip


def write_contact(file: CaseFile) -> None:
    """Where the parties can be found, and how the victim-survivor can be reached without danger."""
    load, dice, place, victim = file.teller.load, file.teller.dice, file.teller.area.place, file.victim
    kinds: list[tuple[Someone, str, str]] = [
        (victim, LocationKind.ADDRESS.value, words.address(dice, place)),
        (victim, LocationKind.PHONE.value, words.phone(dice)),
    ]
    if dice.chance(0.3):
        number = int(dice.random() * 100)
        kinds.append(
            (victim, LocationKind.EMAIL.value, words.email(victim.given_name, victim.family_name, number))
        )
    if dice.chance(0.4):
        kinds.append((victim, LocationKind.GP.value, f"{dice.pick(words.SURGERIES)}, {place}"))
    if dice.chance(0.5):
        kinds.append((file.people[1], LocationKind.ADDRESS.value, words.address(dice, place)))
    kinds += [
        (child, LocationKind.SCHOOL.value, f"{dice.pick(words.SCHOOLS)}, {place}") for child in file.children
    ]
    for person, kind, value in kinds:
        load.add(Location, case_id=file.id, party_id=person.party_id, kind=kind, value=value,
                 match_key=match_key(kind, value), from_on=file.opened_at.date())  # fmt: skip
    ways = safe_ways(dice)
    file.is_safe_to_call = ways["safe_to_call"]
    load.add(
        SafeContactPlan, case_id=file.id, party_id=victim.party_id, **ways,
        updated_at=checked_at(file), updated_by_id=file.opened_by.id,
    )  # fmt: skip


def checked_at(file: CaseFile) -> datetime:
    """When the plan was last checked: of an open case with a worker mostly within the last weeks."""
    if file.closed_at or file.worker is None:
        return file.opened_at
    lately = file.teller.now - timedelta(days=3 + file.teller.dice.random() * 60)
    return max(file.opened_at, lately)


def safe_ways(dice: Dice) -> dict[str, Any]:
    """Ways and times that are safe, at least one of them by phone."""
    call = dice.chance(0.7)
    return {
        "safe_to_call": call,
        "safe_to_text": not call or dice.chance(0.5),
        "safe_to_leave_message": dice.chance(0.15),
        "safe_to_write": dice.chance(0.1),
        "safe_times": dice.pick(words.SAFE_TIMES),
        "who_else_sees": dice.pick(words.WHO_ELSE),
        "code_word": dice.pick(words.CODE_WORDS) if dice.chance(0.3) else "",
    }


def write_grant(file: CaseFile, key: str, scope: str, access: Access) -> None:
    """A grant that runs is a row; one that has ended is history and no row, as the clockwork leaves it."""
    teller = file.teller
    values = {
        "id": teller.dice.key(), "content_object_id": file.id, "group_id": teller.area[key].group_id,
        "permission_id": teller.permissions[scope], "purpose": access.purpose, "reason": access.reason,
        "lawful_basis": LawfulBasis.PUBLIC_TASK.value, "valid_from": access.began, "valid_until": access.until,
        "granted_by_id": access.by.id, "case_open": file.closed_at is None, "case_opened_at": file.opened_at,
    }  # fmt: skip
    if access.until is not None and access.until <= teller.now:
        teller.load.add_ended(Grant, began=access.began, ended=access.until, **values)
    else:
        teller.load.add(Grant, **values)
