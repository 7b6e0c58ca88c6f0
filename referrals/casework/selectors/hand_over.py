"""Reads of hand-overs: those that name the reader, and what each holds."""

from django.db.models import Q, QuerySet

from dacase.agencies.models import Membership
from referrals.casework.models import Episode, HandOver
from referrals.casework.selectors.episode import SHOWN


def own_hand_overs(membership: Membership) -> QuerySet[HandOver]:
    """Those that the membership gave or is to receive: nobody else reads their note."""
    mine = Q(giver=membership) | Q(receiver=membership)
    return (
        HandOver.objects.visible_to(membership).filter(mine).select_related("giver__user", "receiver__user")
    )


def episodes_in(offered: HandOver, membership: Membership) -> list[Episode]:
    """What a hand-over holds and the membership may see; what bars her stays with the giver."""
    held = Episode.objects.own_of(membership).filter(hand_over=offered, closed_at=None)
    return list(held.select_related(*SHOWN).order_by("opened_at", "id"))
