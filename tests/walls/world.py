"""A small world in which every walled table has rows that some of the cast see and others do not.

Committed, because the oracle reads it through another login. Made through services and factories, and where
a room's service asks for more than the walls need, through its models under the context of who would do it.
"""

import time
import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from dacase.agencies.models import Agency, Invitation, Membership
from dacase.audit.services import record_event, record_read
from dacase.cases.choices import Scope
from dacase.cases.models import Case, Grant, Headline, Party, Person
from dacase.cases.models.grant import permission_id
from dacase.cases.services.case import PersonDetails, add_location
from dacase.cases.services.draft import save_draft
from dacase.cases.services.exclusion import bar_from_case, lift_exclusion
from dacase.cases.services.location import end_location
from dacase.cases.services.person import edit_person, save_safe_contact_plan
from dacase.jobs.models import Job
from dacase.walls.context import acting_as
from marac.models import ActionPoint, Hearing, HearingGrant, HearingPaper, MaracReferral, Meeting
from referrals.casework.models import Episode, Incident, RiskAnswer, RiskAssessment
from referrals.casework.rules.severity import types
from referrals.casework.services.severity import Rating, record_severity
from referrals.casework.services.story import write_story_part
from referrals.models import Referral, ReferralContact, ReferralPerson, Route
from refuge.models import Placement, PlacementMember, RefugeService, TurnAway, Unit
from reporting.models import Figure, Return
from tests.cast import Cast
from tests.factories import make_case, share
from tests.walls import (
    world_consent,
    world_letter,
    world_people,
    world_plan,
    world_supervision,
    world_task,
)
from tests.walls.world_doors import knock
from tests.walls.world_episode import support
from tests.walls.world_merge import merge
from tests.walls.world_triage import ask_and_escalate

RUNS_OUT = timedelta(seconds=1.5)


@dataclass
class World:
    """The cast, and the cases by what is peculiar to each."""

    cast: Cast
    cases: dict[str, Case] = field(default_factory=dict)
    runs_out_at: datetime | None = None

    @property
    def members(self) -> dict[str, Membership]:
        """Those whose views are compared: every relation to a case, and somebody of every agency."""
        return {key: getattr(self.cast, key) for key in MEMBERS}


MEMBERS = [
    "police_officer", "front_door_worker", "idva", "idva_manager", "barred_colleague", "social_worker",
    "adults_olive", "marac_coordinator", "marac_chair", "housing_representative", "gp_tansy", "hospital_umber",
    "refuge_worker", "programme_worker", "mental_violet", "substance_willow", "commissioner", "auditor", "outsider",
]  # fmt: skip


def build() -> World:
    """The whole world; ends a little after its short grants have run out, unswept."""
    world = World(Cast())
    cast = world.cast
    world.cases["advocacy"] = make_case(cast.idva, victim="Advocate")
    world.cases["front_door"] = make_case(
        cast.front_door_worker,
        victim="Frontdoor",
        shared_with=[cast.idva.agency, cast.marac_coordinator.agency],
    )
    world.cases["housing_barred"] = make_case(
        cast.front_door_worker,
        victim="Housebar",
        shared_with=[cast.housing_representative.agency, cast.social_worker.agency],
    )
    world.cases["outsider"] = make_case(cast.outsider, victim="Elsewhere")
    for key, case in world.cases.items():
        fill_case(
            case,
            opener=cast.outsider
            if key == "outsider"
            else cast.front_door_worker
            if key != "advocacy"
            else cast.idva,
        )
    support(world)
    merge(world)
    send_referrals(world)
    knock(world)
    ask_and_escalate(cast)
    hear(world)
    house(world)
    world_people.know(world)
    world_plan.plan(world)
    share_and_bar(world)
    world_letter.write(world)
    world_consent.ask(world)
    world_task.note(world)
    world_supervision.talk(world)
    count(world)
    type_and_look(world)
    invite(world)
    run_out(world)
    return world


