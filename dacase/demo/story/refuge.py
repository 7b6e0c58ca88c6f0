"""The refuge's houses: who asked, who was placed and who had to be turned away."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dacase.cases.choices import SUPPORTED, Purpose, Scope, Sex
from dacase.demo import shares
from dacase.demo.chance import Dice, at_work
from dacase.demo.loader import Loader
from dacase.demo.partners import Area
from dacase.demo.story.case_file import CaseFile
from refuge.choices import LeavingReason, PlacementState, ServiceKind
from refuge.models import Placement, PlacementMember, RefugeService, TurnAway, Unit


@dataclass
class Room:
    """A unit, and the day from which it can be taken."""

    id: str
    service_id: str
    sleeps: int
    free_from: date
    is_self_contained: bool


@dataclass
class Houses:
    """The refuge's three houses with their units. `times` is how often each unit is there."""

    area: Area
    rooms: list[Room] = field(default_factory=list)

    def build(self, dice: Dice, load: Loader, opened: date, times: int = 1) -> None:
        """The services and units, and the sanctuary scheme, which has works and no units."""
        place = self.area.place
        for number, (name, units) in enumerate(shares.UNITS.items()):
            service = dice.key()
            load.add(
                RefugeService, id=service, agency_id=self.area["refuge"].id, name=name, kind=ServiceKind.REFUGE.value,
                address=f"{11 + number} Hidden Lane, Elsewhere", service_address=f"Service box {number + 1}, {place}",
            )  # fmt: skip
            for unit in range(units * times):
                room = Room(dice.key(), service, dice.pick([2, 3, 3, 4, 5]), opened, name == "The Anchor")
                self.rooms.append(room)
                load.add(
                    Unit, id=room.id, agency_id=self.area["refuge"].id, service_id=service, name=f"Room {unit + 1}",
                    sleeps=room.sleeps, has_cot=unit % 3 == 0, is_step_free=unit == 0,
                    is_self_contained=room.is_self_contained,
                )  # fmt: skip
        load.add(
            RefugeService, agency_id=self.area["housing"].id, name=f"{place} Sanctuary",
            kind=ServiceKind.SANCTUARY.value, address="Works at home; no house",
            service_address=f"Service box 9, {place}",
        )  # fmt: skip

    def room_for(self, day: date, people: int) -> Room | None:
        """The smallest free unit that is large enough for the household."""
        free = [room for room in self.rooms if room.free_from <= day and room.sleeps >= people]
        return min(free, key=lambda room: (room.sleeps, room.id), default=None)


def ask(file: CaseFile, houses: Houses, day: date) -> date | None:
    """A household asks for a place on `day`. Returns the day it left, or today while it stays; None if turned away."""
    teller = file.teller
    dice = teller.dice
    if day >= teller.now.date():
        return None
    births = [child.date_of_birth for child in file.children if child.sex == Sex.MALE]
    older_son = any(born and (day - born).days >= shares.OLDEST_SON * 365.25 for born in births)
    room = None if older_son or dice.chance(shares.REFUSED) else houses.room_for(day, 1 + len(file.children))
    if room is None:
        turn_away(
            file, day, "service:older_son" if older_son else dice.weighted(shares.TURN_AWAY_CAUSES), houses
        )
        return None
    return place(file, room, day)


def turn_away(file: CaseFile, day: date, reason: str, houses: Houses) -> None:
    """Record who decided that the household was not placed, and why. It has no case here: most only call."""
    decided_by, cause = reason.split(":")
    worker = file.teller.area.worker(file.teller.dice, "refuge", "manage_placement")
    file.teller.load.add(
        TurnAway, agency_id=worker.agency_id, service_id=file.teller.dice.pick(houses.rooms).service_id,
        happened_on=day, decided_by=decided_by, cause=cause, children=len(file.children), recorded_by_id=worker.id,
    )  # fmt: skip


def place(file: CaseFile, room: Room, day: date) -> date:
    """Put the victim-survivor and the children into the unit for as long as the dice say."""
    teller = file.teller
    dice, load = teller.dice, teller.load
    worker = teller.area.worker(dice, "refuge", "manage_placement")
    shortest, longest = dice.weighted(shares.STAY_DAYS).split("-")
    leaves: date = day + timedelta(days=dice.randint(int(shortest), int(longest)))
    ended = leaves < teller.now.date()
    room.free_from = leaves + timedelta(days=dice.randint(4, 24))
    made_at: datetime = min(at_work(dice, day), teller.now - timedelta(hours=1))
    key = dice.key()
    load.add(
        Placement, id=key, agency_id=worker.agency_id, unit_id=room.id, case_id=file.id, starts_on=day,
        ends_on=leaves if ended else None, placed_by_id=worker.id, created_at=made_at,
        state=(PlacementState.ENDED if ended else PlacementState.PLACED).value,
        leaving_reason=LeavingReason(dice.weighted(shares.LEAVING)).value if ended else "",
    )  # fmt: skip
    for person in file.people:
        if person.role in SUPPORTED:
            load.add(PlacementMember, placement_id=key, party_id=person.party_id)
    file.grant("refuge", Purpose.ACCOMMODATION.value, at=made_at, by=file.worker or file.opened_by,
               scope=Scope.CASE.value, reason="To find safe accommodation")  # fmt: skip
    file.event("placement_started", at=made_at, by=worker, label="refuge.placement", subject=key)
    if ended:
        file.happened(at_work(dice, leaves - timedelta(days=1)))
    return leaves if ended else teller.now.date()
