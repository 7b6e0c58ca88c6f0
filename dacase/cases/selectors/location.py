"""The one way to read where somebody lives or can be reached."""

from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_read
from dacase.cases.choices import ReadPurpose
from dacase.cases.models import Case, Location


def read_locations(
    case: Case, *, purpose: str, with_taken_out: bool = False, actor: Membership
) -> list[Location]:
    """The locations of everybody in `case`, current ones first, and a row in the read log that they were read.

    No other code reads locations, so that no look goes unlogged.

    Args:
        purpose: a value of choices.ReadPurpose; kept in the read log.
        with_taken_out: also those of people who were added by mistake.
    Raises NotAllowed for a role that may not see locations; ValueError for an unknown purpose.
    """
    check_may(actor, "view_location")
    reason = ReadPurpose(purpose)
    record_read("cases:locations_read", actor=actor, case_id=case.pk, purpose=reason.value)
    locations = Location.objects.visible_to(actor).filter(case=case).select_related("party__person")
    if not with_taken_out:
        locations = locations.filter(party__taken_out_at=None)
    return sorted(
        locations, key=lambda place: (place.until_on is not None, place.kind, -place.from_on.toordinal())
    )


def known_places(case: Case, *, actor: Membership) -> list[str]:
    """Every place of the case that the actor may know, to keep it out of what is printed: current, former, and
    what other rooms know (settings.CASE_PLACES). A look, logged as one to plan for safety. Raises as above.
    """
    read = read_locations(case, purpose=ReadPurpose.SAFETY, with_taken_out=True, actor=actor)
    values = [place.value for place in read]
    more = [import_string(path)(case, actor) for path in settings.CASE_PLACES]
    return [*values, *(value for found in more for value in found)]


def location_named(case: Case, location_id: UUID, *, membership: Membership) -> Location | None:
    """One location of the case without its value, to be ended by its kind and whose it is."""
    locations = Location.objects.visible_to(membership).filter(case=case, pk=location_id)
    return locations.select_related("party__person").defer("value").first()
