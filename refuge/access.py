"""How every page of a placement reaches it: it tells where a household lives, so every opening is logged."""

from uuid import UUID

from dacase.agencies.access import ActingRequest
from dacase.cases.access import read_or_404
from refuge.models import Placement
from refuge.selectors.placement import placements


def placement_or_404(request: ActingRequest, placement_id: UUID) -> Placement:
    """The placement with unit and service, and a row in the read log that this page of it was opened.

    A forbidden placement and an absent one give the same 404 and leave the same row, marked as refused.
    """
    return read_or_404(request, placements(request.membership), placement_id)
