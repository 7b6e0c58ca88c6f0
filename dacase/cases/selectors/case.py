"""Reads of cases: who may open one, the lists, and the search. Every list starts from the grants.

A grant carries the sort keys of its case, so that list and count read one index; the case itself is read
for the rows of one page only (the measured pattern of docs/permissions.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from dacase.agencies.models import Agency, Membership
from dacase.cases.choices import PartyRole, Scope
from dacase.cases.models import Case, Grant, Headline, Party
from dacase.cases.models.grant import permission_id
from dacase.cases.rules import looks_like_reference, search_key

NEWEST_FIRST = ("-case_opened_at", "-content_object_id")
SHORTEST_SEARCH = 2
# Of each grant `case_opened_at` and `content_object_id`, the keys by which a list pages.
Keys = QuerySet[Grant, Any]


def case_for(membership: Membership, case_id: UUID, scope: str = Scope.CASE) -> Case | None:
    """The case, when the membership may see it in `scope`; None for a forbidden and for an absent one.

    One query, the same for every answer. `whole_file` of the case says whether the grant opens the file.
    """
    scopes = [Scope.CASE] if scope == Scope.CASE else [Scope.CASE, Scope.SUMMARY]
    # From the grants, as the lists: `Case.visible_to` says the same and takes twice as long to plan.
    held = Grant.objects.opening(membership, scopes).filter(content_object=case_id)
    grants = list(
        held.select_related("content_object__headline__victim", "content_object__headline__worker__user")
    )
    if not grants:
        return None
    case: Case = grants[0].content_object
    case.whole_file = any(one.permission_id == permission_id("cases", Scope.CASE) for one in grants)  # type: ignore[attr-defined]
    return case


def case_grants(
    membership: Membership, *, state: str = "open", band: str = "", worker: Membership | None = None
) -> Keys:
    """The grants through which the membership's list of cases is read, to be paged by NEWEST_FIRST.

    Args:
        state: "open", "closed" or "all".
        band: a value of choices.Band, or "" for any.
        worker: only cases that this membership works on.
    """
    # The two columns that page and lead to the case are in the index: no grant need be looked up.
    own = Grant.objects.opening(membership)
    grants: Keys = own.values("case_opened_at", "content_object_id")
    if state != "all":
        grants = grants.filter(case_open=state == "open")
    headline = {name: value for name, value in {"band": band, "worker": worker}.items() if value}
    if headline:
        grants = grants.filter(
            Exists(Headline.objects.filter(case=OuterRef("content_object_id"), **headline))
        )
    return grants


def find_grants(membership: Membership, words: str) -> Keys:
    """The grants of the cases that `words` finds: a reference as a whole, or the beginning of a surname.

    The surname may be anybody's in the case. Fewer than two letters find nothing.
    """
    grants = case_grants(membership, state="all")
    if looks_like_reference(words):
        named = Case.objects.filter(pk=OuterRef("content_object_id"), reference=words.strip().upper())
        return grants.filter(Exists(named))
    key = search_key(words)
    if len(key) < SHORTEST_SEARCH:
        return grants.none()
    party = Party.objects.filter(case=OuterRef("content_object_id"), person__family_name_key__prefix=key)
    return grants.filter(Exists(party))


@dataclass(frozen=True)
class CaseRow:
    """A case as a list shows it, with the people in it whom a search found besides the victim-survivor."""

    case: Case
    headline: Headline | None
    found: list[Party]


def case_rows(grants: Iterable[Any], words: str = "") -> list[CaseRow]:
    """The cases of one page of `grants`, in their order: one query, and one more for a search."""
    ids = [grant["content_object_id"] for grant in grants]
    cases = (
        Case.objects.select_related("headline__victim", "headline__worker__user").in_bulk(ids) if ids else {}
    )
    found: dict[UUID, list[Party]] = {}
    if words and not looks_like_reference(words):
        matches = Party.objects.filter(case__in=ids, person__family_name_key__prefix=search_key(words))
        matches = matches.exclude(role=PartyRole.VICTIM)  # the row shows her already
        for party in matches.select_related("person"):
            found.setdefault(party.case_id, []).append(party)
    return [
        CaseRow(cases[case_id], getattr(cases[case_id], "headline", None), found.get(case_id, []))
        for case_id in ids
        if case_id in cases
    ]


def agencies_with_the_file(case: Case) -> list[Agency]:
    """The agencies that hold the whole file now, by name, for a reader who may know of the case.

    A grant of the summary shows no other agency's grant, so the database answers this one question for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_file_holders(%s)", [case.pk])
        holders = cursor.fetchone()[0]
    return list(Agency.objects.filter(group_id__in=holders).order_by("name"))


def references_of(membership: Membership, case_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Case id -> reference, of those cases that the membership may at least know of."""
    cases = Case.objects.visible_to(membership, Scope.SUMMARY).filter(pk__in=list(case_ids))
    return dict(cases.values_list("pk", "reference"))
