"""Placing a household in a unit, changing the dates, ending, cancelling.

Events of a placement carry no data: not the unit, not the service, nothing that leads to where it is. They are
read by every agency that holds the case.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.choices import PartyRole
from dacase.cases.models import Case, Party
from dacase.cases.selectors.people import last_saved
from dacase.ui.stale import StaleVersion
from dacase.ui.words import day_words
from refuge.choices import LeavingReason, PlacementState
from refuge.models import Placement, PlacementMember, Unit
from refuge.rules import beds_needed, may_cancel
from refuge.selectors.unit import is_overdue

TAKEN = "Another household has this unit on some of these nights. Choose another unit or other dates"
LEAVES_TOO_EARLY = "The day of leaving must be after the first night"


@transaction.atomic
def place_household(
    case: Case,
    *,
    unit: Unit,
    parties: Iterable[Party],
    starts_on: date,
    ends_on: date | None = None,
    is_small_accepted: bool = False,
    submission: UUID,
    actor: Membership,
) -> Placement:
    """Place people of `case` in `unit` from the night of `starts_on` until the morning of `ends_on`.

    The same `submission` gives the same placement again. That a unit is taken once a night is decided by the
    database (constraint unit_taken_once_a_night), whatever happens at the same moment elsewhere.

    Args:
        case: a case that the actor's agency may open.
        unit: a unit of the actor's agency, in use.
        parties: the victim-survivor and the children who come; never a perpetrator.
        starts_on: the first night.
        ends_on: the planned day of leaving; None where none is planned.
        is_small_accepted: place them although the unit has too few beds.
        submission: the form's number.
        actor: of a refuge agency.
    Raises NotAllowed for a role that may not; ValidationError by field.
    """
    check_may(actor, "manage_placement")
    case = Case.objects.visible_to(actor).get(pk=case.pk)
    # Two inserts at once would wait for each other inside the constraint; this makes them queue instead.
    unit = Unit.objects.visible_to(actor).select_for_update().get(pk=unit.pk)
    earlier = Placement.objects.visible_to(actor).filter(submission=submission).first()
    if earlier is not None:
        return earlier
    household = list(parties)
    _check_household(case, household)
    _check_dates(starts_on, ends_on)
    _check_unit(unit, household, starts_on, is_small_accepted=is_small_accepted)
    with _unit_taken_once():
        placement = Placement.objects.create(
            submission=submission,
            agency=actor.agency,
            unit=unit,
            case=case,
            starts_on=starts_on,
            ends_on=ends_on,
            placed_by=actor,
        )
    PlacementMember.objects.bulk_create(
        [PlacementMember(placement=placement, party=party) for party in household]
    )
    verb = "placement_started" if starts_on <= timezone.localdate() else "placement_arranged"
    record_event(verb, actor=actor, subject=placement, case_id=case.pk)
    return placement


@transaction.atomic
def change_placement(
    placement: Placement, *, starts_on: date, ends_on: date | None, version: int, actor: Membership
) -> Placement:
    """Change the first night or the planned day of leaving of a household that is placed.

    Raises NotAllowed; StaleVersion when somebody saved meanwhile; ValidationError by field, also when another
    household has the unit on one of the new nights.
    """
    placement = _locked(placement, version, actor)
    _check_dates(starts_on, ends_on)
    placement.starts_on, placement.ends_on = starts_on, ends_on
    with _unit_taken_once(field="ends_on"):
        _save(placement, "starts_on", "ends_on")
    record_event("placement_changed", actor=actor, subject=placement, case_id=placement.case_id)
    return placement


@transaction.atomic
def end_placement(
    placement: Placement, *, ends_on: date, leaving_reason: str, version: int, actor: Membership
) -> Placement:
    """Record that a household has left, on the day `ends_on`: today or earlier. Ending twice changes nothing.

    Args:
        placement: one of the actor's agency.
        ends_on: the day of leaving; its night does not count.
        leaving_reason: a value of choices.LeavingReason.
        version: of the placement as the actor saw it.
        actor: of the refuge agency.
    Raises NotAllowed; StaleVersion; ValidationError by field.
    """
    check_may(actor, "manage_placement")
    again = Placement.objects.visible_to(actor).filter(pk=placement.pk, state=PlacementState.ENDED)
    if again.filter(ends_on=ends_on, leaving_reason=leaving_reason).exists():
        return again.get()
    placement = _locked(placement, version, actor)
    if ends_on > timezone.localdate():
        raise ValidationError(
            {"ends_on": "The day of leaving must be today or in the past. Change the dates to plan it"}
        )
    if ends_on < placement.starts_on:
        raise ValidationError(
            {"ends_on": f"The day of leaving must be on or after {day_words(placement.starts_on)}"}
        )
    placement.ends_on, placement.leaving_reason = ends_on, LeavingReason(leaving_reason)
    placement.state = PlacementState.ENDED
    with _unit_taken_once(field="ends_on"):
        _save(placement, "ends_on", "leaving_reason", "state")
    record_event("placement_ended", actor=actor, subject=placement, case_id=placement.case_id)
    return placement


@transaction.atomic
def cancel_placement(placement: Placement, *, actor: Membership) -> Placement:
    """Cancel a placement whose household has not come: until the day after the first night. Twice is once.

    Raises NotAllowed; ValidationError when it is too late, or the household has left.
    """
    check_may(actor, "manage_placement")
    placement = Placement.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=placement.pk)
    if placement.state == PlacementState.CANCELLED:
        return placement
    if placement.state != PlacementState.PLACED:
        raise ValidationError("This household has left. Nothing is there to cancel.")
    if not may_cancel(placement.starts_on, today=timezone.localdate()):
        raise ValidationError("The first night has passed. Record that the household has left instead.")
    placement.state = PlacementState.CANCELLED
    _save(placement, "state")
    record_event("placement_cancelled", actor=actor, subject=placement, case_id=placement.case_id)
    return placement


def _locked(placement: Placement, version: int, actor: Membership) -> Placement:
    """The placement, locked, when it is in place and `version` is the newest."""
    check_may(actor, "manage_placement")
    own = Placement.objects.visible_to(actor)
    # The unit first, as place_household: two households of one unit would wait for each other in the constraint.
    Unit.objects.select_for_update().get(pk=own.values_list("unit_id", flat=True).get(pk=placement.pk))
    placement = own.select_for_update(of=("self",)).get(pk=placement.pk)
    if placement.version != version:
        saved_by, saved_at = last_saved(placement)
        current = {
            "starts_on": placement.starts_on,
            "ends_on": placement.ends_on,
            "leaving_reason": placement.leaving_reason,
        }
        raise StaleVersion(current=current, version=placement.version, saved_by=saved_by, saved_at=saved_at)
    if placement.state != PlacementState.PLACED:
        raise ValidationError("This household is not in place any more.")
    return placement


def _save(placement: Placement, *names: str) -> None:
    placement.version += 1
    placement.save(update_fields=[*names, "version"])


@contextmanager
def _unit_taken_once(field: str = "unit") -> Iterator[None]:
    """Turn the database's refusal to let a unit be taken twice into an error beside `field`."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "unit_taken_once_a_night" not in str(error):
            raise
        raise ValidationError({field: TAKEN}) from error


