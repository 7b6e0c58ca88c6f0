"""How every page of a hearing reaches it: one question, one row in the read log, one kind of refusal."""

from uuid import UUID

from django.http import Http404, HttpRequest

from dacase.audit.services import record_read
from dacase.cases.access import page_name
from marac.models import Hearing
from marac.selectors.hearing import visible_hearings


def hearing_or_404(request: HttpRequest, hearing_id: UUID) -> Hearing:
    """The hearing with its meeting and papers, and a row in the read log that this page of it was opened.

    A forbidden hearing and an absent one give the same 404 and leave the same row, marked as refused.
    """
    membership = request.membership  # type: ignore[attr-defined]
    hearing = visible_hearings(membership).filter(pk=hearing_id).first()
    record_read(
        page_name(request),
        actor=membership,
        case_id=hearing.case_id if hearing else None,
        object_id=hearing_id,
        was_allowed=hearing is not None,
    )
    if hearing is None:
        raise Http404
    return hearing
