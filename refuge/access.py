"""How every page of a placement reaches it: it tells where a household lives, so every opening is logged."""

from uuid import UUID

from django.http import Http404, HttpRequest

from dacase.audit.services import record_read
from dacase.cases.access import page_name
from refuge.models import Placement
from refuge.selectors.placement import placements


def placement_or_404(request: HttpRequest, placement_id: UUID) -> Placement:
    """The placement with unit and service, and a row in the read log that this page of it was opened.

    A forbidden placement and an absent one give the same 404 and leave the same row, marked as refused.
    """
    membership = request.membership  # type: ignore[attr-defined]
    placement = placements(membership).filter(pk=placement_id).first()
    record_read(
        page_name(request),
        actor=membership,
        case_id=placement.case_id if placement else None,
        object_id=placement_id,
        was_allowed=placement is not None,
    )
    if placement is None:
        raise Http404
    return placement