def _check_household(case: Case, household: list[Party]) -> None:
    if not household:
        raise ValidationError({"parties": "Select who is placed"})
    own = Party.objects.filter(case=case).exclude(role=PartyRole.PERPETRATOR)
    if own.filter(pk__in=[party.pk for party in household]).count() != len({party.pk for party in household}):
        raise ValidationError({"parties": "Select people of this case who are not a perpetrator in it"})


def _check_dates(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on <= starts_on:
        raise ValidationError({"ends_on": LEAVES_TOO_EARLY})


def _check_unit(unit: Unit, household: list[Party], starts_on: date, *, is_small_accepted: bool) -> None:
    if not unit.is_available:
        raise ValidationError({"unit": "This unit is out of use. Choose another unit"})
    for stay in Placement.objects.filter(unit=unit, state=PlacementState.PLACED, ends_on__isnull=False):
        if is_overdue(stay, today=timezone.localdate()):
            raise ValidationError(
                {
                    "unit": "The household in this unit should have left, and nobody has recorded it. Do that first"
                }
            )
    births = [party.person.date_of_birth for party in household]
    beds = beds_needed(births, on=starts_on, has_cot=unit.has_cot)
    if beds > unit.sleeps and not is_small_accepted:
        raise ValidationError(
            {
                "unit": f"This unit sleeps {unit.sleeps} and the household needs {beds} beds. Choose another unit, "
                "or tick below that it is accepted"
            }
        )
