"""Records made by hand as the owner: only what the figures login may read matters, and a name to look for."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connections

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import Band
from dacase.cases.models import Case, Headline, Person
from marac.choices import Criterion, HearingState
from marac.models import Hearing, MaracReferral, Meeting
from referrals.casework.models import RiskAssessment
from referrals.models import Referral, ReferralPerson, Route
from refuge.choices import DecidedBy, TurnAwayCause
from refuge.models import Placement, RefugeService, TurnAway, Unit
from reporting.periods import LONDON

OWNER = "owner"
NAME = "Zephyrine Canaryname"


def at(text: str) -> datetime:
    """A moment in London: `2026-06-30 23:59`."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=LONDON)


class World:
    """Makes rows. Every method returns the row."""

    def __init__(self) -> None:
        self.idva = Membership.objects.using(OWNER).get(user__email="idva@example.org")
        self.agencies = {agency.name: agency for agency in Agency.objects.using(OWNER)}
        self.door = self.agencies["Northmoor Front Door"]
        self.advocacy = self.agencies["Brightwater Advocacy"]
        self.housing = self.agencies["Northmoor Housing"]
        self.refuge = self.agencies["Harbour Refuge"]
        self.marac = self.agencies["Northmoor MARAC Office"]
        self.made = 0

    def referral(self, received_at: datetime, source: str = "police") -> Referral:
        row = Referral.objects.using(OWNER).create(
            sender_agency=self.housing, sender=self.idva, receiver_agency=self.door, source=source,
            received_at=received_at, due_at=received_at, what_happened=NAME, victim_aware="yes", consent="given",
        )  # fmt: skip
        ReferralPerson.objects.using(OWNER).create(referral=row, role="victim", family_name=NAME)
        return row

    def route(
        self, referral: Referral, routed_at: datetime, to: Agency | None = None, **fields: Any
    ) -> Route:
        return Route.objects.using(OWNER).create(
            referral=referral, to_agency=to or self.advocacy, routed_by=self.idva,
            routed_at=routed_at, due_at=routed_at, **fields,
        )  # fmt: skip

    def case(self) -> Case:
        return Case.objects.using(OWNER).create()

    def case_about(self, victim: Person | None = None) -> Case:
        """A case with whoever it is about; somebody new by default."""
        case = self.case()
        person = victim or Person.objects.using(OWNER).create(family_name=NAME)
        Headline.objects.using(OWNER).create(case=case, victim=person)
        return case

    def put_into(self, referral: Referral, case: Case) -> None:
        Referral.objects.using(OWNER).filter(pk=referral.pk).update(case=case)

    def assessment(self, completed_at: datetime | None, band: str = Band.HIGH) -> RiskAssessment:
        return RiskAssessment.objects.using(OWNER).create(
            case=self.case(), tool_version="24 topics, 1", agency=self.advocacy, assessor=self.idva,
            assessed_on=date(2026, 5, 1), band=band, completed_at=completed_at, judgement_reason=NAME,
        )  # fmt: skip

    def marac_referral(self, referred_at: datetime, source: str = "police", **fields: Any) -> MaracReferral:
        values = {"case": self.case(), "criterion": Criterion.VISIBLE_HIGH_RISK} | fields
        return MaracReferral.objects.using(OWNER).create(
            agency=self.advocacy, source=source, referred_by=self.idva, to_agency=self.marac,
            referred_at=referred_at, reason=NAME, victim_aware="yes", consent="given", **values,
        )  # fmt: skip

    def hearing(self, day: date, state: str = HearingState.HEARD, **fields: Any) -> Hearing:
        self.made += 1
        meeting, _ = Meeting.objects.using(OWNER).get_or_create(coordinator_agency=self.marac, held_on=day)
        listed = at(f"{day - timedelta(days=7)} 09:00")
        referral = self.marac_referral(listed, listed_at=listed)
        return Hearing.objects.using(OWNER).create(
            meeting=meeting, case=referral.case, marac_referral=referral, number=self.made, state=state,
            heard_on=day if state == HearingState.HEARD else None,
            **{"criterion": Criterion.VISIBLE_HIGH_RISK, "outcome": NAME} | fields,
        )  # fmt: skip

    def placement(self, starts_on: date, ends_on: date | None = None, **fields: Any) -> Placement:
        self.made += 1
        unit = Unit.objects.using(OWNER).create(
            agency=self.refuge, service=self.service(), name=f"Unit {self.made}", sleeps=3
        )
        return Placement.objects.using(OWNER).create(
            agency=self.refuge, unit=unit, case=self.case(), starts_on=starts_on, ends_on=ends_on,
            placed_by=self.idva, **fields,
        )  # fmt: skip

    def service(self) -> RefugeService:
        service, _ = RefugeService.objects.using(OWNER).get_or_create(
            agency=self.refuge,
            name=NAME,
            defaults={"kind": "refuge", "address": NAME, "service_address": NAME},
        )
        return service

    def turn_away(self, day: date, cause: str = TurnAwayCause.NO_CAPACITY) -> TurnAway:
        return TurnAway.objects.using(OWNER).create(
            agency=self.refuge, service=self.service(), happened_on=day, decided_by=DecidedBy.SERVICE,
            cause=cause, recorded_by=self.idva,
        )  # fmt: skip


def known_columns(login: str) -> set[tuple[str, str]]:
    """The columns that a database login may read, of every table."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND has_column_privilege(%s, format('%%I.%%I', table_schema, table_name), column_name, 'SELECT')",
            [login],
        )
        return set(cursor.fetchall())
