"""Giving work to a colleague, who accepts it by name. Until then it stays with the giver."""

from collections.abc import Iterable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from referrals.casework.models import Episode, HandOver
from referrals.casework.services.episode import check_can_be_given, give, lock_episodes, save_episode


@transaction.atomic
def hand_over(
    episode_ids: Iterable[UUID], *, to: Membership, note: str = "", submission: UUID, actor: Membership
) -> HandOver:
    """Offer one's own open episodes, or all of them, to a colleague in one act. The same `submission` is one.

    Raises NotAllowed; ValidationError when nothing was chosen, when the colleague is gone, barred or oneself,
    and for an episode that is on its way to somebody already.
    """
    check_may(actor, "work_episode")
    own = Episode.objects.own_of(actor).filter(pk__in=list(episode_ids), worker=actor, closed_at=None)
    episodes = lock_episodes(own.select_related("hand_over"))
    made = HandOver.objects.filter(agency_id=actor.agency_id, submission=submission).first()
    if made is not None:
        return made
    if not episodes:
        raise ValidationError({"episodes": "Select at least one episode"})
    if to.pk == actor.pk:
        raise ValidationError({"worker": "Select a colleague"})
    if any(one.is_on_offer for one in episodes):
        raise ValidationError({"episodes": "One of these waits for a colleague’s answer already"})
    check_can_be_given(to, [one.case_id for one in episodes], actor=actor)
    offered = HandOver.objects.create(
        agency=actor.agency, giver=actor, receiver=to, note=note.strip(), submission=submission
    )
    for episode in episodes:
        episode.hand_over = offered
        save_episode(episode)
        record_event("episode_offered", actor=actor, subject=episode, case_id=episode.case_id)
    return offered


@transaction.atomic
def accept_hand_over(hand_over_id: UUID, *, actor: Membership) -> HandOver:
    """Take over what was offered; from now on the actor is its worker. Twice is once.

    Raises NotAllowed, HandOver.DoesNotExist for another’s; ValidationError when it was declined.
    """
    offered, is_new = _answer(hand_over_id, True, actor)
    if is_new:
        for episode in _held(offered, actor):
            give(episode, actor, actor=actor)
    return offered


@transaction.atomic
def decline_hand_over(hand_over_id: UUID, *, actor: Membership) -> HandOver:
    """Leave it with the giver, who may also take back what nobody has answered. Raises as accept_hand_over."""
    offered, is_new = _answer(hand_over_id, False, actor)
    if is_new:
        for episode in _held(offered, actor):
            episode.hand_over = None
            save_episode(episode)
            record_event("episode_offer_declined", actor=actor, subject=episode, case_id=episode.case_id)
    return offered


def _answer(hand_over_id: UUID, is_accepted: bool, actor: Membership) -> tuple[HandOver, bool]:
    check_may(actor, "work_episode")
    mine = Q(receiver=actor) if is_accepted else Q(receiver=actor) | Q(giver=actor)
    rows = HandOver.objects.visible_to(actor).filter(mine).select_for_update(of=("self",))
    offered = rows.get(pk=hand_over_id)
    if offered.answered_at is not None:
        if offered.is_accepted != is_accepted:
            raise ValidationError("This was answered already")
        return offered, False
    offered.answered_at, offered.is_accepted = timezone.now(), is_accepted
    offered.save(update_fields=["answered_at", "is_accepted"])
    return offered, True


def _held(offered: HandOver, actor: Membership) -> list[Episode]:
    """What the offer still holds: open, and seen by the receiver. A case that bars her by now stays."""
    held = Episode.objects.own_of(actor).filter(hand_over=offered, closed_at=None)
    return lock_episodes(held)
