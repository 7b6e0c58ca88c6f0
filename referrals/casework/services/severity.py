"""Recording how severe the abuse is, type by type. What is recorded is never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import check_may
from dacase.agencies.models import Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case
from referrals.casework.choices import FrequencyChange, Severity, SeverityChange, Stage
from referrals.casework.models import SeverityGrid, SeverityLine
from referrals.casework.rules.severity import types

GRADED = {Severity.STANDARD, Severity.MODERATE, Severity.HIGH}


@dataclass(frozen=True)
class Rating:
    """How severe one type of abuse is (choices.Severity), and how that has changed.

    Args:
        severity_change: a value of choices.SeverityChange.
        frequency_change: a value of choices.FrequencyChange.

    A change may stay empty, which is “does not apply”, where no severity is graded.
    """

    severity: str
    severity_change: str = ""
    frequency_change: str = ""


@transaction.atomic
def record_severity(
    case_id: UUID,
    *,
    stage: str,
    ratings: Mapping[str, Rating],
    assessed_on: date | None = None,
    note: str = "",
    submission: UUID,
    actor: Membership,
) -> SeverityGrid:
    """Record a grid beside the older ones. The same `submission` gives the same grid.

    Args:
        stage: a value of choices.Stage.
        ratings: by code, one for each type that is asked about today (data/severity_types.csv).
        assessed_on: the day of the conversation; today unless told.
    Raises NotAllowed, Case.DoesNotExist; ValidationError for a day to come, other types, or a graded type
    without its changes, keyed `<code>_severity_change` and `<code>_frequency_change`.
    """
    check_may(actor, "assess_risk")
    case = Case.objects.visible_to(actor).get(pk=case_id)
    today = timezone.localdate()
    _check(ratings, assessed_on or today, today)
    grid, created = SeverityGrid.objects.get_or_create(
        case=case,
        submission=submission,
        defaults={
            "stage": Stage(stage),
            "assessed_on": assessed_on or today,
            "agency": actor.agency,
            "assessed_by": actor,
            "note": note.strip(),
        },
    )
    if created:
        SeverityLine.objects.bulk_create(_line(grid, code, rating) for code, rating in ratings.items())
        record_event(
            "severity_recorded", actor=actor, subject=grid, case_id=case.pk, data={"stage": grid.stage}
        )
    return grid


def _line(grid: SeverityGrid, code: str, rating: Rating) -> SeverityLine:
    return SeverityLine(
        grid=grid,
        abuse_type=code,
        severity=Severity(rating.severity),
        severity_change=SeverityChange(rating.severity_change or SeverityChange.NOT_APPLICABLE),
        frequency_change=FrequencyChange(rating.frequency_change or FrequencyChange.NOT_APPLICABLE),
    )


def _check(ratings: Mapping[str, Rating], day: date, today: date) -> None:
    asked = types(today)
    if set(ratings) != set(asked):
        raise ValidationError("This page does not fit what is asked today. Open it again")
    errors = {}
    if day > today:
        errors["assessed_on"] = "The day must be today or in the past"
    for code, rating in ratings.items():
        for name in ("severity_change", "frequency_change"):
            if rating.severity in GRADED and not getattr(rating, name):
                errors[f"{code}_{name}"] = f"Say how it has changed: {asked[code].label.lower()}"
    if errors:
        raise ValidationError(errors)
