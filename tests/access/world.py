"""Objects in each relation to a membership. An agency outside the partnership makes those of others."""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

from django.contrib.auth.models import Group
from django.db import connection
from django.utils import timezone

from dacase.agencies.models import Agency, Invitation, Membership
from dacase.cases.choices import PartyRole, Scope
from dacase.cases.models import (
    Case,
    Exclusion,
    Grant,
    Headline,
    Location,
    Merge,
    Party,
    Person,
    Relationship,
    SafeContactPlan,
)
from dacase.cases.models.grant import permission_id
from dacase.jobs.models import Job
from dacase.walls.context import acting_as
from marac.models import (
    ActionPoint,
    Hearing,
    HearingGrant,
    HearingPaper,
    MaracReferral,
    Meeting,
    MeetingAgency,
)
from referrals.casework.models import Incident, Letter, Note, RiskAssessment
from referrals.models import (
    Escalation,
    OutsideSender,
    PublicReferral,
    Referral,
    ReferralContact,
    ReferralPerson,
    ReferralQuestion,
    Route,
    Upload,
    UploadRow,
)
from refuge.models import Placement, PlacementMember, RefugeService, TurnAway, Unit
from reporting.models import Return
from tests.access.world_consent import make_consent
from tests.access.world_episode import make_stand_ins, make_support
from tests.access.world_plan import make_plan
from tests.access.world_supervision import make_sign_off
from tests.access.world_task import make_task

Ids = dict[str, UUID]
# Relations in which the agency has a running grant (whether or not something else bars it).
GRANTED = ("own", "granted", "excluded")
# Relations in which what one agency owns inside a case is the member's own.
OWNERS = ("own", "excluded")
PAST = {"valid_from": timezone.now() - timedelta(days=9), "valid_until": timezone.now() - timedelta(days=1)}


def relate(member: Membership, relation: str, outsider: Membership) -> Ids:
    """One object of each kind that stands in `relation` to `member`, by kind; a kind it cannot have is left out."""
    if relation == "absent":
        return {}
    with acting_as(outsider):
        parts = make_file(member, relation, outsider)
        ids = ids_of(parts) | make_front_door(parts.case, member, relation, outsider)
        ids |= make_marac(parts, member, relation, outsider)
        ids |= make_support(parts, member, relation, outsider)
        if relation == "excluded":
            ids["exclusion"] = bar(parts.case, member.user.group_id, outsider)
        else:
            somebody, _ = Group.objects.get_or_create(name="person:somebody@example.net")
            ids["exclusion"] = bar(parts.case, somebody.pk, outsider)
    ids |= make_owned(parts, member, relation, outsider)
    return ids


def bar(case: Case, group_id: int, outsider: Membership) -> UUID:
    return Exclusion.objects.create(case=case, group_id=group_id, reason="Invented", set_by=outsider).pk


def grant(case: Case, member: Membership, scope: str, **dates: object) -> Grant:
    return Grant.objects.create(
        content_object=case,
        group_id=member.agency.group_id,
        permission_id=permission_id("cases", scope),
        purpose="support",
        lawful_basis="public_task",
        **dates,
    )


def make_file(member: Membership, relation: str, outsider: Membership) -> SimpleNamespace:
    """A case of the outsider's agency with a party of each role, and the grant that the relation asks for."""
    case = Case.objects.create()
    own = grant(case, outsider, Scope.CASE)
    people = [
        Person.objects.create(given_name=role.title(), family_name="Accesstest") for role in PartyRole.values
    ]
    parties = [
        Party.objects.create(case=case, person=person, role=role)
        for person, role in zip(people, PartyRole.values, strict=True)
    ]
    Headline.objects.create(case=case, victim=people[0])
    location = Location.objects.create(case=case, party=parties[0], kind="address", value="1 Invented Row")
    SafeContactPlan.objects.create(case=case, party=parties[0])
    relationship = Relationship.objects.create(
        case=case, party=parties[0], kind="parent", other=parties[2], recorded_by=outsider
    )
    incident = Incident.objects.create(
        case=case, happened_on=date(2026, 1, 1), kinds=["other"], what_happened="Invented",
        agency=member.agency, recorded_by=member,
    )  # fmt: skip
    if relation in GRANTED:
        grant(case, member, Scope.CASE)
    elif relation == "expired":
        grant(case, member, Scope.CASE, **PAST)
    elif relation == "summary":
        grant(case, member, Scope.SUMMARY)
    writer = member if relation in OWNERS else outsider
    letter, note = make_sent_letter(case, writer), make_note(case, writer)
    assessment = make_assessment(case, member if relation in GRANTED else outsider)
    merged = Person.objects.create(family_name="Accesstest")
    record = {"fields": {}, "had": {}, "moved": {"cases.Party.person": []}, "earlier": {}, "doubles": []}
    merge = Merge.objects.create(
        kept=people[1], merged=merged, reason="same_details", made_by=outsider, record=record
    )
    return SimpleNamespace(
        case=case,
        grant=own,
        parties=parties,
        location=location,
        assessment=assessment,
        incident=incident,
        letter=letter,
        note=note,
        sign_off=make_sign_off(assessment, writer),
        task=make_task(case, writer),
        plan=make_plan(case, writer),
        consent=make_consent(case, parties[0], outsider),
        relationship=relationship,
        merge=merge,
    )