def fill_case(case: Case, *, opener: Membership) -> None:
    """Locations, a safe-contact plan, an assessment, and versions of each."""
    with acting_as(opener):
        victim = Party.objects.select_related("person").get(case=case, role="victim")
        place = add_location(victim, kind="phone", value="07700 900123", actor=opener)
        add_location(victim, kind="address", value="1 Invented Row", actor=opener)
        end_location(place, actor=opener)
        plan = dict.fromkeys(
            ("safe_to_call", "safe_to_text", "safe_to_leave_message", "safe_to_write"), False
        )
        texts = dict.fromkeys(("safe_times", "who_else_sees", "code_word"), "")
        save_safe_contact_plan(victim, version=0, actor=opener, **plan, **texts)
        save_safe_contact_plan(victim, version=1, actor=opener, **plan | {"safe_to_text": True}, **texts)
        details = PersonDetails(victim.person.family_name, "Vera Changed")
        edit_person(victim, details=details, relationship="", version=1, actor=opener)
        assessment = RiskAssessment.objects.create(
            case=case,
            tool_version="24 topics, 1",
            agency=opener.agency,
            assessor=opener,
            band="high",
            yes_count=16,
        )
        RiskAnswer.objects.create(assessment=assessment, topic="1", answer="yes")
        RiskAnswer.objects.create(assessment=assessment, topic="2", answer="no")
        Incident.objects.create(
            case=case, happened_on=date(2026, 1, 1), kinds=["other"], what_happened="Invented",
            agency=opener.agency, recorded_by=opener, perpetrator=case.parties.get(role="perpetrator"),
        )  # fmt: skip
        ratings = {code: Rating("not_known") for code in types(timezone.localdate())}
        record_severity(case.pk, stage="intake", ratings=ratings, submission=uuid.uuid4(), actor=opener)
        write_story_part(case.pk, part="wishes", text="Invented", version=0, actor=opener)
        Episode.objects.create(
            case=case, agency=opener.agency, party=victim, kind="idva", worker=opener,
            next_contact_at=timezone.now(),
        )  # fmt: skip
        Headline.objects.filter(case=case).update(band="high", worker=opener)


def share_and_bar(world: World) -> None:
    """Summary only, run out, begun since, lifted; and a person, a team and an agency barred."""
    cast, cases = world.cast, world.cases
    share(cases["advocacy"], cast.social_worker.agency, actor=cast.idva, scope=Scope.SUMMARY)
    share(cases["advocacy"], cast.adults_olive.agency, actor=cast.idva)
    share(cases["front_door"], cast.adults_olive.agency, actor=cast.front_door_worker, scope=Scope.SUMMARY)
    bar = (
        ("advocacy", cast.idva_manager, cast.barred_colleague.user.group),
        ("front_door", cast.front_door_worker, cast.idva.team.group),
        ("housing_barred", cast.front_door_worker, cast.housing_representative.agency.group),
    )
    for key, actor, group in bar:
        with acting_as(actor):
            bar_from_case(cases[key], group=group, reason="Invented", actor=actor)
    with acting_as(cast.front_door_worker):
        lifted = bar_from_case(
            cases["housing_barred"],
            group=cast.social_worker.user.group,
            reason="x",
            actor=cast.front_door_worker,
        )
        lift_exclusion(lifted, actor=cast.front_door_worker)


def send_referrals(world: World) -> None:
    """One that waits, one routed and accepted, one routed and declined, one of a barred case."""
    cast, cases = world.cast, world.cases
    mash = cast.front_door_worker
    waiting, routed, declined, barred = (
        make_referral(sender, mash.agency)
        for sender in (
            cast.police_officer,
            cast.police_officer,
            cast.hospital_umber,
            cast.housing_representative,
        )
    )
    with acting_as(mash):
        Referral.objects.filter(pk=routed.pk).update(case=cases["front_door"], state="routed")
        Referral.objects.filter(pk=barred.pk).update(case=cases["housing_barred"])
        for referral, agency, state in (
            (routed, cast.idva.agency, "accepted"),
            (routed, cast.refuge_worker.agency, "routed"),
            (declined, cast.idva.agency, "routed"),
        ):
            Route.objects.create(
                referral=referral, to_agency=agency, routed_by=mash, due_at=timezone.now(), state=state
            )
    with acting_as(cast.idva):
        Route.objects.filter(referral=declined).update(state="declined")
    assert waiting.pk != declined.pk
    elsewhere = make_referral(cast.outsider, cast.outsider.agency)
    with acting_as(cast.outsider):
        Route.objects.create(
            referral=elsewhere, to_agency=cast.outsider.agency, routed_by=cast.outsider, due_at=timezone.now()
        )


