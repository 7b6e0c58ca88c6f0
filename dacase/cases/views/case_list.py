from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dacase.agencies.access import ActingRequest, requires
from dacase.audit.services import record_read
from dacase.cases.forms.case import CaseFilter, SearchForm
from dacase.cases.selectors.case import NEWEST_FIRST, CaseRow, case_grants, case_rows, find_grants
from dacase.ui.components import Band, Link, Many, Table, Tag
from dacase.ui.htmx import render_fragment
from dacase.ui.sealed import seal, unseal
from dacase.ui.tables import capped_count, keyset_page

SEARCH = "cases"


@require_GET
@requires("view_case")
def case_list(request: ActingRequest) -> HttpResponse:
    """The cases that the agency holds, newest first: filtered, or found by a search."""
    words = unseal(request.GET.get("search"), purpose=SEARCH) or ""
    filters = CaseFilter(request.GET or None, initial={"state": "open"})
    if words:
        grants = find_grants(request.membership, words)
    else:
        chosen = filters.chosen()
        worker = request.membership if chosen.get("mine") else None
        grants = case_grants(
            request.membership, state=chosen.get("state", "open"), band=chosen.get("band", ""), worker=worker
        )
    page = keyset_page(grants, order=NEWEST_FIRST, after=request.GET.get("after"))
    context = {
        "heading": "Cases",
        "filters": None if words else filters,
        "search_form": SearchForm(initial={"words": words}),
        "words": words,
        "page": page,
        "count": capped_count(grants),
        "noun": "cases found" if words else "cases",
        "table": case_table(case_rows(page, words)),
        "empty_title": "No case was found" if words else "No open cases yet",
        "empty_text": "Try fewer letters, another spelling or the reference. Cases that your agency cannot open are not searched."
        if words
        else "A case appears here when your agency opens one or another agency shares one with it.",
    }
    return render_fragment(request, "cases/list.html", "results", context)


@require_POST
@requires("view_case")
def case_search(request: ActingRequest) -> HttpResponse:
    """Take the words of a search by POST, so that no name enters an address; go to the list that it finds."""
    form = SearchForm(request.POST)
    if not form.is_valid():
        return render(request, "cases/search.html", {"form": form, "heading": "Find a case"})
    record_read("cases:search", actor=request.membership)
    return redirect(f"{reverse('cases:list')}?search={seal(form.cleaned_data['words'], purpose=SEARCH)}")


def case_table(rows: list[CaseRow]) -> Table:
    """The rows of one page as the table shows them."""
    return Table("Cases, newest first", ["Case", "Risk", "Worker", "Opened"], [cells(row) for row in rows])


def cells(row: CaseRow) -> list[object]:
    """One row: the case, and whom a search found in it besides the victim-survivor."""
    case, headline = row.case, row.headline
    name = headline.victim.name if headline else case.reference
    matched = [f"{party.person.name}, {party.get_role_display().lower()}" for party in row.found]
    sub = " · ".join([case.reference, *matched])
    marks = [Band(headline.band if headline else "")] + ([] if case.is_open else [Tag("Closed", "neutral")])
    worker = headline.worker.user.name if headline and headline.worker else ""
    return [
        Link(name, reverse("cases:detail", args=[case.pk]), sub=sub),
        Many(marks),
        worker,
        case.opened_at.date(),
    ]
