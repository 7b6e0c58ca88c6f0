"""What came by the public pages and is not in the queue yet."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from dacase.agencies.models import Membership
from referrals.models import PublicReferral

# The worker takes a letter in within seconds. One that waits longer is shown to the front door itself.
PROMPT = timedelta(minutes=5)


def stuck_letters(membership: Membership) -> QuerySet[PublicReferral]:
    """Letters to the front door of the reader's agency that were refused, or that nobody has taken in in time."""
    late = Q(refused_at__isnull=False) | Q(received_at__lt=timezone.now() - PROMPT)
    return PublicReferral.objects.visible_to(membership).waiting().filter(late)


def letters_to(membership: Membership) -> QuerySet[PublicReferral]:
    """Every letter to the front door of the reader's agency, taken in or not."""
    return PublicReferral.objects.visible_to(membership).select_related("settled_by__user")