def make_referral(sender: Membership, receiver: Agency) -> Referral:
    with acting_as(sender):
        referral = Referral.objects.create(
            sender_agency=sender.agency, sender=sender, source=sender.agency.kind, receiver_agency=receiver,
            due_at=timezone.now(), what_happened="Invented", victim_aware="yes", consent="given",
        )  # fmt: skip
        ReferralPerson.objects.create(referral=referral, role="victim", family_name="Referred")
        ReferralContact.objects.create(referral=referral, phone="07700 900456")
    return referral


def hear(world: World) -> None:
    """Hearings: of a case the coordinator holds, of one she no longer holds, of a barred one, of another area."""
    cast, cases = world.cast, world.cases
    chair = cast.marac_coordinator
    meeting, elsewhere = make_meeting(chair), make_meeting(cast.outsider)
    list_hearing(world, cases["outsider"], elsewhere, 1, ["outsider"], chair=cast.outsider)
    invited = {
        "front_door": ["gp_tansy", "police_officer", "housing_representative"],
        "advocacy": ["gp_tansy", "idva"],
        "housing_barred": ["housing_representative", "police_officer"],
    }
    for number, (key, guests) in enumerate(invited.items(), start=1):
        share(
            cases[key],
            chair.agency,
            actor=cast.idva if key == "advocacy" else cast.front_door_worker,
            purpose="marac",
        )
        list_hearing(world, cases[key], meeting, number, ["marac_coordinator", *guests], chair=chair)
    with acting_as(cast.idva):
        Grant.objects.filter(content_object=cases["advocacy"], group=chair.agency.group).delete()


def make_meeting(chair: Membership) -> Meeting:
    with acting_as(chair):
        meeting = Meeting.objects.create(coordinator_agency=chair.agency, held_on=date(2026, 12, 1))
        meeting.core_agencies.create(agency=chair.agency)
    return meeting


def list_hearing(
    world: World, case: Case, meeting: Meeting, number: int, guests: list[str], *, chair: Membership
) -> None:
    cast = world.cast
    with acting_as(chair):
        referral = MaracReferral.objects.create(
            case=case, agency=chair.agency, source="police", referred_by=chair, to_agency=chair.agency,
            criterion="visible_high_risk", reason="Invented", victim_aware="yes", consent="given",
        )  # fmt: skip
        hearing = Hearing.objects.create(
            meeting=meeting, case=case, marac_referral=referral, number=number, criterion="visible_high_risk"
        )
        for key in guests:
            HearingGrant.objects.create(
                content_object=hearing, group=getattr(cast, key).agency.group, permission_id=permission_id("marac", "view_hearing"),
                granted_by=chair,
            )  # fmt: skip
        HearingPaper.objects.create(hearing=hearing, kind="summary", body={"reference": case.reference})
        Hearing.objects.filter(pk=hearing.pk).update(state="heard", outcome="Invented")
        for owner in (
            ("housing_representative", "substance_willow")
            if chair is cast.marac_coordinator
            else ("outsider",)
        ):
            ActionPoint.objects.create(
                hearing=hearing,
                case=case,
                owner_agency=getattr(cast, owner).agency,
                task="Invented",
                due_on=date(2026, 12, 9),
            )