def make_note(case: Case, writer: Membership) -> Note:
    """A note of the writer's agency, written while the case is open to her."""
    with acting_as(writer):
        return Note.objects.create(
            case=case, agency=writer.agency, kind="other", text="Invented", author=writer
        )


def make_assessment(case: Case, writer: Membership) -> RiskAssessment:
    """An assessment that the writer has begun, while the case is open to her."""
    with acting_as(writer):
        return RiskAssessment.objects.create(
            case=case, tool_version="24 topics, 1", agency=writer.agency, assessor=writer
        )


def make_sent_letter(case: Case, writer: Membership) -> Letter:
    """A letter of the writer's agency to a colleague, written while the case is open to her."""
    with acting_as(writer):
        return Letter.objects.create(
            case=case, agency=writer.agency, template="please_look", way="email", colleague=writer, written_by=writer
        )  # fmt: skip


def ids_of(parts: SimpleNamespace) -> Ids:
    return {
        "case": parts.case.pk,
        "grant": parts.grant.pk,
        "party": parts.parties[0].pk,
        "child": parts.parties[2].pk,
        "relationship": parts.relationship.pk,
        "twin": parts.parties[1].pk,
        "merge": parts.merge.pk,
        "location": parts.location.pk,
        "assessment": parts.assessment.pk,
        "incident": parts.incident.pk,
        "sent_letter": parts.letter.pk,
        "note": parts.note.pk,
        "sign_off": parts.sign_off.pk,
        "task": parts.task.pk,
        **parts.plan,
        "consent": parts.consent.pk,
    }


def make_front_door(case: Case, member: Membership, relation: str, outsider: Membership) -> Ids:
    """A referral that the member's agency sent or takes in (own), was routed (granted), or sent back (expired)."""
    if relation == "summary":
        return {}
    takes_in = relation == "own" and member.agency.offers("front_door")
    sender = member if relation == "own" and not takes_in else outsider
    with acting_as(sender):
        referral = make_referral(case, member, sender, outsider, takes_in)
        question = ReferralQuestion.objects.create(referral=referral, code="identity")
    ids = {"referral": referral.pk, "question": question.pk}
    if takes_in:
        ids |= make_outside(member)
    if relation != "own":
        states = {"expired": {"state": "returned", "sent_back_at": timezone.now()}}
        route = Route.objects.create(
            referral=referral,
            to_agency=outsider.agency if relation == "other" else member.agency,
            routed_by=outsider,
            due_at=timezone.now() + timedelta(hours=4),
            **states.get(relation, {"state": "opened", "opened_at": timezone.now()}),
        )
        ids["route"] = route.pk
    return ids | escalate(referral, outsider, member)


def escalate(referral: Referral, *readers: Membership) -> Ids:
    """What the clockwork makes of the referral, or of its route, a day from now; its key as a reader finds it."""
    for clock in ("front_door", "service"):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT escalate_late(%s, 'standard', 1, 'second_person', now() + interval '1 day')", [clock]
            )
    for reader in readers:
        with acting_as(reader):
            for found in Escalation.objects.filter(referral=referral).order_by("route_id"):
                return {"escalation": found.pk}
    return {}


def make_outside(member: Membership) -> Ids:
    """A referral of an outside professional, and a message from a public page, to the member's front door."""
    with acting_as(member):
        referral = Referral.objects.create(
            sender_agency=member.agency, sender=member, receiver_agency=member.agency, source="education",
            door="professional", due_at=timezone.now(), what_happened="Invented", victim_aware="yes", consent="given",
        )  # fmt: skip
        ReferralPerson.objects.create(referral=referral, role="victim", family_name="Accesstest")
        ReferralContact.objects.create(referral=referral)
        OutsideSender.objects.create(
            referral=referral,
            name="Invented",
            job="Nurse",
            organisation="Invented",
            typed_phone="07700 900001",
        )
    return {"outside_referral": referral.pk, "letter": make_letter(member.agency.name)}


def make_letter(front_door: str) -> UUID:
    letter = PublicReferral(receiver=Agency.objects.get(name=front_door), door="self", body={"contact": {}})
    PublicReferral.objects.bulk_create([letter])
    return letter.pk


