"""Ending an episode: asked for by the worker, signed off by a manager where the reason needs it; stepping; reopening."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.services.case import set_headline
from referrals.casework.choices import Direction
from referrals.casework.models import ContactAttempt, Episode, ExitOutcome
from referrals.casework.rules.closure import Reason, items, reasons
from referrals.casework.rules.episode import tries_at_varied_times, tries_before_closing
from referrals.casework.services.episode import (
    begin_episode,
    check_can_be_given,
    check_fresh,
    check_open,
    lock_episode,
    running,
    save_episode,
    take_work_along,
)
from referrals.services.feedback import record_work_ended

NOT_REACHED = "unable_to_contact"


@transaction.atomic
def close_episode(
    episode_id: UUID, *, reason: str, answers: Mapping[str, str], version: int, actor: Membership
) -> Episode:
    """Close an episode, or ask a manager to, where the reason needs her and the actor is none.

    Until she has signed it off the episode stays open and with its worker.

    Args:
        reason: a code of closure_reasons.csv; stepping to another service is step_episode.
        answers: item -> answer of outcomes.csv; all of them where the reason needs outcomes.
    Raises NotAllowed, Episode.DoesNotExist, StaleVersion; ValidationError for a closed episode, an unknown
    reason, a missing or unknown answer, and for too few tries to reach somebody.
    """
    check_may(actor, "work_episode")
    episode = lock_episode(episode_id, actor=actor)
    if episode.closing_reason == reason and (not episode.is_open or episode.closing_asked_at):
        return episode
    check_fresh(episode, version, actor=actor)
    check_open(episode)
    found = reasons(timezone.localdate()).get(reason)
    if found is None or found.is_step:
        raise ValidationError({"reason": "Select a reason for closing"})
    _check_tries(episode, found)
    _keep_answers(episode, found, answers, actor=actor)
    episode.closing_reason, episode.closed_by = reason, actor
    if found.needs_sign_off and not actor.may("allocate_episode"):
        episode.closing_asked_at = timezone.now()
        save_episode(episode)
        _record("episode_closing_asked", episode, actor)
        return episode
    _close(episode, actor=actor)
    _tell_that_work_ended(episode, actor=actor)
    return episode


@transaction.atomic
def sign_off_closure(episode_id: UUID, *, version: int, actor: Membership) -> Episode:
    """Agree that an episode closes. Twice is once. Raises NotAllowed, Episode.DoesNotExist, StaleVersion;
    ValidationError where nobody has asked, and for one's own request.
    """
    episode = _lock(episode_id, actor)
    if not episode.is_open and (episode.signed_off_by_id, episode.version) == (actor.pk, version + 1):
        return episode
    _check_asked(episode, version, actor)
    if episode.closed_by_id == actor.pk:
        raise ValidationError("Somebody else must sign this off: you asked to close it")
    episode.signed_off_by = actor
    _close(episode, actor=actor)
    _tell_that_work_ended(episode, actor=actor)
    return episode


@transaction.atomic
def refuse_closure(episode_id: UUID, *, version: int, actor: Membership) -> Episode:
    """Leave an episode open that somebody asked to close; it is on its worker's day at once. Raises as above."""
    episode = _lock(episode_id, actor)
    _check_asked(episode, version, actor)
    _undo_closing(episode)
    episode.next_contact_at = timezone.now()
    save_episode(episode)
    record_event("episode_closing_refused", actor=actor, subject=episode, case_id=episode.case_id)
    return episode


@transaction.atomic
def step_episode(
    episode_id: UUID,
    *,
    kind: str,
    is_up: bool,
    worker: Membership | None,
    answers: Mapping[str, str],
    version: int,
    actor: Membership,
) -> Episode:
    """Step support up or down to another service of the agency: one episode closes, the next begins, in one act.

    What was still to do in it goes along. Returns the new episode, linked to the one before; a second click gives
    that one. Raises as close_episode and begin_episode.
    """
    episode = _lock(episode_id, actor)
    made = Episode.objects.own_of(actor).filter(previous=episode, kind=kind).first()
    if made is not None and episode.closed_by_id == actor.pk and not episode.is_open:
        return made
    check_fresh(episode, version, actor=actor)
    check_open(episode)
    if kind == episode.kind:
        raise ValidationError({"kind": "Select another service"})
    found = reasons(timezone.localdate())["stepped_up" if is_up else "stepped_down"]
    _keep_answers(episode, found, answers, actor=actor)
    episode.closing_reason, episode.closed_by = found.code, actor
    _close(episode, actor=actor)
    following = begin_episode(
        episode.party,
        kind=kind,
        worker=worker,
        submission=uuid4(),
        priority=episode.priority,
        previous=episode,
        actor=actor,
    )
    take_work_along(episode, following, actor=actor)
    return following


