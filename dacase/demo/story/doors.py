"""Referrals that came by the other doors and wait at the front door: the public pages and a file."""

from datetime import timedelta

from dacase.agencies.models import Agency
from dacase.agencies.services.agency import public_door_of
from dacase.demo import words
from dacase.demo.chance import at_work
from dacase.demo.story.case_file import safe_ways
from dacase.demo.story.household import household
from dacase.demo.story.tell import Setting
from referrals.choices import Aware, CallBack, Consent, Priority, ReferralDoor, ReferralSource
from referrals.models import OutsideSender, Referral, ReferralContact, ReferralPerson
from referrals.rules.clock import FRONT_DOOR, due_at

WISH = "Asks for help with: Somebody to talk to; My rights.\n\nInvented: I do not know what I may do, and to whom I can say it."
SENT_BY_HAND = (
    # door, source, priority
    (ReferralDoor.SELF, ReferralSource.SELF, Priority.STANDARD),
    (ReferralDoor.SELF, ReferralSource.SELF, Priority.HIGH),
    (ReferralDoor.PROFESSIONAL, ReferralSource.PRIMARY_CARE, Priority.STANDARD),
    (ReferralDoor.PROFESSIONAL, ReferralSource.EDUCATION, Priority.HIGH),
    (ReferralDoor.CSV, ReferralSource.HOUSING, Priority.STANDARD),
)
SENDERS = {
    ReferralSource.PRIMARY_CARE: ("Gale Invented", "Practice nurse", "Moorside Surgery"),
    ReferralSource.EDUCATION: ("Sable Pretend", "Safeguarding lead", "Tealbridge School"),
}


def knock(setting: Setting) -> None:
    """One waiting referral by each of the other doors; of two outside senders one has been called back."""
    teller = setting.teller
    if teller.is_brief or "housing" not in teller.area:
        return
    dice, load, area = teller.dice, teller.load, teller.area
    door = public_door_of(Agency.objects.using("owner").get(pk=area["mash"].id), "owner")
    for number, (way, source, priority) in enumerate(SENT_BY_HAND):
        at = at_work(dice, teller.now.date(), after=-1 - number % 2)
        by_file = area.worker(dice, "housing", "make_referral") if way == ReferralDoor.CSV else None
        key = dice.key()
        load.add(
            Referral, id=key, reference=dice.reference("R"), sender_agency_id=area["housing" if by_file else "mash"].id,
            sender_id=by_file.id if by_file else door.pk.hex, source=source.value, door=way.value, receiver_agency_id=area["mash"].id,
            received_at=at, priority=priority.value, due_at=due_at(at, clock=FRONT_DOOR, priority=priority),
            what_happened=WISH if way == ReferralDoor.SELF else dice.pick(words.HAPPENED),
            victim_aware=Aware.YES.value, consent=Consent.GIVEN.value,
        )  # fmt: skip
        for person in household(dice, at.date())[: 1 if way == ReferralDoor.SELF else None]:
            load.add(
                ReferralPerson, referral_id=key, role=person.role, relationship=person.relationship, **person.identity
            )  # fmt: skip
        load.add(ReferralContact, referral_id=key, phone=words.phone(dice), **safe_ways(dice))
        if source in SENDERS:
            called = {} if priority == Priority.HIGH else called_back(setting, at + timedelta(minutes=25))
            name, job, organisation = SENDERS[source]
            load.add(
                OutsideSender, referral_id=key, name=name, job=job, organisation=organisation,
                typed_phone=words.phone(dice), **called,
            )  # fmt: skip


def called_back(setting: Setting, at: object) -> dict[str, object]:
    """A call back that the front door has recorded."""
    teller = setting.teller
    return {
        "called_back_at": at,
        "called_back_by_id": teller.area.worker(teller.dice, "mash", "triage_referral").id,
        "number_found": "The practice’s own website",
        "outcome": CallBack.CONFIRMED.value,
        "version": 2,
    }
