"""Recording incidents, putting them right, and striking out what was recorded in error."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from dacase.agencies.access import NotAllowed, check_may
from dacase.agencies.models import Agency, Membership
from dacase.audit.services import record_event
from dacase.cases.models import Case, Party
from referrals.casework.choices import Known, Precision, ReportedBy
from referrals.casework.models import Incident
from referrals.casework.rules.incident import kinds
from referrals.casework.selectors.incident import perpetrators_of
from referrals.casework.services.owned import save_version, strike_out
from referrals.services.versions import check_version

# The answer to “Who did it?” that names nobody.
NOT_NAMED = "not_named"
OTHERS = "Another agency recorded this incident. Your agency may read it, and record what it knows itself."


@dataclass(frozen=True)
class Account:
    """What is known of an incident.

    Args:
        happened_on: the day, or any day of the month where `precision` (choices.Precision) is MONTH.
        kinds: codes of data/abuse_types.csv, at least one.
        perpetrator: a perpetrator of the case; None where it is somebody else or not known.
        known_to: the agency that learned of it; None where that is not known or no agency of ours.
        reported_on: the day on which it was told; None where that is not known.
        crime_reference: kept only where the police were told.
    """

    happened_on: date
    kinds: list[str]
    what_happened: str
    precision: str = Precision.EXACT
    perpetrator: Party | None = None
    children_present: str = Known.NOT_KNOWN
    reported_by: str = ReportedBy.VICTIM
    reported_on: date | None = None
    known_to: Agency | None = None
    police_told: str = Known.NOT_KNOWN
    crime_reference: str = ""


@transaction.atomic
def record_incident(case_id: UUID, *, account: Account, submission: UUID, actor: Membership) -> Incident:
    """Record an incident, which everybody who holds the file reads. The same `submission` gives the same one.

    Raises NotAllowed, Case.DoesNotExist; ValidationError for a day to come, without a kind or without words.
    """
    check_may(actor, "record_incident")
    case = Case.objects.visible_to(actor).get(pk=case_id)
    values = _checked(account, case, actor)
    incident, created = Incident.objects.get_or_create(
        case=case,
        submission=submission,
        defaults={**values, "agency": actor.agency, "recorded_by": actor},
    )
    if created:
        record_event("incident_recorded", actor=actor, subject=incident, case_id=case.pk)
    return incident


@transaction.atomic
def change_incident(incident_id: UUID, *, account: Account, version: int, actor: Membership) -> Incident:
    """Put an incident of the own agency right; what it said before stays in its history.

    Raises NotAllowed also for another agency's, Incident.DoesNotExist, StaleVersion; ValidationError once
    struck out, and as `record_incident`.
    """
    incident = _lock(incident_id, actor)
    values = _checked(account, incident.case, actor)
    if all(getattr(incident, name) == value for name, value in values.items()):
        return incident
    check_version(incident, version, current=as_fields(incident), actor=actor)
    if incident.struck_at is not None:
        raise ValidationError("This incident is struck out. Record a new one")
    for name, value in values.items():
        setattr(incident, name, value)
    incident.changed_at = timezone.now()
    return save_version(incident, "incident_changed", actor)


@transaction.atomic
def strike_incident(incident_id: UUID, *, reason: str, actor: Membership) -> Incident:
    """Strike out what was recorded in error: it no longer counts, and stays in the history. Twice is once.

    Raises NotAllowed also for another agency's, Incident.DoesNotExist; ValidationError without a reason.
    """
    incident = _lock(incident_id, actor)
    if incident.struck_at is not None:
        return incident
    strike_out(incident, reason=reason, missing="Say what is wrong with this record", actor=actor)
    return save_version(incident, "incident_struck_out", actor)


def as_fields(incident: Incident) -> dict[str, Any]:
    """What is recorded, by the names and in the values of the form's fields."""
    values = {name: getattr(incident, name) for name in Account.__dataclass_fields__}
    values["perpetrator"] = str(incident.perpetrator_id or NOT_NAMED)
    values["known_to"] = str(incident.known_to_id or "")
    return values


def _lock(incident_id: UUID, actor: Membership) -> Incident:
    check_may(actor, "record_incident")
    visible = Incident.objects.visible_to(actor).select_related("case").select_for_update(of=("self",))
    incident: Incident = visible.get(pk=incident_id)
    if incident.agency_id != actor.agency_id:
        raise NotAllowed(OTHERS)
    return incident


def _checked(account: Account, case: Case, actor: Membership) -> dict[str, Any]:
    """The account as it is kept, or ValidationError."""
    today, errors = timezone.localdate(), {}
    values = {name: getattr(account, name) for name in Account.__dataclass_fields__}
    values["what_happened"] = account.what_happened.strip()
    if account.precision == Precision.MONTH:
        values["happened_on"] = account.happened_on.replace(day=1)
    values["kinds"] = [code for code in kinds() if code in account.kinds]
    if account.police_told != Known.YES:
        values["crime_reference"] = ""
    if values["happened_on"] > today:
        errors["happened_on"] = "The day must be today or in the past"
    if account.reported_on is not None and account.reported_on > today:
        errors["reported_on"] = "The day must be today or in the past"
    elif (
        account.reported_on is not None
        and account.precision != Precision.ABOUT
        and account.reported_on < values["happened_on"]
    ):
        errors["reported_on"] = "It cannot have been told before it happened"
    if not values["kinds"] or set(account.kinds) - set(kinds()):
        errors["kinds"] = "Select what kind of abuse it was"
    if not values["what_happened"]:
        errors["what_happened"] = "Write what happened"
    if account.perpetrator is not None and account.perpetrator not in perpetrators_of(case, actor):
        errors["perpetrator"] = "Select a perpetrator of this case"
    if errors:
        raise ValidationError(errors)
    return values