@transaction.atomic
def reopen_episode(episode_id: UUID, *, worker: Membership, version: int, actor: Membership) -> Episode:
    """Open a closed episode again with a worker; what was said about outcomes stays in its history.

    Raises NotAllowed, Episode.DoesNotExist, StaleVersion; ValidationError when it is open, when the case is
    closed, and when the same support is given in another episode by now.
    """
    check_may(actor, "allocate_episode")
    episode = lock_episode(episode_id, actor=actor)
    if episode.is_open:
        raise ValidationError("This episode is open")
    check_fresh(episode, version, actor=actor)
    if not episode.case.is_open:
        raise ValidationError("The case is closed. Reopen it first")
    if running(episode.party, episode.agency, episode.kind).exists():
        raise ValidationError("Your agency gives this support again already, in another episode")
    check_can_be_given(worker, [episode.case_id], actor=actor)
    _undo_closing(episode)
    episode.closed_at = episode.signed_off_by = None
    episode.worker, episode.allocated_at = worker, timezone.now()
    episode.next_contact_at = timezone.now()
    save_episode(episode)
    record_event("episode_reopened", actor=actor, subject=episode, case_id=episode.case_id)
    set_headline(episode.case_id, worker=worker)
    return episode


def _lock(episode_id: UUID, actor: Membership) -> Episode:
    check_may(actor, "allocate_episode")
    return lock_episode(episode_id, actor=actor)


def _check_asked(episode: Episode, version: int, actor: Membership) -> None:
    check_fresh(episode, version, actor=actor)
    if episode.closing_asked_at is None or not episode.is_open:
        raise ValidationError("Nobody is asking to close this episode any more")


def _undo_closing(episode: Episode) -> None:
    episode.closing_asked_at, episode.closing_reason, episode.closed_by = None, "", None


def _close(episode: Episode, *, actor: Membership) -> None:
    episode.closed_at, episode.closing_asked_at, episode.hand_over = timezone.now(), None, None
    episode.next_contact_at = None
    save_episode(episode)
    _record("episode_closed", episode, actor)
    left = Episode.objects.filter(case_id=episode.case_id, closed_at=None, worker__isnull=False)
    if not left.filter(worker=episode.worker_id).exists():
        still = left.order_by("opened_at").select_related("worker").first()
        headline = episode.case.headline
        if headline.worker_id == episode.worker_id:
            set_headline(episode.case_id, worker=still.worker if still else None)


def _tell_that_work_ended(episode: Episode, *, actor: Membership) -> None:
    """Tell who sent the referrals, once the agency has nothing left open in the case. A step goes on elsewhere."""
    own = Episode.objects.filter(case_id=episode.case_id, agency_id=episode.agency_id, closed_at=None)
    if episode.closed_at is not None and not own.exists():
        record_work_ended(episode.case_id, agency_id=episode.agency_id, at=episode.closed_at, actor=actor)


def _record(verb: str, episode: Episode, actor: Membership) -> None:
    """The event says why in a code and by which referral it came, so that its sender can be told."""
    data = {"reason": episode.closing_reason, "kind": episode.kind, "route": str(episode.route_id or "")}
    record_event(verb, actor=actor, subject=episode, case_id=episode.case_id, data=data)


def _check_tries(episode: Episode, reason: Reason) -> None:
    if reason.code != NOT_REACHED:
        return
    needed = tries_before_closing(episode.priority, episode.case.headline.band, timezone.now())
    tries = ContactAttempt.objects.filter(episode=episode, direction=Direction.OUTGOING)
    made = tries_at_varied_times(tries.values_list("made_at", flat=True))
    if made < needed:
        raise ValidationError(
            {
                "reason": f"{made} of {needed} tries at different times are recorded. Try again at another time, "
                "or choose another reason"
            }
        )


def _keep_answers(episode: Episode, reason: Reason, answers: Mapping[str, str], *, actor: Membership) -> None:
    asked = items(timezone.localdate())
    given = {item: answer for item, answer in answers.items() if answer}
    for item, answer in given.items():
        if item not in asked or answer not in dict(asked[item].answers):
            raise ValidationError({item: "Select one of the answers"})
    missing = [item for item in asked if item not in given] if reason.needs_outcomes else []
    if missing:
        raise ValidationError(dict.fromkeys(missing, "Select an answer. “Not asked” is one"))
    for item, answer in given.items():
        ExitOutcome.objects.update_or_create(
            episode=episode,
            item=item,
            defaults={
                "answer": answer,
                "rated_by": actor,
                "case_id": episode.case_id,
                "agency_id": episode.agency_id,
            },
        )
