"""A manager talks a support through with its worker, and writes down what was decided."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from referrals.casework.models import Episode, Supervision
from referrals.casework.rules.supervision import next_supervision_on
from referrals.casework.selectors.supervision import supervisions
from referrals.casework.services.episode import check_open, lock_episode
from referrals.services.versions import check_version


@dataclass(frozen=True)
class Talk:
    """What a supervision came to.

    Args:
        held_on: the day, not one to come.
        next_due_on: the last day for the next one; by data/supervision.csv and the band of today unless told.
    """

    held_on: date
    discussed: str
    decisions: str
    next_due_on: date | None = None


@transaction.atomic
def record_supervision(episode_id: UUID, *, talk: Talk, submission: UUID, actor: Membership) -> Supervision:
    """Write down a supervision of the worker of an open episode. The same `submission` gives the same one.

    Raises NotAllowed, Episode.DoesNotExist for another agency's; ValidationError by field, for an episode with
    which nobody works or which has closed, and for one's own: nobody supervises herself.
    """
    check_may(actor, "supervise")
    episode = lock_episode(episode_id, actor=actor)
    made = Supervision.objects.filter(agency_id=actor.agency_id, submission=submission).first()
    if made is not None:
        return made
    check_open(episode)
    if episode.worker is None:
        raise ValidationError("Nobody works on this support. Say who does first")
    if episode.worker_id == actor.pk:
        raise ValidationError("This is your own support. Somebody else supervises it")
    found = Supervision.objects.create(
        case_id=episode.case_id,
        agency=actor.agency,
        episode=episode,
        worker=episode.worker,
        supervisor=actor,
        submission=submission,
        **_facts(talk, episode),
    )
    record_event("supervision_recorded", actor=actor, subject=found, case_id=episode.case_id)
    return found


@transaction.atomic
def change_supervision(supervision_id: UUID, *, talk: Talk, version: int, actor: Membership) -> Supervision:
    """Put right what was written; the former words stay in the history.

    Raises NotAllowed, Supervision.DoesNotExist, StaleVersion; ValidationError by field, and for the worker herself.
    """
    check_may(actor, "supervise")
    found = supervisions(actor).select_for_update(of=("self",)).get(pk=supervision_id)
    if found.worker_id == actor.pk:
        raise ValidationError("This is about your own work. Your supervisor changes it")
    current = {name: getattr(found, name) for name in Talk.__dataclass_fields__}
    check_version(found, version, current=current, actor=actor)
    for name, value in _facts(talk, found.episode).items():
        setattr(found, name, value)
    found.version += 1
    found.save()
    record_event("supervision_changed", actor=actor, subject=found, case_id=found.case_id)
    return found


def _facts(talk: Talk, episode: Episode) -> dict[str, Any]:
    wrong = {}
    if talk.held_on > timezone.localdate():
        wrong["held_on"] = "The day must be today or in the past"
    elif talk.held_on < timezone.localdate(episode.opened_at):
        wrong["held_on"] = "The day must not be before the support began"
    if not talk.discussed.strip():
        wrong["discussed"] = "Say what you talked about"
    if not talk.decisions.strip():
        wrong["decisions"] = "Say what was decided, or that nothing needs to change"
    if talk.next_due_on and talk.next_due_on <= talk.held_on:
        wrong["next_due_on"] = "The next one must be after this one"
    if wrong:
        raise ValidationError(wrong)
    usual = next_supervision_on(episode.case.headline.band, on=talk.held_on)
    return {
        "held_on": talk.held_on,
        "discussed": talk.discussed.strip(),
        "decisions": talk.decisions.strip(),
        "next_due_on": talk.next_due_on or usual,
    }