def house(world: World) -> None:
    """The refuge's services, units, a household and a turn-away; and those of the housing agency."""
    cast, cases = world.cast, world.cases
    for worker, key in (
        (cast.refuge_worker, "front_door"),
        (cast.housing_representative, "housing_barred"),
        (cast.outsider, "outsider"),
    ):
        party = Party.objects.using("owner").get(case=cases[key], role="victim")
        with acting_as(worker):
            service = RefugeService.objects.create(
                agency=worker.agency,
                name="Invented house",
                kind="refuge",
                address="2 Nowhere Lane",
                service_address="PO Box 0",
            )
            unit = Unit.objects.create(agency=worker.agency, service=service, name="1", sleeps=3)
            placement = Placement.objects.create(
                agency=worker.agency,
                unit=unit,
                case_id=cases[key].pk,
                starts_on=date(2026, 11, 1),
                placed_by=worker,
            )
            PlacementMember.objects.create(placement=placement, party_id=party.pk)
            for case_id in (cases[key].pk, None):
                TurnAway.objects.create(
                    agency=worker.agency, service=service, case_id=case_id, decided_by="service", cause="no_capacity",
                    recorded_by=worker,
                )  # fmt: skip


def count(world: World) -> None:
    """A return of the commissioner's, and one of another agency's."""
    for member in (world.cast.commissioner, world.cast.idva_manager):
        with acting_as(member):
            job = Job.objects.create(kind="return", agency=member.agency, actor=member)
            made = Return.objects.create(
                kind="quarterly", period="2026-Q2", agency=member.agency, requested_by=member, job=job
            )
            Figure.objects.create(made_return=made, position=1, measure="invented", value=1)


def invite(world: World) -> None:
    """An invitation of one agency and one of another."""
    for number, member in enumerate((world.cast.administrator, world.cast.outsider)):
        Invitation.objects.using("owner").create(
            email=f"invented{number}@example.net", name="Invented", agency=member.agency, role="idva",
            token_hash=str(number), invited_by=member, expires_at=timezone.now() + timedelta(days=1),
        )  # fmt: skip


def type_and_look(world: World) -> None:
    """Drafts, a person who is not yet a party, looks (refused ones too) and acts outside any case."""
    cast, cases = world.cast, world.cases
    for member in (cast.idva, cast.idva_manager, cast.outsider):
        with acting_as(member):
            save_draft(member, path="/drafts/save/", data={"name": ["Invented"]})
            Person.objects.create(family_name="Notyet")
            record_event("signed_in", actor=member)
    for member in (
        cast.idva,
        cast.barred_colleague,
        cast.social_worker,
        cast.housing_representative,
        cast.auditor,
    ):
        for case in cases.values():
            with acting_as(member):
                record_read("cases:detail", actor=member, case_id=case.pk, was_allowed=member is cast.idva)
    with acting_as(cast.auditor):
        record_read("cases:search", actor=cast.auditor)


def run_out(world: World) -> None:
    """Grants that the clock ends and begins without any write, so that only the policies' own clock knows."""
    cast, case = world.cast, world.cases["advocacy"]
    # Out of the way of the service, which refuses to grant for the past or for later.
    world.runs_out_at = timezone.now() + RUNS_OUT
    share(case, cast.programme_worker.agency, actor=cast.idva, until=world.runs_out_at)
    hearing = Hearing.objects.using("owner").get(case=case)
    begins_late = Grant.objects.using("owner").create(
        content_object=Case.objects.using("owner").get(pk=case.pk), group=cast.mental_violet.agency.group,
        permission_id=permission_id("cases", Scope.CASE),
        purpose="support", lawful_basis="public_task",
    )  # fmt: skip
    Grant.objects.using("owner").filter(pk=begins_late.pk).update(valid_from=world.runs_out_at)
    HearingGrant.objects.using("owner").create(
        content_object=hearing, group=cast.substance_willow.agency.group,
        permission_id=permission_id("marac", "view_hearing"), valid_until=world.runs_out_at,
    )  # fmt: skip
    time.sleep(RUNS_OUT.total_seconds() + 0.2)
