"""Writing a letter or an e-mail, and sending it: once at most, and never against the safe-contact plan."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import LocationKind, PartyRole, ReadPurpose
from dacase.cases.models import Case, Location
from dacase.cases.selectors.location import read_locations
from dacase.cases.services.safe_contact import ContactRefusedError, check_contact_is_allowed
from dacase.jobs.services import enqueue, queue_mail
from referrals.casework.choices import LetterState, LetterWay
from referrals.casework.models import Letter
from referrals.casework.rules.letter import PROFESSIONAL, VICTIM, letter_templates
from referrals.casework.selectors.letter import colleagues_with_the_file, own_letters, text_of, victim_in

KINDS = {LetterWay.EMAIL: LocationKind.EMAIL, LetterWay.LETTER: LocationKind.ADDRESS}
NOWHERE = "No current {kind} of the victim-survivor is recorded"
SEVERAL = "More than one current {kind} of the victim-survivor is recorded. Mark the former ones first"
SHARED = "This {kind} is recorded for the perpetrator too. Do not write there"


@dataclass(frozen=True)
class Outgoing:
    """An e-mail ready to go."""

    to: str
    subject: str
    body: str


@transaction.atomic
def write_letter(
    case_id: UUID,
    *,
    template: str,
    way: str,
    colleague: UUID | None = None,
    submission: UUID,
    actor: Membership,
) -> Letter:
    """Write a letter to the victim-survivor, or an e-mail to a colleague; nothing is sent yet.

    Args:
        template: a template of data/letter_templates.csv, which says to whom it goes.
        way: a value of choices.LetterWay; colleagues get e-mail.
        colleague: the membership, for a template to a professional.
    The same `submission` gives the same letter.
    Raises NotAllowed, Case.DoesNotExist; ContactRefusedError against the safe-contact plan; ValidationError.
    """
    check_may(actor, "write_letter")
    case = Case.objects.visible_to(actor).get(pk=case_id)
    chosen = letter_templates().get(template)
    if chosen is None:
        raise ValidationError({"template": "Select one of the letters shown"})
    party = to = None
    if chosen.recipient == VICTIM:
        party = victim_in(case, actor)
        if party is None:
            raise ValidationError("This case has no victim-survivor")
        check_contact_is_allowed(party, method=LetterWay(way).value)
        if not actor.agency.phone:
            raise ValidationError("Your agency has no phone number yet. Ask its administrator to add one")
    else:
        to = colleagues_with_the_file(case, actor).filter(pk=colleague).first() if colleague else None
        if to is None:
            raise ValidationError({"colleague": "Select one of the people shown"})
    letter, created = Letter.objects.get_or_create(
        agency=actor.agency,
        submission=submission,
        defaults={
            "case": case,
            "template": template,
            "way": LetterWay.EMAIL if chosen.recipient == PROFESSIONAL else LetterWay(way),
            "party": party,
            "colleague": to,
            "written_by": actor,
        },
    )
    if created:
        record_event("letter_written", actor=actor, subject=letter, case_id=case.pk)
    return letter


@transaction.atomic
def send_letter(letter_id: UUID, *, actor: Membership) -> Letter:
    """Send an e-mail that was written. Pressed twice, it goes once.

    Raises NotAllowed, Letter.DoesNotExist; ContactRefusedError, ValidationError for a letter on paper.
    """
    letter = _lock(letter_id, actor)
    if letter.state != LetterState.DRAFT:
        return letter
    if letter.way != LetterWay.EMAIL:
        raise ValidationError("A letter on paper is printed")
    if letter.colleague is not None:
        queue_mail(
            to=letter.colleague.user.email,
            template="letter",
            context={"template": letter.template, "path": reverse("cases:detail", args=[letter.case_id])},
            key=f"letter:{letter.pk}",
            actor=actor,
        )
        return _move(letter, LetterState.SENT, "letter_sent", actor)
    place_for(letter, actor=actor)
    enqueue("casework.send_letter", args={"letter_id": letter.pk}, key=f"letter:{letter.pk}", actor=actor)
    return _move(letter, LetterState.QUEUED, "letter_queued", actor)


@transaction.atomic
def print_letter(letter_id: UUID, *, actor: Membership) -> Letter:
    """Record that a letter is printed to be posted. Raises as send_letter."""
    letter = _lock(letter_id, actor)
    if letter.state == LetterState.PRINTED:
        return letter
    if letter.way != LetterWay.LETTER or letter.state != LetterState.DRAFT:
        raise ValidationError("This letter cannot be printed")
    place_for(letter, actor=actor)
    return _move(letter, LetterState.PRINTED, "letter_printed", actor)


def place_for(letter: Letter, *, actor: Membership) -> Location:
    """Where a letter to the victim-survivor goes today: one current place, and not one that is shared.

    A look at her location, logged. Raises ContactRefusedError where the plan or the places do not allow it.
    """
    party = letter.party
    if party is None:
        raise ValueError("A colleague is written to by e-mail")
    check_contact_is_allowed(party, method=letter.way)
    kind = KINDS[LetterWay(letter.way)]
    places = [
        place
        for place in read_locations(letter.case, purpose=ReadPurpose.CONTACT, actor=actor)
        if place.until_on is None and place.kind == kind
    ]
    own = [place for place in places if place.party_id == party.pk]
    words = {"kind": kind.label.lower()}
    if not own:
        raise ContactRefusedError(NOWHERE.format(**words))
    if len(own) > 1:
        raise ContactRefusedError(SEVERAL.format(**words))
    if any(_same(place, own[0]) for place in places if place.party.role == PartyRole.PERPETRATOR):
        raise ContactRefusedError(SHARED.format(**words))
    return own[0]


def _same(one: Location, other: Location) -> bool:
    """Whether two places are written alike, whatever their spaces, commas and capitals."""
    return _letters(one.value) == _letters(other.value)


def _letters(value: str) -> str:
    return "".join(sign for sign in value.casefold() if sign.isalnum())


@transaction.atomic
def begin_sending(letter_id: UUID, *, actor: Membership) -> Outgoing | None:
    """Claim a queued letter for sending; None where there is nothing to send.

    Committed before the e-mail leaves: one found claimed already was being sent when its worker died, and
    nobody can know whether it went. Then a person decides, and no second e-mail goes by itself.
    """
    letter = _lock(letter_id, actor)
    if letter.state == LetterState.SENDING:
        _move(letter, LetterState.IN_DOUBT, "letter_in_doubt", actor)
        return None
    if letter.state != LetterState.QUEUED:
        return None
    try:
        place = place_for(letter, actor=actor)
    except ContactRefusedError as refused:
        refuse_letter(letter.pk, why=" ".join(refused.messages), actor=actor)
        return None
    _move(letter, LetterState.SENDING, "", actor)
    return Outgoing(place.value, letter_templates()[letter.template].subject, text_of(letter))


@transaction.atomic
def finish_sending(letter_id: UUID, *, actor: Membership) -> None:
    """The mail server has taken the e-mail."""
    _move(_lock(letter_id, actor), LetterState.SENT, "letter_sent", actor)


@transaction.atomic
def refuse_letter(letter_id: UUID, *, why: str, actor: Membership) -> None:
    """The e-mail did not go, for certain. why: in words for the page; names nobody."""
    letter = _lock(letter_id, actor)
    letter.why_not = why[:300]
    _move(letter, LetterState.REFUSED, "letter_refused", actor)


@transaction.atomic
def doubt_letter(letter_id: UUID, *, actor: Membership) -> None:
    """The connection broke while the e-mail was being handed over."""
    _move(_lock(letter_id, actor), LetterState.IN_DOUBT, "letter_in_doubt", actor)


@transaction.atomic
def settle_letter(letter_id: UUID, *, was_sent: bool, actor: Membership) -> Letter:
    """A person has found out whether a letter in doubt was sent. Raises NotAllowed, Letter.DoesNotExist."""
    letter = _lock(letter_id, actor)
    if letter.state != LetterState.IN_DOUBT:
        return letter
    if not was_sent:
        letter.why_not = "It did not arrive. Write another if it is still wanted"
    state = LetterState.SENT if was_sent else LetterState.REFUSED
    return _move(letter, state, "letter_doubt_settled", actor)


def _lock(letter_id: UUID, actor: Membership) -> Letter:
    check_may(actor, "write_letter")
    return own_letters(actor).select_for_update(of=("self",)).get(pk=letter_id)


def _move(letter: Letter, state: LetterState, verb: str, actor: Membership) -> Letter:
    letter.state = state
    if state in (LetterState.SENT, LetterState.PRINTED):
        letter.sent_at = timezone.now()
    letter.save(update_fields=["state", "sent_at", "why_not"])
    if verb:
        record_event(verb, actor=actor, subject=letter, case_id=letter.case_id)
    return letter
