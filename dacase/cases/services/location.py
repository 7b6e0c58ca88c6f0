"""Where somebody no longer is."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.models import Location


@transaction.atomic
def end_location(location: Location, *, until: date | None = None, actor: Membership) -> Location:
    """Say that a location is no longer current since `until` (today when None). It stays, as a former one.

    Ending it twice changes nothing. Raises ValidationError for a day before it began or after today.
    """
    check_may(actor, "edit_case")
    location = Location.objects.select_for_update().get(pk=location.pk)
    if location.until_on is not None:
        return location
    day = until or timezone.localdate()
    if not location.from_on <= day <= timezone.localdate():
        raise ValidationError({"until": "The day must not be before it was recorded, nor in the future"})
    location.until_on = day
    location.save(update_fields=["until_on"])
    record_event(
        "location_ended",
        actor=actor,
        subject=location,
        case_id=location.case_id,
        data={"kind": location.kind},
    )
    return location
