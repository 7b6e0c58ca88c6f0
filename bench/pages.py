"""What is measured: three pages, each read in three ways.

ours      the selectors that the pages use, on the application's login, context and row security included
bare      the same page with no permission at all, on a login that no wall stops
guardian  the same page on guardian's get_objects_for_user, behind the walls and without them
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from guardian.shortcuts import get_objects_for_user

from bench.settings import BARE
from dacase.agencies.models import Membership
from dacase.audit.models import Event
from dacase.cases.models import Case, Party
from dacase.cases.rules import search_key
from dacase.cases.selectors.case import NEWEST_FIRST, case_for, case_grants, case_rows, find_grants
from dacase.cases.selectors.people import people_of
from dacase.cases.selectors.timeline import timeline
from dacase.cases.selectors.together import together
from dacase.ui.tables import capped_count, keyset_page
from dacase.walls.context import acting_as
from marac.models import Hearing
from referrals.casework.models import RiskAssessment
from referrals.models import Referral

OURS, WITHOUT, GUARDIAN, GUARDIAN_BARE = "ours", "bare", "guardian", "guardian, no walls"
NEWEST = ("-opened_at", "-id")
SHOWN = ("headline__victim", "headline__worker__user")
# A surname that about one person in 2,450 has, and the first letters of many.
SURNAME, LETTERS = "Tealthistle", "tea"

CAPPED_LIST, LETTERS_SEARCH = "50 newest open cases, count to 1,000", "Search, three letters"
READS = "Open one case, with five lists"
CHILDREN = (Referral, RiskAssessment, Hearing)


@dataclass(frozen=True)
class Reading:
    """One page, read in one way, for one agency."""

    page: str
    agency: str
    way: str
    run: Callable[[], Any]


def readings(actors: dict[str, Membership], cases: dict[str, Any]) -> list[Reading]:
    """Everything to be measured.

    Args:
        actors: who reads, by the agency's short name.
        cases: the case that each opens.
    """
    found = []
    for agency, actor in actors.items():
        pages: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
            CAPPED_LIST: (
                lambda a: newest(a, capped_count),
                lambda q: newest_of(q, capped_count),
            ),
            "50 newest open cases, exact count": (lambda a: newest(a, exact), lambda q: newest_of(q, exact)),
            "Search, a surname": (lambda a: search(a, SURNAME), lambda q: search_of(q, SURNAME)),
            LETTERS_SEARCH: (lambda a: search(a, LETTERS), lambda q: search_of(q, LETTERS)),
            READS: (
                lambda a, pk=cases[agency]: open_case(a, pk),
                lambda q, pk=cases[agency]: open_of(q, pk),
            ),
        }
        for page, (ours, same) in pages.items():
            found += [
                Reading(page, agency, OURS, lambda a=actor, ours=ours: within(a, ours)),
                Reading(page, agency, WITHOUT, lambda same=same: unwalled(same, Case.objects.using(BARE))),
                Reading(
                    page, agency, GUARDIAN, lambda a=actor, same=same: within(a, lambda a: same(granted(a)))
                ),
                Reading(
                    page, agency, GUARDIAN_BARE, lambda a=actor, same=same: unwalled(same, granted(a, BARE))
                ),
            ]
    return found


def within(actor: Membership, read: Callable[[Membership], Any]) -> Any:
    """As a request of `actor` reads: one transaction with its signed context."""
    with acting_as(actor):
        return read(actor)


def unwalled(read: Callable[[QuerySet[Case]], Any], cases: QuerySet[Case]) -> Any:
    with transaction.atomic(using=BARE):
        return read(cases)


def granted(actor: Membership, using: str = "default") -> QuerySet[Case]:
    """The cases of the user by guardian's own shortcut."""
    user = type(actor.user).objects.using(using).get(pk=actor.user_id)  # without the cache of the run before
    return get_objects_for_user(user, "cases.view_case", Case.objects.using(using))


def exact(rows: QuerySet[Any]) -> int:
    return rows.order_by().count()


def newest(actor: Membership, count: Callable[..., Any]) -> Any:
    grants = case_grants(actor)
    page = keyset_page(grants, order=NEWEST_FIRST, after=None)
    return [row.case.pk for row in case_rows(page)], str(count(grants))


def newest_of(cases: QuerySet[Case], count: Callable[..., Any]) -> Any:
    rows = cases.filter(closed_at=None)
    page = keyset_page(rows.select_related(*SHOWN), order=NEWEST, after=None)
    return [case.pk for case in page], str(count(rows))


def search(actor: Membership, words: str) -> Any:
    grants = find_grants(actor, words)
    page = keyset_page(grants, order=NEWEST_FIRST, after=None)
    return [row.case.pk for row in case_rows(page, words)], str(capped_count(grants))


def search_of(cases: QuerySet[Case], words: str) -> Any:
    key = search_key(words)
    party = Party.objects.using(cases.db).filter(case=OuterRef("pk"), person__family_name_key__prefix=key)
    rows = cases.filter(Exists(party))
    page = keyset_page(rows.select_related(*SHOWN), order=NEWEST, after=None)
    named = Party.objects.using(cases.db).filter(
        case__in=[case.pk for case in page], person__family_name_key__prefix=key
    )
    list(named.exclude(role="victim").select_related("person"))
    return [case.pk for case in page], str(capped_count(rows))


def open_case(actor: Membership, pk: Any) -> Any:
    """As the page of a case reads: the case first, then what stands on it by one statement."""
    case = case_for(actor, pk)
    if case is None:
        raise LookupError(pk)
    read = together(
        {
            "parties": people_of(case),
            "events": timeline(case).order_by("-at", "-id")[:6],
            **{model: model.objects.visible_to(actor).filter(case=case) for model in CHILDREN},
        }
    )
    return case.pk, len(read["parties"])


def open_of(cases: QuerySet[Case], pk: Any) -> Any:
    """The same reads of the same tables, by the same one statement."""
    case = cases.select_related(*SHOWN).get(pk=pk)
    using = cases.db
    parties = Party.objects.using(using).filter(case=case).select_related("person", "safe_contact_plan")
    events = Event.objects.using(using).filter(case_id=pk).select_related("actor__user", "agency")
    read = together(
        {
            "parties": parties,
            "events": events.order_by("-at", "-id")[:6],
            **{model: model.objects.using(using).filter(case=case) for model in CHILDREN},
        },
        using=using,
    )
    return case.pk, len(read["parties"])
