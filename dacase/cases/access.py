"""How every page of every room reaches a case: one question, one row in the read log, one kind of refusal."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest

from dacase.agencies.access import ActingRequest
from dacase.audit.services import record_read
from dacase.cases.choices import Scope
from dacase.cases.models import Case
from dacase.cases.selectors.case import case_for

M = TypeVar("M", bound=Model)


def case_or_404(request: ActingRequest, case_id: UUID, *, scope: str = Scope.CASE) -> Case:
    """The case, with a row in the read log that this page of it was opened.

    A forbidden case and an absent one cost the same queries, leave the same row (refused) and give the same
    404. The row is written in the request's transaction: no row, no page.

    Args:
        scope: choices.Scope; SUMMARY also opens for a grant of the summary, and `case.whole_file` says which.
    """
    case = case_for(request.membership, case_id, scope)
    record_read(
        page_name(request),
        actor=request.membership,
        case_id=case_id,
        was_allowed=case is not None,
    )
    if case is None:
        raise Http404
    return case


def read_or_404(request: ActingRequest, visible: QuerySet[M], pk: UUID) -> M:
    """The row of `visible` with this key, with a row in the read log that it was opened, or refused.

    What is forbidden and what is absent leave the same row and give the same 404.
    """
    found = visible.filter(pk=pk).first()
    record_read(
        page_name(request),
        actor=request.membership,
        case_id=getattr(found, "case_id", None),
        object_id=pk,
        was_allowed=found is not None,
    )
    if found is None:
        raise Http404
    return found


def page_name(request: HttpRequest) -> str:
    """The name of the route that the request asks for, as `cases:detail`."""
    return request.resolver_match.view_name if request.resolver_match else ""
