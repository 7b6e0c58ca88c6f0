"""How a page reaches a referral, a route or an assessment: one look, one row in the read log, one refusal."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404

from dacase.agencies.access import ActingRequest
from dacase.audit.services import record_read
from dacase.cases.access import page_name

M = TypeVar("M", bound=Model)


def read_or_404(request: ActingRequest, visible: QuerySet[M], pk: UUID) -> M:
    """The row of `visible` with this key, with a row in the read log that it was opened, or refused.

    What is forbidden and what is absent leave the same row and give the same 404.
    """
    found = visible.filter(pk=pk).first()
    case_id = getattr(found, "case_id", None)
    record_read(
        page_name(request),
        actor=request.membership,
        case_id=case_id,
        object_id=pk,
        was_allowed=found is not None,
    )
    if found is None:
        raise Http404
    return found
