"""Recording contact, always through the safe-contact plan."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import ContactMethod, LocationKind, ReadPurpose
from dacase.cases.models import Location
from dacase.cases.rules import contact_method
from dacase.cases.selectors.location import read_locations
from dacase.cases.services.safe_contact import ContactRefusedError, check_contact_is_allowed
from referrals.casework.choices import Direction, WasSafe, WithWhom
from referrals.casework.models import ContactAttempt, Episode
from referrals.casework.rules.contact import Outcome, outcomes
from referrals.casework.rules.episode import quiet_until
from referrals.casework.services.episode import check_open, lock_episode, save_episode

HAPPENED = "If it has happened all the same, say so below: it is recorded, and a manager is told"


@dataclass(frozen=True)
class Contact:
    """What is recorded of one contact or try. Codes are those of the choices and of contact_outcomes.csv.

    `against_plan`: it happened although the safe-contact plan does not allow it.
    """

    direction: str
    method: str
    outcome: str
    with_whom: str = WithWhom.NOBODY
    was_safe: str = WasSafe.NOT_KNOWN
    was_agreed: bool = False
    made_at: datetime | None = None
    next_try_at: datetime | None = None
    note: str = ""
    against_plan: bool = False


@transaction.atomic
def record_attempt(
    episode_id: UUID, *, contact: Contact, submission: UUID, actor: Membership
) -> ContactAttempt:
    """Record a contact. The same `submission` gives the same one.

    An outgoing one that the safe-contact plan does not allow is refused with the reason, unless it is said to
    have happened against the plan; then it is flagged and a manager's day shows it.

    Raises NotAllowed, Episode.DoesNotExist; ContactRefusedError; ValidationError for a closed episode, a time
    in the future or before the case, a next try in the past, a talk with nobody or somebody else, and where the
    person was not reached and no next try is said.
    """
    check_may(actor, "work_episode")
    episode = lock_episode(episode_id, actor=actor)
    made = ContactAttempt.objects.filter(agency_id=actor.agency_id, submission=submission).first()
    if made is not None:
        return made
    check_open(episode)
    outcome = _outcome(contact)
    _check_with_whom(contact, outcome)
    at = contact.made_at or timezone.now()
    _check_times(contact, outcome, at, episode)
    version, breaks_plan = _plan_of(contact, outcome, episode)
    attempt = ContactAttempt.objects.create(
        case_id=episode.case_id,
        agency=actor.agency,
        submission=submission,
        episode=episode,
        party=episode.party,
        made_by=actor,
        made_at=at,
        direction=Direction(contact.direction),
        method=ContactMethod(contact.method),
        with_whom=WithWhom(contact.with_whom),
        outcome=outcome.code,
        was_safe=WasSafe(contact.was_safe),
        was_agreed=contact.was_agreed,
        next_try_at=contact.next_try_at,
        note=contact.note.strip(),
        plan_version=version,
        against_plan=breaks_plan,
    )
    _move_clock(episode, contact, outcome, at)
    record_event(
        "contact_against_plan" if breaks_plan else "contact_recorded",
        actor=actor,
        subject=attempt,
        case_id=episode.case_id,
    )
    return attempt


@transaction.atomic
def see_attempt(attempt_id: UUID, *, actor: Membership) -> ContactAttempt:
    """Say, as a manager, that one has seen to a contact against the plan. Twice is once.

    Raises NotAllowed, ContactAttempt.DoesNotExist; ValidationError for one's own.
    """
    check_may(actor, "allocate_episode")
    own = ContactAttempt.objects.own_of(actor).filter(against_plan=True)
    attempt: ContactAttempt = own.select_for_update(of=("self",)).get(pk=attempt_id)
    if attempt.made_by_id == actor.pk:
        raise ValidationError("Somebody else must see to this: you recorded it")
    if attempt.seen_at is None:
        attempt.seen_by, attempt.seen_at = actor, timezone.now()
        attempt.save(update_fields=["seen_by", "seen_at"])
        record_event("contact_against_plan_seen", actor=actor, subject=attempt, case_id=attempt.case_id)
    return attempt


def numbers_to_use(episode: Episode, *, method: str, actor: Membership) -> list[Location]:
    """Where the person of an episode can be reached by `method`, when the safe-contact plan allows it now.

    The look is logged with its purpose. Raises NotAllowed, ContactRefusedError.
    """
    check_may(actor, "work_episode")
    check_contact_is_allowed(episode.party, method=method)
    kind = LocationKind(contact_method(method)["location"])
    places = read_locations(episode.case, purpose=ReadPurpose.CONTACT, actor=actor)
    return [
        place
        for place in places
        if place.party_id == episode.party.standing_id and place.kind == kind and place.until_on is None
    ]


def _outcome(contact: Contact) -> Outcome:
    outcome = outcomes().get(contact.outcome)
    if outcome is None or contact.direction not in outcome.directions:
        raise ValidationError({"outcome": "Select what came of it. This does not fit who made contact"})
    return outcome


def _check_with_whom(contact: Contact, outcome: Outcome) -> None:
    """A talk with somebody else would end the tries to reach the person, who would then be lost."""
    if outcome.spoke and contact.with_whom != WithWhom.PERSON:
        raise ValidationError(
            {"with_whom": "You spoke with the person: select “The person supported”, or what else came of it"}
        )


def _check_times(contact: Contact, outcome: Outcome, at: datetime, episode: Episode) -> None:
    now = timezone.now()
    if at > now:
        raise ValidationError({"made_on": "The contact must be in the past"})
    if timezone.localdate(at) < timezone.localdate(episode.case.opened_at):
        raise ValidationError(
            {"made_on": "The contact must be on or after the day on which the case was opened"}
        )
    if contact.next_try_at is not None and contact.next_try_at <= now:
        raise ValidationError({"next_on": "The next try must be in the future"})
    reached = outcome.spoke or not outcome.tries_again
    if contact.next_try_at is None and (not reached or (episode.contacted_at is None and not outcome.spoke)):
        raise ValidationError({"next_on": "Enter when you will try again, at another time of day if you can"})


def _plan_of(contact: Contact, outcome: Outcome, episode: Episode) -> tuple[int | None, bool]:
    """The version of the plan that was followed, and whether it was broken."""
    if contact.direction != Direction.OUTGOING:
        return None, False
    try:
        plan = check_contact_is_allowed(
            episode.party,
            method=contact.method,
            leaves_message=outcome.leaves_message,
            was_agreed=contact.was_agreed,
        )
    except ContactRefusedError as refusal:
        if contact.against_plan:
            return None, True
        reasons = {name: [*errors, HAPPENED] for name, errors in refusal.message_dict.items()}
        raise ContactRefusedError(reasons) from refusal
    return plan.version, False


def _move_clock(episode: Episode, contact: Contact, outcome: Outcome, at: datetime) -> None:
    """The first try stops the first-contact clock; what comes next is due when the worker says, or after a while."""
    if episode.first_tried_at is None or at < episode.first_tried_at:
        episode.first_tried_at = at
    if outcome.spoke and episode.contacted_at is None:
        episode.contacted_at = at
    band = episode.case.headline.band
    quiet = quiet_until(at, priority=episode.priority, band=band)
    # Support that nobody has to think of again is how somebody is lost without a decision.
    episode.next_contact_at = contact.next_try_at or max(quiet, timezone.now())
    save_episode(episode)
