"""A case at MARAC: referred, put on an agenda, heard, and what the agencies undertook."""

from datetime import date, datetime, timedelta

from dacase.cases.choices import Purpose
from dacase.demo import shares, words
from dacase.demo.chance import at_work, dashed, later_at_work, midnight, working_day
from dacase.demo.partners import Worker
from dacase.demo.story.action_points import undertake
from dacase.demo.story.case_file import CaseFile
from dacase.demo.story.meetings import CLOSED_AFTER_DAYS, Meetings
from dacase.demo.story.papers import write_papers
from marac.choices import Criterion, HearingState
from marac.models import Hearing, HearingGrant, MaracReferral
from marac.rules import is_repeat
from referrals.choices import Aware, Consent

REASONS = {
    Criterion.VISIBLE_HIGH_RISK: "The count of the assessment is at or above the partnership's threshold.",
    Criterion.PROFESSIONAL_JUDGEMENT: "High by professional judgement; see the assessment.",
    Criterion.POTENTIAL_ESCALATION: "Three incidents were reported within the last twelve months.",
    Criterion.REPEAT: "A new incident between the same people since the last hearing.",
}
NOTICED_AFTER = timedelta(days=2)


def criterion_by_risk(file: CaseFile) -> Criterion:
    """Why a case comes to MARAC for the first time: judgement where that made the band, else the count."""
    return Criterion.PROFESSIONAL_JUDGEMENT if file.risk["judgement"] else Criterion.VISIBLE_HIGH_RISK


def refer(
    file: CaseFile, meetings: Meetings, *, at: datetime, by: Worker, criterion: Criterion
) -> date | None:
    """Refer the case to MARAC; it is listed, heard or deferred as far as that lies before now.

    Returns the day on which it was heard, or None. The source in returns is the agency that first raised the
    case at the front door, mostly the police; the advocates write the referral.
    """
    teller = file.teller
    key = teller.dice.key()
    file.was_sent_to_marac = True
    file.grant("marac", Purpose.MARAC.value, at=at, by=by, reason="Referred to MARAC")
    file.event(
        "case_referred_to_marac",
        at=at,
        by=by,
        label="marac.maracreferral",
        subject=key,
        criterion=criterion.value,
    )
    referrer = teller.area.name_of(by)
    listed_at, heard = put_on_agenda(
        file, meetings, referral=key, at=at, criterion=criterion, referrer=referrer
    )
    write_referral(file, key, at=at, by=by, criterion=criterion, listed_at=listed_at)
    return heard


def write_referral(
    file: CaseFile, key: str, *, at: datetime, by: Worker, criterion: Criterion, listed_at: datetime | None
) -> None:
    """The row of the referral to MARAC `key`."""
    teller = file.teller
    aware = teller.dice.chance(0.92)
    teller.load.add(
        MaracReferral, id=key, case_id=file.id, agency_id=by.agency_id, source=teller.area[file.source].kind,
        referred_by_id=by.id, to_agency_id=teller.area["marac"].id, referred_at=at, criterion=criterion.value,
        reason=REASONS[criterion], victim_aware=(Aware.YES if aware else Aware.NOT_SAFE_TO_ASK).value,
        consent=(Consent.GIVEN if aware else Consent.NOT_SAFE_TO_ASK).value, listed_at=listed_at,
    )  # fmt: skip


def put_on_agenda(
    file: CaseFile, meetings: Meetings, *, referral: str, at: datetime, criterion: Criterion, referrer: str
) -> tuple[datetime | None, date | None]:
    """List the referral at the next meeting, and at the one after where it is deferred.

    Returns when it was last put on an agenda (None while it waits) and when it was heard, if it was.
    """
    teller, after = file.teller, at
    while (held_on := meetings.next_after(after.date())) is not None:
        listed_at = at_work(teller.dice, (after + NOTICED_AFTER).date())
        if listed_at >= teller.now:
            teller.waiting["candidate"] += 1
            return None, None
        deferred = held_on < teller.now.date() and teller.dice.chance(shares.DEFERRED)
        list_hearing(file, meetings, held_on, referral=referral, listed_at=listed_at, criterion=criterion,
                     deferred=deferred, referrer=referrer)  # fmt: skip
        if not deferred:
            return listed_at, held_on if held_on < teller.now.date() else None
        after = midnight(held_on)
    return None, None


def list_hearing(
    file: CaseFile, meetings: Meetings, held_on: date, *, referral: str, listed_at: datetime, criterion: Criterion,
    deferred: bool, referrer: str,
) -> None:  # fmt: skip
    """The hearing with its papers, its invitations and, once heard, its outcome."""
    teller = file.teller
    dice, load = teller.dice, teller.load
    coordinator = teller.area.worker(dice, "marac", "manage_meeting")
    heard = held_on < teller.now.date() and not deferred
    closed_on = working_day(held_on + timedelta(days=CLOSED_AFTER_DAYS))
    closes_at = at_work(dice, held_on if deferred else closed_on)
    closed_at = closes_at if (heard or deferred) and closes_at < teller.now else None
    key = dice.key()
    load.add(
        Hearing, id=key, meeting_id=meetings.keys[held_on], case_id=file.id, marac_referral_id=referral,
        number=meetings.number(held_on), criterion=criterion.value, is_repeat=is_repeat(held_on, file.heard_on),
        state=(HearingState.HEARD if heard else HearingState.DEFERRED if deferred else HearingState.LISTED).value,
        outcome=dice.pick(words.OUTCOMES) if heard else "", heard_on=held_on if heard else None, closed_at=closed_at,
    )  # fmt: skip
    write_papers(file, key, at=listed_at, criterion=criterion, referrer=referrer)
    agencies = sorted(dashed(teller.area[invited].id) for invited in ["marac", *meetings.invited()])
    file.event(
        "hearing_listed",
        at=listed_at,
        by=coordinator,
        label="marac.hearing",
        subject=key,
        meeting=dashed(meetings.keys[held_on]),
        agencies=agencies,
    )
    for invited in ["marac", *meetings.invited()]:
        invite(file, key, invited, at=listed_at, by=coordinator, until=closed_at)
    if heard:
        recorded = later_at_work(dice, at_work(dice, held_on), within_hours=3)
        # Who holds the case reads here when it was heard; the hearing itself is closed by then.
        file.event(
            "hearing_recorded",
            at=recorded,
            by=coordinator,
            label="marac.hearing",
            subject=key,
            heard_on=held_on.isoformat(),
            marac_referral=dashed(referral),
        )
        undertake(file, key, held_on, recorded, meetings.invited())
        file.heard_on.append(held_on)


def invite(
    file: CaseFile, hearing: str, key: str, *, at: datetime, by: Worker, until: datetime | None
) -> None:
    """Let an agency see the hearing's papers until it closes; the MARAC office keeps its own."""
    teller = file.teller
    values = {
        "id": teller.dice.key(), "content_object_id": hearing, "group_id": teller.area[key].group_id,
        "permission_id": teller.permissions["view_hearing"], "granted_by_id": by.id, "valid_from": at,
    }  # fmt: skip
    if key == "marac" or until is None:
        teller.load.add(HearingGrant, **values)
    elif not teller.is_brief:
        teller.load.add_ended(HearingGrant, began=at, ended=until, valid_until=until, **values)
