"""The fortnightly MARAC meetings of one area: days, running order, and their rows at the end."""

from datetime import date, timedelta

from dacase.demo import shares
from dacase.demo.chance import Dice, working_day
from dacase.demo.loader import Loader
from dacase.demo.partners import Area, Worker
from marac.choices import MeetingState
from marac.models import Meeting, MeetingAgency

FIRST_THURSDAY = date(2018, 1, 4)
FORTNIGHT = timedelta(days=14)
# Referrals close and the agenda is made six days before a meeting.
AGENDA_DAYS = 6
CLOSED_AFTER_DAYS = 21
PLANNED_AHEAD = 2


class Meetings:
    """The meetings of an area between two days, and two planned ones after the second."""

    def __init__(self, dice: Dice, area: Area, first: date, today: date) -> None:
        self.dice, self.area, self.today = dice, area, today
        self.keys: dict[date, str] = {}
        self.numbers: dict[date, int] = {}
        day = FIRST_THURSDAY + FORTNIGHT * ((first - FIRST_THURSDAY).days // FORTNIGHT.days)
        while day < today + FORTNIGHT * PLANNED_AHEAD:
            # The next meeting is today's, so that whoever tries the demo can hold it, on whatever day that is.
            is_next = today <= day < today + FORTNIGHT
            self.keys[today if is_next else working_day(day)] = dice.key()
            day += FORTNIGHT
        self.all_days = sorted(self.keys)

    def next_after(self, day: date) -> date | None:
        """The first meeting whose agenda is still open on `day`; None past the planned ones."""
        earliest = day + timedelta(days=AGENDA_DAYS)
        return next((held for held in self.all_days if held >= earliest), None)

    def number(self, held_on: date) -> int:
        """The next place in the running order of the meeting on `held_on`."""
        self.numbers[held_on] = self.numbers.get(held_on, 0) + 1
        return self.numbers[held_on]

    def invited(self) -> list[str]:
        """The keys of the core agencies."""
        return [key for key in shares.INVITED if key in self.area]

    def chair(self) -> Worker:
        return self.area["police"].people["marac_chair"]

    def write(self, load: Loader) -> None:
        """The rows of the meetings, each with its core agencies."""
        for held_on, key in self.keys.items():
            self.write_one(load, held_on, key)

    def write_one(self, load: Loader, held_on: date, key: str) -> None:
        """The rows of the meeting `key` on the day `held_on`."""
        age = (self.today - held_on).days
        state = MeetingState.PLANNED if age <= 0 else MeetingState.HELD
        state = MeetingState.CLOSED if age > CLOSED_AFTER_DAYS else state
        load.add(Meeting, id=key, coordinator_agency_id=self.area["marac"].id, held_on=held_on,
                 chair_id=self.chair().id, state=state.value)  # fmt: skip
        for core in self.invited():
            load.add(MeetingAgency, meeting_id=key, agency_id=self.area[core].id)
