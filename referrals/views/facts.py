"""What a referral says, in the shapes that the page components draw. Values only, no markup."""

from collections.abc import Iterable

from dacase.cases.choices import PartyRole
from dacase.ui.components import Clock, Column, Event, Fact, Lines, SafeContact, Table, Tag, Text
from referrals.choices import Aware, Priority, ReferralDoor, ReferralState, RouteState
from referrals.models import Referral, ReferralContact, ReferralPerson
from referrals.selectors.referral import Outcome

WAYS = {
    "safe_to_call": "Phone call",
    "safe_to_text": "Text message",
    "safe_to_leave_message": "Voicemail message",
    "safe_to_write": "Email or letter",
}
AVOIDED = {
    "safe_to_call": "Call",
    "safe_to_text": "Send a text message",
    "safe_to_leave_message": "Leave a message",
    "safe_to_write": "Write",
}
URGENT = (Priority.IMMEDIATE, Priority.HIGH)
OUTCOME_TAGS: dict[str, Tag] = {
    ReferralState.ROUTED: Tag("Routed", "good"),
    ReferralState.RETURNED: Tag("Returned", "warning"),
    ReferralState.DECLINED: Tag("Declined", "neutral"),
    ReferralState.NO_FURTHER_ACTION: Tag("No further action", "neutral"),
    RouteState.OPENED: Tag("Opened", "info"),
    RouteState.ACCEPTED: Tag("Accepted", "good"),
}


def plan_of(contact: ReferralContact) -> SafeContact | None:
    """The safe contact banner of a referral; None where no way is known to be safe."""
    if not contact.has_safe_way:
        return None
    return SafeContact(
        ways=[words for name, words in WAYS.items() if getattr(contact, name)],
        times=contact.safe_times,
        avoid=[words for name, words in AVOIDED.items() if not getattr(contact, name)],
        others=contact.who_else_sees,
        code_word=bool(contact.code_word),
    )


def contact_facts(contact: ReferralContact) -> list[Fact]:
    """Numbers, addresses and the code word: only for pages whose reader may see them."""
    facts = [
        Fact("Phone number", contact.phone or "Not given"),
        Fact("Email address", contact.email or "Not given"),
        Fact("Address", Lines(contact.address) if contact.address else "Not given"),
        Fact("Code word", contact.code_word or "None agreed"),
    ]
    if not contact.has_safe_way:
        facts.append(Fact("Who else may see or hear", contact.who_else_sees or "Not known"))
    return facts


def sent_facts(referral: Referral) -> list[Fact]:
    """Who sent it, when, how urgent, what the victim-survivor knows and agreed to."""
    aware = referral.get_victim_aware_display()
    return [
        *sender_facts(referral),
        Fact("Received", referral.received_at),
        Fact(
            "Priority",
            Tag(referral.get_priority_display(), "bad" if referral.priority in URGENT else "neutral"),
        ),
        Fact(
            "Victim-survivor knows of it",
            Text(aware, referral.not_aware_reason if referral.victim_aware == Aware.NO else ""),
        ),
        Fact("Consent", referral.get_consent_display()),
    ]


def sender_facts(referral: Referral) -> list[Fact]:
    """Who sent it. What an outside professional says of herself stands apart from what the front door found out."""
    if referral.door == ReferralDoor.SELF:
        return [Fact("Sent by", Text(referral.get_source_display(), "On the public page"))]
    if referral.door == ReferralDoor.PROFESSIONAL:
        sender = referral.outside_sender
        called = Text(sender.get_outcome_display() or "Not called back yet", sender.note)
        return [
            Fact("Sent by", Text(f"{sender.name}, {sender.job}", sender.organisation)),
            Fact(
                "Number that the sender typed", Text(sender.typed_phone, "Not checked. Do not call it first")
            ),
            Fact("Email that the sender typed", sender.email or "Not given"),
            Fact("Call back", called),
            *([Fact("Number called was found", sender.number_found)] if sender.number_found else []),
        ]
    agency = referral.sender_agency
    return [Fact("Sent by", Text(f"{referral.sender.user.name}, {agency.name}", agency.phone))]


def front_door_facts(referral: Referral) -> list[Fact]:
    """Where it is with the front door."""
    return [
        Fact("Front door", Text(referral.receiver_agency.name, referral.receiver_agency.phone)),
        Fact("Decision", Clock(referral.due_at, referral.decided_at)),
        Fact("Held by", referral.held_by.user.name if referral.held_by else "Nobody yet"),
    ]


def people_table(people: Iterable[ReferralPerson]) -> Table:
    """Who is named in the referral, as its sender wrote it."""
    rows = [
        [
            Text(one.name, _also(one)),
            PartyRole(one.role).label,
            one.relationship or "",
            one.date_of_birth or "Not known",
            one.get_sex_display(),
        ]
        for one in people
    ]
    columns: list[str | Column] = [
        "Name",
        "Role",
        "Relationship to the victim-survivor",
        "Date of birth",
        "Sex",
    ]
    return Table("People named in the referral", columns, rows)


def _also(one: ReferralPerson) -> str:
    """What else may tell who somebody is."""
    known = {"also known as": one.also_known_as, "NHS number": one.nhs_number, "PNC ID": one.pnc_id}
    said = "; ".join(f"{words} {value}" for words, value in known.items() if value)
    return said[:1].upper() + said[1:]


def outcome_events(outcomes: Iterable[Outcome]) -> list[Event]:
    """Feedback as a timeline, newest first."""
    told = [
        Event(one.text, one.at, text=one.reason, tag=OUTCOME_TAGS.get(one.state))
        for one in outcomes
        if one.at is not None
    ]
    return sorted(told, key=lambda event: event.at, reverse=True)


def facts_of(referral: Referral, told: Iterable[Outcome] = ()) -> dict[str, object]:
    """Everything that templates/referrals/referral/contents.html and its neighbours draw."""
    return {
        "plan": plan_of(referral.contact),
        "contact": contact_facts(referral.contact),
        "sent": sent_facts(referral),
        "people": people_table(referral.people.all()),
        "front_door": front_door_facts(referral),
        "events": outcome_events(told),
    }
