from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dacase.agencies.access import ActingRequest, requires
from dacase.audit.models import Read
from dacase.audit.selectors import (
    NEWEST_FIRST,
    agency_events,
    case_ids,
    page_words,
    people_of,
    sentence,
)
from dacase.cases.access import case_or_404
from dacase.cases.choices import ReadPurpose
from dacase.cases.forms.reads import LogFilter
from dacase.cases.frame import frame
from dacase.cases.selectors.case import references_of
from dacase.cases.selectors.timeline import looks_of_agency, reads_of_case
from dacase.ui.components import Column, Tab, Table, Tag, Text
from dacase.ui.htmx import render_fragment
from dacase.ui.tables import capped_count, keyset_page

PURPOSES = dict(ReadPurpose.choices)


@require_GET
@requires("view_case")
def case_reads(request: ActingRequest, pk: UUID) -> HttpResponse:
    """Who looked at the case, of every agency, refused tries included."""
    case = case_or_404(request, pk)
    reads = reads_of_case(case)
    page = keyset_page(reads, order=NEWEST_FIRST, after=request.GET.get("after"))
    rows = [[Text(read.user.name, agency_of(read)), *cells(read)] for read in page]
    table = Table("Who looked at this case, newest first", ["Who", "What", "When"], rows)
    context = frame(request, case, "cases:reads", page=page, table=table, count=capped_count(reads))
    return render(request, "cases/reads.html", context)


@require_GET
@requires("view_read_log")
def read_log(request: ActingRequest) -> HttpResponse:
    """What people of the reader's own agency opened, or were refused."""
    filters = LogFilter(request.GET or None, people=people_of(request.membership))
    reads = looks_of_agency(request.membership, **chosen(filters))
    page = keyset_page(reads, order=NEWEST_FIRST, after=request.GET.get("after"))
    references = references_of(request.membership, case_ids(page.items))
    rows = [[read.user.name, case_cell(read, references), *cells(read)] for read in page]
    table = Table("What people of your agency opened, newest first", ["Who", "Case", "What", "When"], rows)
    return log_page(request, "cases:read_log", filters, page, table, capped_count(reads), "looks")


@require_GET
@requires("view_read_log")
def event_log(request: ActingRequest) -> HttpResponse:
    """What people of the reader's own agency did outside any case: signing in, inviting, ending memberships."""
    filters = LogFilter(request.GET or None, people=people_of(request.membership))
    del filters.fields["refused"]  # no act is refused and kept
    events = agency_events(request.membership, **chosen(filters))
    page = keyset_page(events, order=NEWEST_FIRST, after=request.GET.get("after"))
    rows = [
        [event.actor.user.name if event.actor else "Nobody", sentence(event.verb), event.at] for event in page
    ]
    table = Table("What people of your agency did, newest first", ["Who", "What", Column("When")], rows)
    return log_page(request, "cases:event_log", filters, page, table, capped_count(events), "acts")


def log_page(
    request: ActingRequest,
    active: str,
    filters: LogFilter,
    page: object,
    table: Table,
    count: object,
    noun: str,
) -> HttpResponse:
    """One of the two lists of the agency's record."""
    tabs = [
        Tab(text, reverse(name), name == active)
        for text, name in (("Who looked", "cases:read_log"), ("Who did what", "cases:event_log"))
    ]
    context = {
        "heading": "Record of your agency", "filters": filters, "page": page, "table": table, "count": count,
        "noun": noun, "tabs": tabs, "empty_title": "Nothing is recorded yet",
        "empty_text": "Every page of a case that somebody of your agency opens leaves a row here, and so does every refusal.",
    }  # fmt: skip
    return render_fragment(request, "cases/log.html", "results", context)


def chosen(filters: LogFilter) -> dict[str, Any]:
    """The filters as the selectors take them."""
    found = filters.chosen()
    if "person" in found:
        found["user_id"] = int(found.pop("person"))
    return found


def cells(read: Read) -> list[object]:
    """What was opened, for what purpose, and when; a refusal is marked."""
    what = Text(page_words(read.page), PURPOSES.get(read.purpose, ""))
    return [what if read.was_allowed else Tag("Refused", "bad"), read.at]


def agency_of(read: Read) -> str:
    """The agency that somebody looked for."""
    return read.agency.name if read.agency else ""


def case_cell(read: Read, references: dict[UUID, str]) -> str:
    """The case's reference where the agency may know it. A refused or an ended one is not named."""
    if read.case_id is None:
        return ""
    return references.get(read.case_id, "Not open to your agency")