def make_referral(
    case: Case, member: Membership, sender: Membership, outsider: Membership, takes_in: bool
) -> Referral:
    """A referral about `case`, held by the member where her agency takes it in, with a person and a contact."""
    referral = Referral.objects.create(
        sender_agency=sender.agency,
        sender=sender,
        receiver_agency=member.agency if takes_in else outsider.agency,
        source="police",
        due_at=timezone.now() + timedelta(hours=4),
        what_happened="Invented",
        victim_aware="yes",
        consent="given",
        case=None if takes_in else case,
        held_by=member if takes_in else None,
        state="in_triage" if takes_in else "received",
    )
    ReferralPerson.objects.create(referral=referral, role="victim", family_name="Accesstest")
    ReferralContact.objects.create(referral=referral, phone="07700 900001", safe_to_call=True)
    return referral


def make_marac(parts: SimpleNamespace, member: Membership, relation: str, outsider: Membership) -> Ids:
    """A hearing that the member's agency coordinates (own), is invited to (granted), or was (expired)."""
    if relation == "summary":
        return {}
    coordinator = member if relation == "own" else outsider
    today = timezone.localdate()
    meeting = Meeting.objects.create(
        coordinator_agency=coordinator.agency,
        held_on=today + timedelta(days=Meeting.objects.filter(coordinator_agency=coordinator.agency).count()),
        chair=member if relation in GRANTED and member.role == "marac_chair" else None,
    )
    if relation in (*GRANTED, "expired"):
        MeetingAgency.objects.create(meeting=meeting, agency=member.agency)
    candidate = make_candidate(parts.case, coordinator, outsider, listed_at=timezone.now())
    hearing = Hearing.objects.create(
        meeting=meeting, case=parts.case, marac_referral=candidate, number=1, criterion=candidate.criterion
    )
    HearingPaper.objects.create(hearing=hearing, kind="summary", body={})
    invited = {"content_object": hearing, "permission_id": permission_id("marac", "view_hearing")}
    HearingGrant.objects.create(group_id=outsider.agency.group_id, **invited)
    if relation in (*GRANTED, "expired"):
        dates = PAST if relation == "expired" else {}
        HearingGrant.objects.create(group_id=member.agency.group_id, **invited, **dates)
    owner = member if relation in ("own", "excluded") else outsider
    action = ActionPoint.objects.create(
        hearing=hearing, case=parts.case, owner_agency=owner.agency, task="Invented", due_on=today
    )
    waiting = make_candidate(parts.case, coordinator, outsider)
    return {"meeting": meeting.pk, "hearing": hearing.pk, "action_point": action.pk, "candidate": waiting.pk}


def make_candidate(
    case: Case, coordinator: Membership, outsider: Membership, **fields: object
) -> MaracReferral:
    return MaracReferral.objects.create(
        case=case,
        agency=outsider.agency,
        source="specialist",
        referred_by=outsider,
        to_agency=coordinator.agency,
        criterion="visible_high_risk",
        reason="Invented",
        victim_aware="yes",
        consent="given",
        **fields,
    )


def make_owned(parts: SimpleNamespace, member: Membership, relation: str, outsider: Membership) -> Ids:
    """What belongs to one agency: its refuge, its people, its returns. Barred as well in `excluded`."""
    if relation not in ("own", "other", "excluded"):
        return {}
    owner = outsider if relation == "other" else member
    ids: Ids = {}
    with acting_as(owner):
        ids |= make_stand_ins(owner)
        service = RefugeService.objects.create(
            agency=owner.agency,
            name=f"House {uuid4()}",
            kind="refuge",
            address="9 Invented Row",
            service_address="PO",
        )
        unit = Unit.objects.create(agency=owner.agency, service=service, name="Unit 1", sleeps=4)
        if relation != "excluded":
            # A barred reader cannot place; the placement of an excluded case is made by a colleague elsewhere.
            placement = Placement.objects.create(
                agency=owner.agency, unit=unit, case=parts.case, starts_on=date(2026, 1, 1), placed_by=owner
            )
            if relation == "other":
                PlacementMember.objects.create(placement=placement, party=parts.parties[0])
            turn_away = TurnAway.objects.create(
                agency=owner.agency,
                service=service,
                decided_by="service",
                cause="no_capacity",
                recorded_by=owner,
            )
            job = Job.objects.create(kind="return", agency=owner.agency, actor=owner, state="done")
            made = Return.objects.create(
                kind="quarterly",
                period="2026-Q1",
                agency=owner.agency,
                requested_by=owner,
                job=job,
                counted_at=timezone.now(),
            )
            upload = Upload.objects.create(agency=owner.agency, uploaded_by=owner)
            UploadRow.objects.create(upload=upload, number=2)
            ids |= {
                "upload": upload.pk,
                "service": service.pk,
                "unit": unit.pk,
                "placement": placement.pk,
                "turn_away": turn_away.pk,
                "job": job.pk,
                "return": made.pk,
                "membership": owner.pk,
                "invitation": invite(owner).pk,
            }
    return ids


def invite(owner: Membership) -> Invitation:
    return Invitation.objects.create(
        email=f"{uuid4()}@example.org",
        name="Newcomer Invented",
        agency=owner.agency,
        role="idva",
        token_hash=uuid4().hex * 2,
        invited_by=owner,
        expires_at=timezone.now() + timedelta(days=1),
    )
