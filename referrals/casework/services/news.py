"""E-mails about what others did to somebody's work: one person, one link, nothing of the case in it."""

from django.urls import reverse

from dacase.agencies.models import Membership
from dacase.cases.models import Case
from referrals.casework.models import Episode
from referrals.casework.selectors.episode import episodes_of
from referrals.models import Referral, Route
from referrals.selectors.people import addresses
from referrals.services.feedback import reached_at, tell


def tell_of_further_referral(referral: Referral, case: Case, *, actor: Membership) -> None:
    """A referral was put into a case in which services are at work: they may not learn of it by any route.

    To the worker of each support; where she cannot work on it any more, to her service.
    """
    for episode in episodes_of(case, actor).filter(closed_at=None):
        found = reached_at(
            episode.agency,
            "accept_referral",
            first=None if episode.is_stranded else episode.worker_id,  # type: ignore[attr-defined]
        )
        path = reverse("cases:detail", args=[case.pk])
        tell(found, "further_referral", path=path, key=f"further_referral:{referral.pk}:{episode.pk}")


def tell_taken_over(episode: Episode, route: Route, *, before: Membership) -> None:
    """A colleague accepted a referral into a support that `before` worked on, and works on it from now on."""
    found = addresses(Membership.objects.active().filter(pk=before.pk))
    path = reverse("casework:episode", args=[episode.pk])
    tell(found, "work_taken_over", path=path, key=f"work_taken_over:{route.pk}")
