"""Reads of episodes: those of a case, one's own, and who may be given one."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from dacase.agencies.models import Membership
from dacase.agencies.roles import who_may
from dacase.cases.choices import SUPPORTED
from dacase.cases.models import Case, Exclusion, Party
from referrals.casework.models import ContactAttempt, Episode, ExitOutcome
from referrals.casework.selectors.nobody import held_by_nobody

SHOWN = ("case__headline__victim", "party__person", "agency", "worker__user")


def episodes_of(case: Case, membership: Membership) -> QuerySet[Episode]:
    """Everybody's episodes in a case that the membership may open, the newest first.

    `is_stranded`: whether the worker who is named cannot work on it any more.
    """
    episodes = Episode.objects.visible_to(membership).filter(case=case)
    episodes = episodes.annotate(is_stranded=held_by_nobody("worker", "case"))
    return episodes.select_related("party__person", "agency", "worker__user").order_by("-opened_at", "-id")


def own_episodes(membership: Membership) -> QuerySet[Episode]:
    """The episodes of the membership's own agency, with what a page shows of each, and `is_stranded` as above."""
    own = Episode.objects.own_of(membership).annotate(is_stranded=held_by_nobody("worker", "case"))
    return own.select_related(*SHOWN, "previous", "closed_by__user", "signed_off_by__user", "hand_over")


def parties_to_support(case: Case) -> list[Party]:
    """The victim-survivor and the children of a case."""
    found = Party.objects.filter(case=case, role__in=SUPPORTED)
    return list(found.select_related("person").order_by("-role", "pk"))


def workers_to_give(membership: Membership, case_ids: Iterable[UUID]) -> list[Membership]:
    """Colleagues who work on episodes now and whom none of these cases bars, by name. Two queries."""
    barred = set(
        Exclusion.objects.filter(case_id__in=list(case_ids), lifted_at=None).values_list(
            "group_id", flat=True
        )
    )
    return [one for one in colleagues(membership) if not barred & set(one.bar_group_ids())]


def colleagues(membership: Membership) -> QuerySet[Membership]:
    """Everybody of the agency who works on episodes now, by name, herself included."""
    members = Membership.objects.active().filter(
        agency_id=membership.agency_id, role__in=who_may("work_episode")
    )
    return members.select_related("user", "agency", "team").order_by("user__name", "pk")


def attempts_of(episode: Episode, membership: Membership) -> QuerySet[ContactAttempt]:
    """The contacts of an episode of the membership's own agency."""
    own = ContactAttempt.objects.own_of(membership).filter(episode=episode)
    return own.select_related("made_by__user")


def attempts_against_plan(membership: Membership) -> QuerySet[ContactAttempt]:
    """The agency's contacts against the safe-contact plan, which a manager sees to."""
    return ContactAttempt.objects.own_of(membership).filter(against_plan=True)


def outcomes_of(episode: Episode, membership: Membership) -> QuerySet[ExitOutcome]:
    """What was said to have changed when an episode of the own agency closed."""
    outcomes: QuerySet[ExitOutcome] = ExitOutcome.objects.own_of(membership)
    return outcomes.filter(episode=episode)
