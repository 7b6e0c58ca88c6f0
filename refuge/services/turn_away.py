"""Recording a household that asked for a place and was not placed."""

from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case
from refuge.choices import DecidedBy, TurnAwayCause
from refuge.models import RefugeService, TurnAway
from refuge.rules import goes_with

MOST_PEOPLE = 20


@transaction.atomic
def record_turn_away(
    *,
    service: RefugeService,
    happened_on: date,
    decided_by: str,
    cause: str,
    adults: int,
    children: int,
    case: Case | None = None,
    submission: UUID,
    actor: Membership,
) -> TurnAway:
    """Record that a household was not placed by `service`. The same `submission` gives the same record again.

    Args:
        service: of the actor's agency.
        happened_on: today or earlier.
        decided_by: who decided, a value of choices.DecidedBy.
        cause: why, a value of choices.TurnAwayCause that goes with who decided (data/turn_away_causes.csv).
        adults: how many, at least one.
        children: how many.
        case: where the household has one that the agency may open.
        submission: the form's number.
        actor: of a refuge agency.
    Raises NotAllowed for a role that may not; ValidationError by field.
    """
    check_may(actor, "manage_placement")
    service = RefugeService.objects.visible_to(actor).select_for_update().get(pk=service.pk)
    # The lock on the service makes a double click wait, and find what the first one has made.
    earlier = TurnAway.objects.visible_to(actor).filter(submission=submission).first()
    if earlier is not None:
        return earlier
    if happened_on > timezone.localdate():
        raise ValidationError({"happened_on": "The day must be today or in the past"})
    if not goes_with(decided_by, cause):
        raise ValidationError({"cause": "Select a cause that goes with who decided"})
    if not (1 <= adults <= MOST_PEOPLE and 0 <= children <= MOST_PEOPLE):
        raise ValidationError({"adults": f"A household has from 1 to {MOST_PEOPLE} adults"})
    if case is not None:
        case = Case.objects.visible_to(actor).get(pk=case.pk)
    turn_away = TurnAway.objects.create(
        submission=submission,
        agency=actor.agency,
        service=service,
        case=case,
        happened_on=happened_on,
        decided_by=DecidedBy(decided_by),
        cause=TurnAwayCause(cause),
        adults=adults,
        children=children,
        recorded_by=actor,
    )
    # Kept to the agency: that another service had no room is no part of the case's own story.
    record_event("turn_away_recorded", actor=actor, subject=turn_away)
    return turn_away
