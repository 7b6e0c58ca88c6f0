"""How every page of a hearing reaches it: one question, one row in the read log, one kind of refusal."""

from uuid import UUID

from dacase.agencies.access import ActingRequest
from dacase.cases.access import read_or_404
from marac.models import Hearing
from marac.selectors.hearing import visible_hearings


def hearing_or_404(request: ActingRequest, hearing_id: UUID) -> Hearing:
    """The hearing with its meeting and papers, and a row in the read log that this page of it was opened.

    A forbidden hearing and an absent one give the same 404 and leave the same row, marked as refused.
    """
    return read_or_404(request, visible_hearings(request.membership), hearing_id)
