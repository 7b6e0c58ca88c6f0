"""A colleague stands in while a worker is away."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from referrals.casework.choices import CoverReason
from referrals.casework.models import Cover
from referrals.casework.services.episode import check_can_be_given


@transaction.atomic
def set_cover(
    worker: Membership,
    *,
    colleague: Membership,
    from_on: date,
    until_on: date,
    reason: str,
    actor: Membership,
) -> Cover:
    """Let `colleague` do what falls due for `worker` from a day until a day, both included.

    A worker arranges her own cover, a manager anybody's. The same cover twice is one. Cases that bar the
    colleague stay out of her sight, and so with their worker and the managers.

    Raises NotAllowed for somebody else's without being a manager; ValidationError for days that make no sense,
    a colleague who is gone, or the worker herself.
    """
    check_may(actor, "work_episode" if worker.pk == actor.pk else "allocate_episode")
    for member, name in ((worker, "worker"), (colleague, "colleague")):
        try:
            check_can_be_given(member, [], actor=actor)
        except ValidationError as refusal:
            raise ValidationError({name: refusal.messages}) from refusal
    if worker.pk == colleague.pk:
        raise ValidationError({"colleague": "Select somebody else"})
    if until_on < from_on:
        raise ValidationError({"until_on": "The last day must not be before the first"})
    if until_on < timezone.localdate():
        raise ValidationError({"until_on": "The last day must be today or in the future"})
    Membership.objects.select_for_update(no_key=True).get(pk=worker.pk)  # two clicks at once: one waits here
    same = Cover.objects.filter(
        agency_id=actor.agency_id,
        worker=worker,
        colleague=colleague,
        from_on=from_on,
        until_on=until_on,
        ended_at=None,
    ).first()
    if same is not None:
        return same
    cover = Cover.objects.create(
        agency=actor.agency,
        worker=worker,
        colleague=colleague,
        from_on=from_on,
        until_on=until_on,
        reason=CoverReason(reason),
        set_by=actor,
    )
    record_event("cover_set", actor=actor, subject=cover)
    return cover


@transaction.atomic
def end_cover(cover_id: UUID, *, actor: Membership) -> Cover:
    """End a cover before its last day. Twice is once. Raises NotAllowed, Cover.DoesNotExist."""
    check_may(actor, "work_episode")
    cover = Cover.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=cover_id)
    if actor.pk not in (cover.worker_id, cover.colleague_id):
        check_may(actor, "allocate_episode")
    if cover.ended_at is None:
        cover.ended_at = timezone.now()
        cover.save(update_fields=["ended_at"])
        record_event("cover_ended", actor=actor, subject=cover)
    return cover
