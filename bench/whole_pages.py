"""Whole pages through Django: session, context, templates and all, with permissions and with none at all.

With none: the same views on a login that no row security binds; every `visible_to` gives everything, and a
list reads the cases themselves instead of starting from the grants.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.db import connections, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.test import Client
from django.urls import reverse

from bench.pages import NEWEST, SHOWN, SURNAME
from bench.settings import BARE
from dacase.agencies.models import Membership
from dacase.cases.models import Case, Headline, Party
from dacase.cases.rules import search_key
from dacase.cases.selectors.case import CaseRow
from dacase.cases.views import case_list
from dacase.ui.sealed import seal
from tests.cast import signed_in_client


def addresses(case: Any) -> dict[str, str]:
    """The pages by name."""
    listed = reverse("cases:list")
    return {
        "Page: newest open cases": listed,
        "Page: search, a surname": f"{listed}?search={seal(SURNAME, purpose=case_list.SEARCH)}",
        "Page: one case": reverse("cases:detail", args=[case]),
        "Page: triage queue": reverse("referrals:queue"),
    }


def day_pages(actor: Membership) -> dict[str, tuple[Callable[[], str], Callable[[], str]]]:
    """A caseworker’s day as (with permissions, with none)."""
    return as_pages(signed_in_client(actor), {"Page: my day": reverse("casework:my_day")})


def whole_pages(actor: Membership, case: Any) -> dict[str, tuple[Callable[[], str], Callable[[], str]]]:
    """Each page as (with permissions, with none)."""
    return as_pages(signed_in_client(actor), addresses(case))


def as_pages(client: Client, pages: dict[str, str]) -> dict[str, tuple[Callable[[], str], Callable[[], str]]]:
    """Each address as (with permissions, with none)."""

    def get(address: str) -> str:
        return fetch(client, address)

    def get_bare(address: str) -> str:
        with no_permission():
            return fetch(client, address)

    return {
        name: (lambda address=address: get(address), lambda address=address: get_bare(address))
        for name, address in pages.items()
    }


def fetch(client: Client, address: str) -> str:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return response.content.decode()


@contextmanager
def no_permission() -> Iterator[None]:
    """Take every permission away for the time of a page."""
    walled = connections["default"]
    with ExitStack() as stack:
        for queryset in querysets():
            stack.enter_context(
                patch.object(queryset, "visible_to", lambda self, *args, **kwargs: self.all())
            )
        for target, instead in [
            ("dacase.cases.middleware.acting_as", lambda membership: transaction.atomic()),
            ("dacase.cases.access.case_for", bare_case),
            (
                "dacase.cases.views.case_list.case_grants",
                lambda membership, **chosen: Case.objects.filter(closed_at=None),
            ),
            ("dacase.cases.views.case_list.find_grants", lambda membership, words: bare_search(words)),
            ("dacase.cases.views.case_list.case_rows", bare_rows),
            ("dacase.cases.views.case_list.NEWEST_FIRST", NEWEST),
        ]:
            stack.enter_context(patch(target, instead))
        connections["default"] = connections[BARE]
        stack.callback(connections.__setitem__, "default", walled)
        yield


def querysets() -> set[type[QuerySet]]:
    """Every queryset class with a `visible_to`."""
    managers = [model._default_manager for model in apps.get_models()]
    return {type(manager.all()) for manager in managers if hasattr(manager, "visible_to")}


def bare_case(membership: Membership, case_id: Any, scope: str = "") -> Case:
    case = Case.objects.select_related(*SHOWN).get(pk=case_id)
    case.whole_file = True
    return case


def bare_search(words: str) -> QuerySet[Case]:
    party = Party.objects.filter(case=OuterRef("pk"), person__family_name_key__prefix=search_key(words))
    return Case.objects.filter(Exists(party))


def bare_rows(page: Any, words: str = "") -> list[CaseRow]:
    """The rows of a page of cases, as ours are read."""
    ids = [case.pk for case in page]
    cases = Case.objects.select_related(*SHOWN).in_bulk(ids)
    found: dict[Any, list[Party]] = {}
    if words:
        named = Party.objects.filter(case__in=ids, person__family_name_key__prefix=search_key(words))
        for party in named.exclude(role="victim").select_related("person"):
            found.setdefault(party.case_id, []).append(party)
    return [CaseRow(cases[pk], headline_of(cases[pk]), found.get(pk, [])) for pk in ids]


def headline_of(case: Case) -> Headline | None:
    return getattr(case, "headline", None)
